import type { LedgerAnswer, LedgerChange, LedgerQuery } from '../../../src/kis/files/ledger';
import { KisApiClient, type KisPage } from '../../../src/kis/http/kis-api.client';
import type { KisAnswer } from '../../../src/kis/http/kis-answer';
import type { KisCall } from '../../../src/kis/http/kis-call';
import type { KisAccount } from '../../../src/kis/kis-account';
import { KisUnavailableError } from '../../../src/kis/kis.errors';
import { KisOrderJournalError } from '../../../src/kis/order/kis-order.errors';
import { OrderLedger } from '../../../src/kis/order/journal/order-ledger';
import type { KisReadCall } from '../../../src/kis/protocol/kis-calls';
import type { SeededRandom } from '../seeded-random';
import type { SimulatedProcess } from '../simulated-machine';
import type { Reaction, SimulatedOrderBook } from './simulated-order-book';
import type { SimulatedOrderStorage } from './simulated-order-storage';

/** How often what goes wrong, from 0 to 1; changed when the faults end. */
export interface OrderFaults {
  /** An order on its way to KIS and back. */
  order: number;
  /** A read: a list, a price. */
  read: number;
  /** A read or a change of the journal. */
  journal: number;
}

const REACTIONS: readonly Reaction[] = ['refuses', 'too-many', 'token', 'EGW00301', 'no-number', 'html'];
const PRICE = { stck_prpr: '70000', aspr_unit: '100', stck_llam: '50000', stck_mxpr: '90000' };
/** The longest way of a request to KIS. One that is late arrives after its sender has given up. */
const WAY_MS = 150;
const LATE_MS = 6000;
/** Smaller differences of clocks are not corrected. */
const CLOCK_NOISE_MS = 2500;

/** The journal as one process reaches it: takes time, and fails with or without having been changed. */
export class SimulatedLedger extends OrderLedger {
  constructor(
    private readonly storage: SimulatedOrderStorage,
    private readonly process: SimulatedProcess,
    private readonly faults: OrderFaults,
  ) {
    super();
  }

  read(query: LedgerQuery): Promise<LedgerAnswer> {
    return this.reach(() => this.storage.read(query));
  }

  write(change: LedgerChange): Promise<boolean> {
    return this.reach(() => this.storage.write(change, this.process.name));
  }

  private reach<T>(what: () => T): Promise<T> {
    const { choices } = this.process;
    const fails = choices.happens(this.faults.journal);
    return this.process.call(() => {
      const done = fails && choices.happens(0.5) ? null : what();
      if (fails || done === null)
        throw new KisOrderJournalError('The order journal cannot be used: the disk is full.');
      return done;
    });
  }
}

/** The reading calls of KIS. */
export class SimulatedOrderApi extends KisApiClient {
  private responses = 0;

  constructor(
    private readonly book: SimulatedOrderBook,
    private readonly process: SimulatedProcess,
    private readonly faults: OrderFaults,
  ) {
    super(undefined as never, process.clock);
  }

  /** As the dates of the responses show it, two of which have to agree. */
  serverClock(): { readonly correctionMs: number; readonly isCertain: boolean } {
    const { wallErrorMs } = this.process.machine;
    return {
      correctionMs: this.isClockWrong && this.responses >= 2 ? -wallErrorMs : 0,
      isCertain: !this.isClockWrong || this.responses !== 1,
    };
  }

  private get isClockWrong(): boolean {
    return Math.abs(this.process.machine.wallErrorMs) > CLOCK_NOISE_MS;
  }

  override async read(
    _account: KisAccount,
    call: KisReadCall,
    params: Readonly<Record<string, string>>,
  ): Promise<KisPage> {
    const { choices, scheduler } = this.process;
    const body = await this.process.call(
      () => {
        if (choices.happens(this.faults.read)) throw new KisUnavailableError('KIS is out of order.');
        return this.bodyOf(call.path, params);
      },
      (run) => scheduler.after(choices.between(1, WAY_MS), run),
    );
    this.responses += 1;
    return { body, receivedAt: new Date(this.process.clock.now()), next: null, mayBeLast: false };
  }

  private bodyOf(path: string, params: Readonly<Record<string, string>>): KisPage['body'] {
    if (path.endsWith('inquire-price')) return { output: { ...PRICE, hts_deal_qty_unit_val: '1' } };
    if (path.endsWith('inquire-psbl-order')) return { output: { nrcvb_buy_qty: '1000000' } };
    if (!path.endsWith('inquire-daily-ccld')) return { output: [] };
    const rows = this.book.rows(params['INQR_STRT_DT'] ?? '', params['INQR_END_DT'] ?? '');
    return { output1: params['INQR_DVSN'] === '00' ? rows.reverse() : rows };
  }
}

/** The way of an order from one process to KIS and back. */
export class SimulatedOrderCaller {
  /** By body: the record that is being sent with it. */
  readonly tags = new Map<string, string>();

  constructor(
    private readonly book: SimulatedOrderBook,
    private readonly process: SimulatedProcess,
    private readonly faults: OrderFaults,
  ) {}

  answerTo(call: KisCall): Promise<KisAnswer> {
    const { process } = this;
    const { scheduler, choices } = process;
    process.onStep();
    // For a token and its turn.
    const waitMs = choices.happens(0.1) ? choices.between(0, 3000) : choices.between(0, 100);
    return new Promise((resolve, reject) => {
      scheduler.after(waitMs, () => {
        process.deliver(() => {
          if (call.isTooLate?.()) reject(new KisUnavailableError('its turn came too late'));
          else this.exchange(call, resolve);
        });
      });
    });
  }

  private exchange(call: KisCall, resolve: (answer: KisAnswer) => void): void {
    const { process } = this;
    const { scheduler, choices } = process;
    const answer = (afterMs: number, what: KisAnswer): void => {
      scheduler.after(afterMs, () => {
        process.deliver(() => {
          resolve(what);
        });
      });
    };
    const fails = choices.happens(this.faults.order);
    const fault = fails ? choices.oneOf(FAULTS) : null;
    answer(call.timeoutMs, { kind: 'timeout', seen: 'was not answered in time' });
    if (fault === 'refused connection') {
      answer(choices.between(1, WAY_MS), { kind: 'unavailable', seen: 'found no connection', unsent: true });
      return;
    }
    const wayMs = fault === 'late' ? choices.between(0, LATE_MS) : choices.between(1, WAY_MS);
    const resets = choices.happens(0.5);
    const reset = (afterMs: number): void => {
      if (resets) answer(afterMs, { kind: 'unavailable', seen: 'lost the connection', unsent: false });
    };
    if (fault === 'lost request') {
      reset(wayMs);
      return;
    }
    if (fault === 'late') reset(choices.between(1, WAY_MS));
    const { text, tag } = this.textOf(call);
    scheduler.after(wayMs, () => {
      const reaction = fault === 'answer' ? choices.oneOf(REACTIONS) : 'takes';
      const said = this.book.arrive(text, tag, reaction, choices.happens(0.5));
      if (fault === 'lost response') reset(WAY_MS);
      else answer(choices.between(1, WAY_MS), said);
    });
  }

  private textOf({ body }: KisCall): { text: string; tag: string } {
    const text = typeof body === 'string' ? body : '';
    return { text, tag: this.tags.get(text) ?? 'unheard of' };
  }
}

const FAULTS = ['refused connection', 'lost request', 'lost response', 'late', 'answer', 'answer'] as const;

/** A seed decides how bad the times are. */
export function drawnFaults(random: SeededRandom): OrderFaults {
  return {
    order: random.oneOf([0.05, 0.2, 0.5, 0.9]),
    read: random.oneOf([0, 0.02, 0.2]),
    journal: random.oneOf([0, 0, 0.02, 0.1]),
  };
}

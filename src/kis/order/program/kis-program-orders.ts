import { Injectable, Logger } from '@nestjs/common';
import { KisClock } from '../../clock';
import { KisRelay, type KisRelayedRequest } from '../../http/kis-relay';
import type { KisAccount } from '../../kis-account';
import { KisError } from '../../kis.errors';
import { KisConfiguration } from '../../kis.options';
import type { WireResponse } from '../../transport/exchange-result';
import { KisOrderCapExceededError, KisOrderJournalError } from '../kis-order.errors';
import { KisOrderIdempotency } from '../kis-order.idempotency';
import { KisOrderJournal } from '../journal/kis-order.journal';
import { KisOrderReconciler } from '../settlement/kis-order.reconciler';
import { KisOrderEndpoint } from '../kis-order.endpoint';
import { KisOrderSubmitter } from '../kis-order.submitter';
import { KisProgramOrderTargets } from './kis-program-order.targets';
import { KisProgramOrderPreparer } from './kis-program-order.preparer';
import { KisProgramOrderRepeats } from './kis-program-order.repeats';
import type { ProgramArrival } from '../order-admission';
import { isUnsettled, type Moment, type OrderRecord } from '../journal/order-record';
import {
  programOrderBody,
  readProgramOrder,
  type ProgramOrder,
  type ProgramOrderBody,
} from './program-order';
import {
  equalUnsettled,
  notPlaced,
  outcome,
  undecided,
  type KisProgramOrderAnswer,
} from './program-order-answer';

/**
 * Orders that other programs make for KIS: written into the journal first, sent once and byte for byte as the program made
 * them, under the same switches, caps and kill switch as all orders. A program that repeats an order before it was told
 * what became of it gets the outcome of the first.
 */
@Injectable()
export class KisProgramOrders {
  private readonly logger = new Logger('Orders');

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly targets: KisProgramOrderTargets,
    private readonly repeats: KisProgramOrderRepeats,
    private readonly preparer: KisProgramOrderPreparer,
    private readonly journal: KisOrderJournal,
    private readonly idempotency: KisOrderIdempotency,
    private readonly submitter: KisOrderSubmitter,
    private readonly endpoint: KisOrderEndpoint,
    private readonly reconciler: KisOrderReconciler,
    private readonly relay: KisRelay,
    private readonly clock: KisClock,
  ) {}

  /** The moment, for noting when a request arrived. */
  now(): Moment {
    return this.repeats.now();
  }

  /**
   * Carries out an order. Never rejects because of KIS or the journal: what happened is in the answer. Call
   * {@link delivered} once the program has got it.
   */
  async carryOut(
    account: KisAccount,
    request: KisRelayedRequest,
    parties: ProgramOrderParties,
  ): Promise<KisProgramOrderAnswer> {
    const { program } = parties;
    const answer = await this.attempt(account, request, parties).catch((error: unknown) => {
      if (!(error instanceof KisError)) throw error;
      const isCap = error instanceof KisOrderCapExceededError;
      return notPlaced(isCap ? 'cap' : 'not-placed', error.message);
    });
    await this.aTurn();
    if ('message' in answer && !answer.record) {
      const what = `${request.trId.slice(0, 13)} of program "${program}", account "${account.alias}"`;
      this.logger.warn(`An order (${what}) was not sent: ${answer.message}`);
    }
    return answer;
  }

  /** Resolves when it is noted of all answers so far that they were delivered: to be awaited before the journal is closed. */
  noted(): Promise<void> {
    return this.repeats.noted();
  }

  /** The program has got the answer: an equal order from now on is a new one. */
  delivered(answer: KisProgramOrderAnswer): void {
    const { record } = answer;
    if (answer.kind !== 'unknown' && record?.answered === false) this.repeats.answered(record);
  }

  private async attempt(
    account: KisAccount,
    request: KisRelayedRequest,
    parties: ProgramOrderParties,
  ): Promise<KisProgramOrderAnswer> {
    const { enabled, reason } = this.configuration.orderPolicy(account);
    if (!enabled) return notPlaced('orders-off', reason ?? 'The account may not place orders.');
    const body = programOrderBody(request.body);
    const order = body && readProgramOrder(request, body);
    if (!order)
      return notPlaced(
        'not-placed',
        'Its body is not one flat JSON object in UTF-8, or its quantity or price is not a decimal number.',
      );
    const recorded = await this.recorded(account, request.trId, { body, order, parties }).catch(
      (error: unknown) => {
        if (error instanceof KisOrderJournalError) return undecided(error.message);
        throw error;
      },
    );
    if ('kind' in recorded) return recorded;
    const { wanted, arrival, first } = recorded;
    if (first) return this.outcomeOfFirst(account, first);
    await this.idempotency.ready(account);
    return this.admit(account, await this.preparer.prepared(account, wanted, order.isPriceKnown), request, {
      arrival,
      hangUp: parties.hangUp,
    });
  }

  /** The record of an order, and the order that it repeats. @throws KisOrderJournalError when that cannot be told */
  private async recorded(account: KisAccount, trId: string, request: ProgramRequest): Promise<RecordedOrder> {
    const { body, order, parties } = request;
    const arrival = await this.repeats.arrival(account, parties.arrivedAt);
    const wanted = this.idempotency.stamped(
      account,
      await this.targets.record(account, trId, body, order, parties.program),
    );
    return { wanted, arrival, first: await this.repeats.firstOf(wanted, arrival) };
  }

  /**
   * Lets the process take note of a hang-up that came while it stood still: it becomes known together with what the order
   * waited for, and may be the later of the two.
   */
  private aTurn(): Promise<void> {
    return this.clock.sleep(0);
  }

  private async admit(
    account: KisAccount,
    wanted: OrderRecord,
    request: KisRelayedRequest,
    { arrival, hangUp }: { readonly arrival: ProgramArrival; readonly hangUp: AbortSignal },
  ): Promise<KisProgramOrderAnswer> {
    const until = this.clock.monotonic() + HOLD_MS;
    for (;;) {
      await this.aTurn();
      // It may have repeated the order meanwhile, and got an answer.
      if (hangUp.aborted) return notPlaced('not-placed', 'The program hung up before its order was sent.');
      const record = this.idempotency.stamped(account, wanted);
      const decision = await this.journal.admit(
        record,
        this.configuration.orderPolicy(account).caps,
        arrival,
      );
      switch (decision.kind) {
        case 'admitted':
          return this.send(account, decision.record, request);
        case 'repeated':
        case 'id-reused':
          return this.outcomeOfFirst(account, decision.record);
        case 'trading-stopped':
          return notPlaced(
            'orders-off',
            'Trading is stopped by the kill switch; cancelling remains possible.',
          );
        case 'capped':
          return notPlaced('cap', `It exceeds ${decision.reason}.`);
        case 'equal-unsettled': {
          const leftMs = until - this.clock.monotonic();
          const other = await this.reconciler.settled(account, decision.record, Math.max(0, leftMs));
          if (isUnsettled(other)) return notPlaced('not-placed', equalUnsettled(other));
        }
      }
    }
  }

  private async send(
    account: KisAccount,
    admitted: OrderRecord,
    request: KisRelayedRequest,
  ): Promise<KisProgramOrderAnswer> {
    const kis: { response: WireResponse | null } = { response: null };
    const { timeoutMs } = this.configuration.requestPolicy(account.credential);
    const call = { ...this.relay.call(account, request), deadlineMs: timeoutMs + SETUP_MS };
    const attempt = (isTooLate: () => boolean) => {
      kis.response = null;
      const keep = (wire: WireResponse): void => {
        kis.response = wire;
      };
      return this.endpoint.deliver({ ...call, isTooLate }, keep, admitted.unlisted !== true);
    };
    const limitMs = this.idempotency.limitMs(account);
    const { record, error } = await this.submitter.submit(account, admitted, limitMs, attempt);
    if (isUnsettled(record)) return this.held(account, record);
    // The lists of KIS may have told the outcome first: then a response that does not say it is not passed on.
    const isNotPlaced = record.outcome === 'not-placed' && error !== null;
    const { response } = kis;
    if (response !== null && (error === null || isNotPlaced)) return { kind: 'response', response, record };
    return isNotPlaced ? { ...notPlaced('not-placed', error.message), record } : outcome(record);
  }

  private outcomeOfFirst(account: KisAccount, first: OrderRecord): Promise<KisProgramOrderAnswer> {
    this.logger.log(
      `Program "${first.program ?? ''}" repeats order "${first.clientOrderId}", which it was not told the outcome of: it is not sent again.`,
    );
    return this.held(account, first);
  }

  /** It may have been sent, so whatever fails here says nothing about the order. */
  private async held(account: KisAccount, record: OrderRecord): Promise<KisProgramOrderAnswer> {
    const isHopeless = record.unlisted === true && record.outcome === 'unknown';
    if (!isUnsettled(record) || isHopeless) return outcome(record);
    try {
      return outcome(await this.reconciler.settled(account, record, HOLD_MS));
    } catch {
      return { kind: 'unknown', record };
    }
  }
}

/** Who orders. */
export interface ProgramOrderParties {
  readonly program: string;
  /** When the request had arrived, by {@link KisProgramOrders.now}. */
  readonly arrivedAt: Moment;
  /** Aborts when the program hangs up: its order is not sent then, unless it is written down already. */
  readonly hangUp: AbortSignal;
}

/** What a program orders. */
interface ProgramRequest {
  readonly body: ProgramOrderBody;
  readonly order: ProgramOrder;
  readonly parties: ProgramOrderParties;
}

interface RecordedOrder {
  readonly wanted: OrderRecord;
  readonly arrival: ProgramArrival;
  /** The order that it repeats. */
  readonly first: OrderRecord | null;
}

/** How long a program is held while the outcome of its order is looked up. */
const HOLD_MS = 9000;
/** For the token and the turn, on top of what KIS may take. */
const SETUP_MS = 2000;

import { AccountLogger } from '../account-logger';
import type { KisClock } from '../clock';
import type { KisAccount } from '../kis-account';
import { NOTICE_TR_IDS } from '../protocol/realtime-channels';
import type { KisOrderNotices } from '../order/kis-order.notices';
import type { KisOrderEvent, KisOrderNotice } from '../order/order-notice';
import type { RawFrame } from './raw-frame';
import type { KisRealtimeSession } from './realtime-session';
import type { KisRealtimeEvent } from './realtime-events';
import type { KisRawListener } from './session-handlers';
import type { KisRegistrationAnswer } from './upstream';

type Listener = (event: KisRealtimeEvent) => void;
type NumberedEvent = Extract<KisRealtimeEvent, { type: 'order' }>;

/** Order events that are kept for listeners that come back. */
const KEPT = 1000;

/**
 * The events of the orders of one account, numbered, from KIS's notices and, after a gap, from its lists. Once begun it goes
 * on until the process ends: what happens to orders must not depend on who listens.
 */
export class OrderFeed {
  private readonly logger = new AccountLogger('Orders');
  private readonly listeners = new Set<Listener>();
  private readonly kept: NumberedEvent[] = [];
  private raw: KisRawListener | null = null;
  private answer: Promise<KisRegistrationAnswer> | null = null;
  private number = 0;
  /** The events of a process have ids of their own. */
  private readonly era: string;

  constructor(
    private readonly account: KisAccount,
    private readonly session: KisRealtimeSession,
    private readonly notices: KisOrderNotices,
    private readonly clock: KisClock,
  ) {
    this.era = clock.now().toString(36);
  }

  get channel(): string {
    return `orders:${this.account.alias}`;
  }

  /** Registers for the notices, once. Resolves with KIS's answer. */
  begin(): Promise<KisRegistrationAnswer> {
    this.answer ??= this.register();
    return this.answer;
  }

  /** @returns a function that ends it. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * What a listener has missed since the event with this id. Where that is of another process, or no longer kept, it is a
   * gap: from when that process began, because nothing more is known.
   */
  since(id: string): KisRealtimeEvent[] {
    const [alias, era = '', ...rest] = id.split('.');
    if (alias !== this.account.alias || rest.length !== 1) return [];
    const index = this.kept.findIndex((event) => event.id === id);
    if (index >= 0) return this.kept.slice(index + 1);
    const began = parseInt(era, 36);
    const to = this.clock.now();
    const from = Number.isFinite(began) && began < to ? began : to;
    return [{ type: 'gap', data: { channels: [this.channel], from: new Date(from), to: new Date(to) } }];
  }

  private async register(): Promise<KisRegistrationAnswer> {
    const raw = (this.raw ??= this.session.open({
      frame: (frame: RawFrame) => {
        this.take(frame);
      },
      state: (state, detail) => {
        const said = this.account.credential.redactor.redact(detail);
        this.tell({ type: 'status', data: { channel: null, state, detail: said } });
      },
      gap: (from, to) => {
        const data = { channels: [this.channel], from: new Date(from), to: new Date(to) };
        this.tell({ type: 'gap', data });
        this.follow(this.notices.catchUp(this.account));
      },
    }));
    // What there is already is no news. Without it, events of earlier orders are told as they come.
    void this.notices.begin(this.account).catch(() => undefined);
    const [domestic, overseas] = NOTICE_TR_IDS[this.account.mode];
    const answer = await raw.register(domestic, this.account.htsId);
    if (!answer.ok && answer.code !== 'PENDING') {
      this.answer = null;
      return answer;
    }
    // Without foreign notices the domestic ones are as good.
    void raw.register(overseas, this.account.htsId);
    return answer;
  }

  private take({ reading }: RawFrame): void {
    if ('unreadable' in reading) return;
    for (const event of reading.events) {
      if (event.type !== 'notice' || !this.isOurs(event.data)) continue;
      const taken = this.notices.take(this.account, event.data);
      this.follow(taken.then((found) => (found ? [found] : [])));
    }
  }

  /** One HTS id receives the notices of all its accounts. */
  private isOurs({ accountNumber }: KisOrderNotice): boolean {
    const { number, productCode } = this.account;
    return accountNumber === `${number}${productCode}` || accountNumber === number;
  }

  private follow(events: Promise<readonly KisOrderEvent[]>): void {
    events.then(
      (found) => {
        for (const data of found) this.publish(data);
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.logger.warn(
          this.account.credential,
          `What happened to orders could not be read, so their state is not told: ${reason}`,
        );
      },
    );
  }

  private publish(data: KisOrderEvent): void {
    this.number += 1;
    const event: NumberedEvent = { type: 'order', id: this.idOf(this.number), data };
    this.kept.push(event);
    if (this.kept.length > KEPT) this.kept.shift();
    this.tell(event);
  }

  private tell(event: KisRealtimeEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private idOf(number: number): string {
    return `${this.account.alias}.${this.era}.${number}`;
  }
}

import { AccountLogger } from '../account-logger';
import type { KisClock } from '../clock';
import type { KisAccount } from '../kis-account';
import { NOTICE_TR_IDS } from '../protocol/realtime-channels';
import type { KisOrderTracker } from '../order/notice/kis-order.tracker';
import type { KisOrderEvent } from '../order/notice/order-event';
import type { KisOrderNotice } from '../order/notice/order-notice';
import { OrderEventBuffer } from './order-event-buffer';
import type { RawFrame } from './frame/frame';
import type { KisRealtimeSession } from './session/realtime-session';
import type { KisRealtimeEvent } from './realtime-events';
import type { KisRawListener } from './session/raw-listener';
import type { KisRegistrationAnswer } from './session/upstream';

/**
 * Publishes the order events of one account, with ids, from KIS's notices and, after a gap, from its lists. Once begun it
 * runs until the process ends, because notices also settle orders when there is no listener.
 */
export class OrderFeed {
  private readonly logger = new AccountLogger('Orders');
  private readonly listeners = new Set<Listener>();
  private readonly events: OrderEventBuffer;
  private raw: KisRawListener | null = null;
  private answer: Promise<KisRegistrationAnswer> | null = null;
  private snapshot: Promise<void> | null = null;
  /** KIS's last refusal, which is returned without a new attempt until `refusedUntil` (monotonic milliseconds). */
  private refusal: KisRegistrationAnswer | null = null;
  private refusedUntil = -Infinity;

  constructor(
    private readonly account: KisAccount,
    private readonly session: KisRealtimeSession,
    private readonly tracker: KisOrderTracker,
    private readonly clock: KisClock,
  ) {
    this.events = new OrderEventBuffer(account.alias, clock.now());
  }

  get channel(): string {
    return `orders:${this.account.alias}`;
  }

  /**
   * Registers for the notices, once. Resolves with KIS's answer; a refusal is logged, and returned for ten minutes without
   * a new attempt.
   */
  begin(): Promise<KisRegistrationAnswer> {
    if (this.refusal && this.clock.monotonic() < this.refusedUntil) return Promise.resolve(this.refusal);
    this.answer ??= this.register();
    return this.answer;
  }

  /** @returns a function that ends it. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    // Existing orders must not become events. If the list cannot be read, events of earlier orders are published as well.
    this.snapshot ??= this.tracker.begin(this.account).catch(() => undefined);
    return () => this.listeners.delete(listener);
  }

  /** What a listener has missed since the event with this id; see {@link OrderEventBuffer.since}. */
  since(id: string): KisRealtimeEvent[] {
    return this.events.since(id, this.clock.now());
  }

  private async register(): Promise<KisRegistrationAnswer> {
    const raw = (this.raw ??= this.open());
    const [domestic, overseas] = NOTICE_TR_IDS[this.account.mode];
    const answer = await raw.register(domestic, this.account.htsId);
    if (!answer.ok && answer.code !== 'PENDING') {
      this.refuse(answer);
      return answer;
    }
    // A refusal of overseas notices does not affect the domestic ones.
    void raw.register(overseas, this.account.htsId);
    return answer;
  }

  private open(): KisRawListener {
    return this.session.open({
      frame: (frame: RawFrame) => {
        this.take(frame);
      },
      state: (state, detail) => {
        this.emit({ type: 'status', data: { channel: null, state, detail: this.redacted(detail) } });
      },
      gap: (from, to) => {
        const data = { channels: [this.channel], from: new Date(from), to: new Date(to) };
        this.emit({ type: 'gap', data });
        this.publishAll(this.tracker.catchUp(this.account));
      },
      refused: ({ trId }, answer) => {
        if (trId !== NOTICE_TR_IDS[this.account.mode][0]) return;
        const detail = this.redacted(`${answer.code} ${answer.message}`);
        this.emit({ type: 'status', data: { channel: this.channel, state: 'refused', detail } });
        this.refuse(answer);
      },
    });
  }

  private refuse(refusal: KisRegistrationAnswer): void {
    const { code, message } = refusal;
    this.answer = null;
    // OPSP0008 ends as soon as others release channels; KIS repeats any other refusal.
    this.refusedUntil = code === 'OPSP0008' ? -Infinity : this.clock.monotonic() + REFUSED_FOR_MS;
    if (this.refusal?.code === code) return;
    this.refusal = refusal;
    const reason = this.redacted(`${code} ${message}`);
    const { alias, credential } = this.account;
    this.logger.warn(
      credential,
      `Notices about the orders of account "${alias}" cannot be had: ${reason} Orders are settled by KIS's lists alone. Check ${credential.nameOption('htsId')}, and what else is registered with the app key.`,
    );
  }

  private take({ reading }: RawFrame): void {
    if ('unreadable' in reading) return;
    for (const event of reading.events) {
      if (event.type !== 'notice' || !this.isOurs(event.data)) continue;
      const taken = this.tracker.take(this.account, event.data);
      this.publishAll(taken.then((found) => (found ? [found] : [])));
    }
  }

  /** One HTS id receives the notices of all its accounts. */
  private isOurs({ accountNumber }: KisOrderNotice): boolean {
    const { number, productCode } = this.account;
    return accountNumber === `${number}${productCode}` || accountNumber === number;
  }

  private publishAll(events: Promise<readonly KisOrderEvent[]>): void {
    events.then(
      (found) => {
        for (const data of found) this.emit(this.events.add(data));
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.logger.warn(
          this.account.credential,
          `What happened to orders could not be read, so no event of theirs is published: ${reason}`,
        );
      },
    );
  }

  private emit(event: KisRealtimeEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  private redacted(text: string): string {
    return this.account.credential.redactor.redact(text);
  }
}

type Listener = (event: KisRealtimeEvent) => void;

/** No new attempt for this long after a refusal: orders are frequent, and KIS blocks keys that register in loops. */
const REFUSED_FOR_MS = 600_000;

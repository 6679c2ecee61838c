import type { KisClock } from '../clock';
import type { KisAccount } from '../kis-account';
import type { MarketChannel } from './channel';
import type { RawFrame } from './frame/frame';
import type { KisRealtimeSession } from './session/realtime-session';
import type { KisRealtimeStream } from './realtime-stream';
import type { KisRawListener, KisRegistrationKey } from './session/raw-listener';
import { registrationName, type KisRegistrationAnswer } from './session/upstream';

/** The subscription of one stream to channels of market data: registers them, and pushes their events into the stream. */
export class MarketSubscription {
  private readonly listener: KisRawListener;
  private readonly names: ReadonlyMap<string, string>;
  /** By channel: when its last `unreadable` event was pushed; monotonic milliseconds. */
  private readonly unreadableAt = new Map<string, number>();

  constructor(
    private readonly stream: KisRealtimeStream,
    private readonly channels: readonly MarketChannel[],
    private readonly account: KisAccount,
    session: KisRealtimeSession,
    private readonly clock: KisClock,
  ) {
    this.names = new Map(channels.map(({ name, trId, trKey }) => [registrationName(trId, trKey), name]));
    this.listener = session.open({
      frame: (frame: RawFrame) => {
        this.take(frame);
      },
      state: (state, detail) => {
        this.pushStatus(null, state, detail);
      },
      gap: (from, to, registrations) => {
        const missed = registrations.map((each) => this.nameOf(each));
        stream.push({ type: 'gap', data: { channels: missed, from: new Date(from), to: new Date(to) } });
      },
      refused: (registration, answer) => {
        this.answered(this.nameOf(registration), answer);
      },
    });
  }

  /**
   * Registers all channels. Resolves with KIS's answers, in the order of the channels; the stream gets them as `status`
   * events too.
   */
  register(): Promise<KisRegistrationAnswer[]> {
    return Promise.all(
      this.channels.map(async ({ trId, trKey, name }) => {
        const answer = await this.listener.register(trId, trKey);
        this.answered(name, answer);
        return answer;
      }),
    );
  }

  close(): void {
    this.listener.close();
  }

  private take(frame: RawFrame): void {
    const { reading } = frame;
    if ('unreadable' in reading) {
      this.unreadable(this.nameOf(frame), reading.unreadable);
      return;
    }
    for (const event of reading.events) if (event.type !== 'notice') this.stream.push(event);
  }

  private answered(name: string, { ok, code, message }: KisRegistrationAnswer): void {
    if (code === 'PENDING') return;
    this.pushStatus(name, ok ? 'subscribed' : 'refused', `${code} ${message}`.trim());
  }

  private unreadable(name: string, reason: string): void {
    const now = this.clock.monotonic();
    if (now - (this.unreadableAt.get(name) ?? -Infinity) < UNREADABLE_EVERY_MS) return;
    this.unreadableAt.set(name, now);
    this.pushStatus(name, 'unreadable', `A frame could not be read: ${reason}. It is skipped.`);
  }

  private pushStatus(
    channel: string | null,
    state: 'connected' | 'subscribed' | 'refused' | 'disconnected' | 'unreadable',
    detail: string,
  ): void {
    const redacted = this.account.credential.redactor.redact(detail);
    this.stream.push({ type: 'status', data: { channel, state, detail: redacted } });
  }

  private nameOf({ trId, trKey }: KisRegistrationKey): string {
    return this.names.get(registrationName(trId, trKey)) ?? `${trId} ${trKey}`;
  }
}

/** At most one `unreadable` event per channel in this time. */
const UNREADABLE_EVERY_MS = 60_000;

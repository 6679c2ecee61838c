import type { RawFrame } from '../frame/frame';
import type { KisRawListener, KisRegistrationKey, SessionHandlers } from './raw-listener';
import { registrationName, type KisRegistrationAnswer } from './upstream';

/** A listener of a session: remembers its own registrations, and calls its handlers so that an error in one stops nothing. */
export class SessionListener implements KisRawListener {
  private readonly own = new Map<string, KisRegistrationKey>();
  private closed = false;
  private isConnected: boolean | null = null;

  constructor(
    private readonly handlers: SessionHandlers,
    private readonly session: ListenedSession,
  ) {}

  async register(trId: string, trKey: string): Promise<KisRegistrationAnswer> {
    const name = registrationName(trId, trKey);
    if (this.closed) return CLOSED;
    if (this.own.has(name)) return DOUBLE;
    this.own.set(name, { trId, trKey });
    const answer = await this.session.register(this, trId, trKey);
    if (!answer.ok && answer.code !== 'PENDING') this.own.delete(name);
    return answer;
  }

  release(trId: string, trKey: string): boolean {
    if (!this.own.delete(registrationName(trId, trKey))) return false;
    this.session.release(this, trId, trKey);
    return true;
  }

  close(): void {
    if (this.closed) return;
    for (const { trId, trKey } of [...this.own.values()]) this.release(trId, trKey);
    this.closed = true;
    this.session.forget(this);
  }

  frame(frame: RawFrame): void {
    this.notify(() => {
      this.handlers.frame(frame);
    });
  }

  connected(): void {
    if (this.isConnected === true) return;
    this.isConnected = true;
    this.notify(() => this.handlers.state?.('connected', 'The realtime session is open.'));
  }

  /** Called after each failed attempt to connect, too. */
  disconnected(detail: string): void {
    this.isConnected = false;
    this.notify(() => this.handlers.state?.('disconnected', detail));
  }

  gap(from: number, to: number, registrations: readonly KisRegistrationKey[]): void {
    const keys = registrations.map(({ trId, trKey }) => ({ trId, trKey }));
    this.notify(() => this.handlers.gap?.(from, to, keys));
  }

  refused({ trId, trKey }: KisRegistrationKey, answer: KisRegistrationAnswer): void {
    this.own.delete(registrationName(trId, trKey));
    this.notify(() => this.handlers.refused?.({ trId, trKey }, answer));
  }

  private notify(call: () => void): void {
    if (this.closed) return;
    try {
      call();
    } catch (error) {
      this.session.report(error);
    }
  }
}

/** What a listener needs from its session. */
interface ListenedSession {
  register(listener: SessionListener, trId: string, trKey: string): Promise<KisRegistrationAnswer>;
  release(listener: SessionListener, trId: string, trKey: string): void;
  forget(listener: SessionListener): void;
  report(error: unknown): void;
}

const DOUBLE: KisRegistrationAnswer = { ok: false, code: 'OPSP0002', message: 'ALREADY IN SUBSCRIBE' };
const CLOSED: KisRegistrationAnswer = { ok: false, code: 'CLOSED', message: 'The listener is closed.' };

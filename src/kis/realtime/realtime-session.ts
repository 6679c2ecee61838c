import { Logger } from '@nestjs/common';
import type { KisClock } from '../clock';
import { MOST_REGISTRATIONS } from '../protocol/realtime-channels';
import { RawFrame } from './raw-frame';
import { Registrations, type Registration } from './registrations';
import { SessionListener } from './session-listener';
import type { KisRawHandlers, KisRawListener, KisRegistrationKey, SessionHandlers } from './session-handlers';
import type { ConnectionHandlers } from './session-connection';
import { PENDING, type KisRawFrame, type KisRegistrationAnswer, type Upstream } from './upstream';

/** How long a registration outlives its last listener, so that one who comes back at once costs KIS no two messages. */
const LINGER_MS = 5000;
/** How long a session outlives its last registration. */
const IDLE_MS = 10_000;
/** How long a caller waits for a session. */
const ANSWER_WAIT_MS = 10_000;

const FULL: KisRegistrationAnswer = {
  ok: false,
  code: 'OPSP0008',
  message: `MAX SUBSCRIBE OVER: ${MOST_REGISTRATIONS} channels are registered for this app key.`,
};

export type SessionState = 'idle' | 'connecting' | 'connected' | 'disconnected';

/** What the session needs of its connection. */
export interface SessionPort {
  want(): void;
  unwant(): void;
}

export interface SessionOptions {
  readonly clock: KisClock;
  readonly connection: (handlers: ConnectionHandlers) => SessionPort;
  readonly onUnreadable: (frame: RawFrame, reason: string) => void;
}

/**
 * The one realtime session of an app key, as the listeners of this process see it: registrations with reference counts,
 * which outlive connections. It is connected with the first registration and given up some seconds after the last.
 */
export class KisRealtimeSession {
  private readonly logger = new Logger('Realtime');
  private readonly listeners = new Set<SessionListener>();
  private readonly wanted = new Registrations<SessionListener>();
  private readonly connection: SessionPort;
  private upstream: Upstream | null = null;
  /** Counts sessions and their ends: what is told of an earlier one does not matter any more. */
  private epoch = 0;
  /** Frames that come while registrations are being renewed: the gap is told first. */
  private held: Omit<KisRawFrame, 'trKey'>[] | null = null;
  private lost: number | null = null;
  private failed = false;
  private heardAt = 0;
  private cancelIdle = (): void => undefined;

  constructor(private readonly options: SessionOptions) {
    this.connection = options.connection({
      opened: (upstream) => {
        this.opened(upstream);
      },
      frame: (frame) => {
        this.heardAt = frame.receivedAt;
        if (this.held) this.held.push(frame);
        else this.deliver(frame);
      },
      lost: (detail) => {
        this.disconnected(detail);
      },
    });
  }

  get state(): SessionState {
    if (this.upstream && !this.held) return 'connected';
    if (this.failed) return 'disconnected';
    return this.wanted.size > 0 ? 'connecting' : 'idle';
  }

  /** Since when there is no session although there was one; epoch milliseconds; `null`: there is one, or none was wanted. */
  get lostSince(): number | null {
    return this.lost;
  }

  /** A listener without registrations. */
  open(handlers: KisRawHandlers): KisRawListener;
  open(handlers: SessionHandlers): KisRawListener {
    const listener = new SessionListener(handlers, this);
    this.listeners.add(listener);
    return listener;
  }

  /** What is registered, and by how many listeners. */
  registrations(): (KisRegistrationKey & { readonly listeners: number })[] {
    return this.wanted.all.map(({ trId, trKey, listeners }) => ({ trId, trKey, listeners: listeners.size }));
  }

  /** For {@link SessionListener}. */
  async register(listener: SessionListener, trId: string, trKey: string): Promise<KisRegistrationAnswer> {
    const registration = this.wanted.find(trId, trKey) ?? this.added(trId, trKey);
    if (!registration) return FULL;
    registration.cancelLinger();
    registration.listeners.add(listener);
    this.cancelIdle();
    this.connection.want();
    if (registration.answer?.ok) return registration.answer;
    return new Promise((resolve) => {
      const cancel = this.options.clock.background(ANSWER_WAIT_MS, () => {
        resolve(PENDING);
      });
      registration.waiting.push((answer) => {
        cancel();
        resolve(answer);
      });
    });
  }

  /** For {@link SessionListener}. */
  release(listener: SessionListener, trId: string, trKey: string): void {
    const registration = this.wanted.find(trId, trKey);
    if (!registration?.listeners.delete(listener) || registration.listeners.size > 0) return;
    registration.cancelLinger();
    registration.cancelLinger = this.options.clock.background(LINGER_MS, () => {
      this.remove(registration, true);
    });
  }

  /** For {@link SessionListener}. */
  forget(listener: SessionListener): void {
    this.listeners.delete(listener);
  }

  /** A new registration, sent at once if there is a session; `null` when there are too many. */
  private added(trId: string, trKey: string): Registration<SessionListener> | null {
    if (this.wanted.size >= MOST_REGISTRATIONS) {
      const unused = this.wanted.all.find(({ listeners }) => listeners.size === 0);
      if (!unused) return null;
      this.remove(unused, true);
    }
    const registration = this.wanted.add(trId, trKey);
    if (this.upstream) void this.send(registration, this.upstream);
    return registration;
  }

  private remove(registration: Registration<SessionListener>, isAtUpstream: boolean): void {
    registration.cancelLinger();
    this.wanted.remove(registration);
    if (isAtUpstream) this.upstream?.release(registration.trId, registration.trKey);
    if (this.wanted.size > 0) return;
    this.cancelIdle = this.options.clock.background(IDLE_MS, () => {
      if (this.wanted.size === 0) this.giveUp();
    });
  }

  private giveUp(): void {
    this.upstream = null;
    this.epoch += 1;
    this.lost = null;
    this.failed = false;
    this.connection.unwant();
  }

  private opened(upstream: Upstream): void {
    this.upstream = upstream;
    this.epoch += 1;
    this.held ??= [];
    void this.renew(upstream, this.epoch);
  }

  /** Registers everything again, then tells what was missed, then passes on what came meanwhile. */
  private async renew(upstream: Upstream, epoch: number): Promise<void> {
    const missed = this.wanted.all.filter(({ stood }) => stood);
    const from = this.lost;
    await Promise.all(this.wanted.all.map((registration) => this.send(registration, upstream)));
    // Lost again meanwhile.
    if (this.epoch !== epoch) return;
    const held = this.held ?? [];
    this.held = null;
    this.lost = null;
    this.failed = false;
    for (const listener of this.listeners) listener.connected();
    if (from !== null) this.tellGap(missed, from);
    for (const frame of held) this.deliver(frame);
  }

  private tellGap(missed: readonly Registration<SessionListener>[], from: number): void {
    const to = this.options.clock.now();
    for (const listener of this.listeners) {
      const own = missed.filter(({ listeners }) => listeners.has(listener));
      if (own.length > 0) listener.gap(from, to, own);
    }
  }

  private async send(registration: Registration<SessionListener>, upstream: Upstream): Promise<void> {
    const { epoch } = this;
    const answer = await upstream.register(registration.trId, registration.trKey);
    if (this.epoch !== epoch || answer.code === PENDING.code) return;
    const { stood } = registration;
    const listeners = [...registration.listeners];
    if (!answer.ok) this.remove(registration, false);
    registration.settle(answer);
    if (!answer.ok && stood) for (const listener of listeners) listener.refused(registration, answer);
  }

  private disconnected(detail: string): void {
    if (this.upstream) this.lost ??= Math.max(this.heardAt, this.upstream.heardAt);
    this.upstream = null;
    this.epoch += 1;
    this.held = null;
    this.failed = true;
    for (const registration of this.wanted.all) registration.answer = null;
    for (const listener of this.listeners) listener.disconnected(detail);
  }

  private deliver(frame: Omit<KisRawFrame, 'trKey'>): void {
    for (const { registration, body, count } of this.wanted.match(frame)) {
      const own = new RawFrame(
        { ...frame, trKey: registration.trKey, body, count },
        this.options.onUnreadable,
      );
      for (const listener of registration.listeners) listener.frame(own);
    }
  }

  /** For {@link SessionListener}: a handler threw. */
  report(error: unknown): void {
    this.logger.error(`A realtime listener threw: ${error instanceof Error ? error.message : String(error)}`);
  }
}

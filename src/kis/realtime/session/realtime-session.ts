import { Logger } from '@nestjs/common';
import type { KisClock } from '../../clock';
import type { ConnectionHandlers } from './connection-ports';
import { RawFrame } from '../frame/frame';
import type { Registration } from './registration-index';
import type { KisRawHandlers, KisRawListener, KisRegistrationKey, SessionHandlers } from './raw-listener';
import { SessionListener } from './session-listener';
import { SharedRegistrations } from './shared-registrations';
import type { KisRawFrame, KisRegistrationAnswer, Upstream } from './upstream';

/**
 * The one realtime session of an app key, as the listeners of this process see it. It is opened with the first registration,
 * replaced when it is lost, and closed some seconds after the last registration was released.
 */
export class KisRealtimeSession {
  private readonly logger = new Logger('Realtime');
  private readonly listeners = new Set<SessionListener>();
  private readonly registered: SharedRegistrations;
  private readonly connection: SessionPort;
  private upstream: Upstream | null = null;
  /** Frames received while registrations are being renewed: the gap is reported before them. */
  private held: Omit<KisRawFrame, 'trKey'>[] | null = null;
  private lost: number | null = null;
  private failed = false;
  private heardAt = 0;

  constructor(private readonly options: SessionOptions) {
    this.registered = new SharedRegistrations(options.clock, {
      want: () => {
        this.connection.want();
      },
      giveUp: () => {
        this.giveUp();
      },
    });
    this.connection = options.connection({
      opened: (upstream) => {
        void this.opened(upstream);
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
    return this.registered.size > 0 ? 'connecting' : 'idle';
  }

  /** When the session was lost; epoch milliseconds. `null` while there is one, and when none was needed. */
  get lostSince(): number | null {
    return this.lost;
  }

  /** Opens a listener, at first without registrations. */
  open(handlers: KisRawHandlers): KisRawListener;
  open(handlers: SessionHandlers): KisRawListener {
    const listener = new SessionListener(handlers, this);
    this.listeners.add(listener);
    return listener;
  }

  /** What is registered, and by how many listeners. */
  registrations(): (KisRegistrationKey & { readonly listeners: number })[] {
    return this.registered.all;
  }

  /** For {@link SessionListener}. */
  register(listener: SessionListener, trId: string, trKey: string): Promise<KisRegistrationAnswer> {
    return this.registered.register(listener, trId, trKey);
  }

  /** For {@link SessionListener}. */
  release(listener: SessionListener, trId: string, trKey: string): void {
    this.registered.release(listener, trId, trKey);
  }

  /** For {@link SessionListener}. */
  forget(listener: SessionListener): void {
    this.listeners.delete(listener);
  }

  /** For {@link SessionListener}: a handler threw. */
  report(error: unknown): void {
    this.logger.error(`A realtime listener threw: ${error instanceof Error ? error.message : String(error)}`);
  }

  private giveUp(): void {
    this.upstream = null;
    this.registered.suspend();
    this.held = null;
    this.lost = null;
    this.failed = false;
    this.connection.unwant();
  }

  /** Registers everything again, then reports the gap, then delivers the frames that were received in between. */
  private async opened(upstream: Upstream): Promise<void> {
    this.upstream = upstream;
    this.held ??= [];
    const missed = this.registered.acknowledged;
    const from = this.lost;
    // The session may have been lost again in the meantime.
    if (!(await this.registered.renew(upstream))) return;
    const held = this.held;
    this.held = null;
    this.lost = null;
    this.failed = false;
    for (const listener of this.listeners) listener.connected();
    if (from !== null) this.reportGap(missed, from);
    for (const frame of held) this.deliver(frame);
  }

  private reportGap(missed: readonly Registration<SessionListener>[], from: number): void {
    const to = this.options.clock.now();
    for (const listener of this.listeners) {
      const own = missed.filter(({ listeners }) => listeners.has(listener));
      if (own.length > 0) listener.gap(from, to, own);
    }
  }

  private disconnected(detail: string): void {
    if (this.upstream) this.lost ??= Math.max(this.heardAt, this.upstream.heardAt);
    this.upstream = null;
    this.registered.suspend();
    this.held = null;
    this.failed = true;
    for (const listener of this.listeners) listener.disconnected(detail);
  }

  private deliver(frame: Omit<KisRawFrame, 'trKey'>): void {
    for (const { registration, body, count } of this.registered.match(frame)) {
      const own = new RawFrame(
        { ...frame, trKey: registration.trKey, body, count },
        this.options.onUnreadable,
      );
      for (const listener of registration.listeners) listener.frame(own);
    }
  }
}

export type SessionState = 'idle' | 'connecting' | 'connected' | 'disconnected';

/** What the session needs from its connection. */
export interface SessionPort {
  want(): void;
  unwant(): void;
}

export interface SessionOptions {
  readonly clock: KisClock;
  readonly connection: (handlers: ConnectionHandlers) => SessionPort;
  readonly onUnreadable: (frame: RawFrame, reason: string) => void;
}

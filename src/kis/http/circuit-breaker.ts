import { Injectable, Logger } from '@nestjs/common';
import { onAbort } from '../abort-listeners';
import { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import { KisUnavailableError } from '../kis.errors';
import { KisConfiguration } from '../kis.options';
import type { KisExchangeResult } from '../transport/exchange-result';
import type { Deadline } from './deadline';

/** The circuit breakers of all origins. */
@Injectable()
export class KisCircuitBreakers {
  private readonly byOrigin = new Map<string, CircuitBreaker>();

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly clock: KisClock,
  ) {}

  of({ origin }: KisCredential): CircuitBreaker {
    const known = this.byOrigin.get(origin);
    if (known) return known;
    const breaker = new CircuitBreaker(this.nameOf(origin), this.clock);
    this.byOrigin.set(origin, breaker);
    return breaker;
  }

  /** With the accounts of that origin, where several are configured. */
  private nameOf(origin: string): string {
    const { accounts } = this.configuration;
    const { host } = new URL(origin);
    if (accounts.length < 2) return host;
    const there = accounts.filter(({ credential }) => credential.origin === origin);
    return `${host} (${there.map(({ alias }) => alias).join(', ')})`;
  }
}

/** Refused reads may be tried again after this, or when the probe ends, whichever is sooner. */
const RETRY_AFTER_MS = 5000;
/** When the last unanswered call is this long ago, it is unknown whether the next one will be answered. */
const STALE_AFTER_MS = 5000;

/** One attempt of a call on its way to the origin. It must be ended, once. */
export interface BreakerPass {
  /** Whether the call is a probe: it tests whether the origin answers again. */
  readonly isProbe: boolean;
  /** @param isWhole whether the attempt has the whole request timeout for its answer. */
  sending(timeoutMs: number, isWhole: boolean): void;
  /** @param result `null` without a result, because nothing was sent or the caller aborted. */
  end(result: KisExchangeResult | null): void;
}

/** A read that tests whether the origin answers again. */
interface Probe {
  /** Monotonic milliseconds. */
  endsAt: number;
  /**
   * Whether the origin had not been called for {@link STALE_AFTER_MS} before the probe, so it may have long recovered.
   */
  readonly isOverdue: boolean;
  /** Reads that wait for the end of the probe. */
  readonly waiting: Map<Deadline, () => void>;
}

/**
 * Spares readers the wait for an origin that swallows calls, as KIS does during maintenance. It opens when a call gets
 * no answer within the request timeout and no other call has been answered since that one was sent. While it is open,
 * one read at a time goes out as a probe; all others fail at once, also those that wait for their turn. But after a
 * while without calls the state is unknown: then reads that arrive during the probe wait for its end, each within its own
 * time limit. Any answer closes it, and so does a refused connection, which makes no caller wait. Orders are always sent,
 * whether KIS answers or not.
 */
export class CircuitBreaker {
  private readonly logger = new Logger('KIS API');
  private readonly waiting = new Set<Deadline>();
  private lastSignOfLife = -Infinity;
  private lastTimeout = -Infinity;
  private openedAt: number | null = null;
  private probe: Probe | null = null;

  constructor(
    private readonly name: string,
    private readonly clock: KisClock,
  ) {}

  /** Whether a read would be sent now. */
  get admitsRead(): boolean {
    return this.openedAt === null || this.probe === null;
  }

  /**
   * Admits a call, at once unless a read has to wait for a probe. A read that waits for its permit when the breaker
   * opens is aborted through its deadline.
   *
   * @throws KisUnavailableError when a read would only wait; the reason of the deadline's signal.
   */
  enter(isRead: boolean, deadline: Deadline): BreakerPass | Promise<BreakerPass> {
    if (!isRead) return this.pass(null, null);
    if (this.openedAt === null) {
      this.waiting.add(deadline);
      return this.pass(null, deadline);
    }
    const now = this.clock.monotonic();
    if (this.probe === null) {
      const isOverdue = now - this.lastTimeout > STALE_AFTER_MS;
      this.probe = { endsAt: now, isOverdue, waiting: new Map() };
      return this.pass(this.probe, null);
    }
    if (!this.probe.isOverdue) throw this.unanswered();
    return this.afterProbe(this.probe, deadline);
  }

  /** The probe may have ended without a result: then one of the waiting reads becomes the next probe. */
  private async afterProbe({ waiting }: Probe, deadline: Deadline): Promise<BreakerPass> {
    const { signal } = deadline;
    await new Promise<void>((resolve, reject) => {
      const removeListener = onAbort(signal, () => {
        waiting.delete(deadline);
        reject(signal.reason as Error);
      });
      waiting.set(deadline, () => {
        removeListener();
        resolve();
      });
    });
    return this.enter(true, deadline);
  }

  private pass(probe: Probe | null, waiting: Deadline | null): BreakerPass {
    const stopWaiting = (): void => {
      if (waiting) this.waiting.delete(waiting);
    };
    let sent = { at: Infinity, isWhole: false };
    return {
      isProbe: probe !== null,
      sending: (timeoutMs, isWhole) => {
        stopWaiting();
        sent = { at: this.clock.monotonic(), isWhole };
        if (probe) probe.endsAt = sent.at + timeoutMs;
      },
      end: (result) => {
        stopWaiting();
        if (probe && this.probe === probe) this.probe = null;
        if (result?.kind === 'timeout') {
          if (sent.isWhole && this.lastSignOfLife < sent.at) this.open(probe);
        } else if (result) this.close();
        if (probe) goOn(probe);
      },
    };
  }

  private open(probe: Probe | null): void {
    this.lastTimeout = this.clock.monotonic();
    for (const deadline of probe?.waiting.keys() ?? []) deadline.abort(this.unanswered());
    if (this.openedAt !== null) return;
    this.openedAt = this.clock.monotonic();
    this.logger.warn(
      `${this.name} does not answer. Until it does, one read at a time is sent as a probe; other reads fail at once.`,
    );
    for (const deadline of this.waiting) deadline.abort(this.unanswered());
  }

  private close(): void {
    this.lastSignOfLife = this.clock.monotonic();
    if (this.openedAt === null) return;
    this.openedAt = null;
    if (this.probe) goOn(this.probe); // Another call was answered first.
    this.logger.log(`${this.name} answers again`);
  }

  private unanswered(): KisUnavailableError {
    const now = this.clock.monotonic();
    const waitMs = Math.min(RETRY_AFTER_MS, Math.max(1000, (this.probe?.endsAt ?? 0) - now));
    return new KisUnavailableError(
      `${this.name} does not answer (for ${Math.round((now - (this.openedAt ?? now)) / 1000)} s now), so this call was not sent. ` +
        'One call at a time checks whether it answers again; try again in a few seconds. KIS announces maintenance on its portal.',
      { retryAt: new Date(this.clock.now() + waitMs), unsent: true },
    );
  }
}

/** Reads that wait for a probe check again. */
function goOn({ waiting }: Probe): void {
  for (const look of waiting.values()) look();
  waiting.clear();
}

import { Injectable } from '@nestjs/common';
import { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import { KisRateLimitedError } from '../kis.errors';
import { KisConfiguration } from '../kis.options';
import { KisRequestPacer } from './kis-request-pacer';
import { PermitLog } from './permit-log';

/** A call that would wait longer is better told so now. */
const LONGEST_WAIT_MS = 30_000;

type Waiter = () => void;

/** The queue of one app key. */
interface Lane {
  readonly permits: PermitLog;
  /** In the order of arrival. */
  readonly waiting: Set<Waiter>;
  cancelTimer: (() => void) | null;
}

/** Paces the calls of this process. Time is the monotonic clock; no timer runs while nobody waits. */
@Injectable()
export class LocalKisRequestPacer extends KisRequestPacer {
  private readonly lanes = new Map<string, Lane>();

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly clock: KisClock,
  ) {
    super();
  }

  async acquire(credential: KisCredential, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const lane = this.laneOf(credential);
    if (lane.waiting.size === 0 && lane.permits.take(this.clock.monotonic())) return;
    this.refuseLongWait(lane, credential);
    await this.queueUp(lane, signal);
  }

  private refuseLongWait(lane: Lane, credential: KisCredential): void {
    const waitMs = lane.permits.waitMs(this.clock.monotonic(), lane.waiting.size);
    if (waitMs <= LONGEST_WAIT_MS) return;
    throw new KisRateLimitedError(
      `${lane.waiting.size} calls are already waiting for app key ${credential.maskedAppKey}, which may call KIS ` +
        `${this.configuration.requestPolicy(credential).perSecond} times a second. Nothing was sent; call less often or later.`,
      { retryAt: new Date(this.clock.now() + waitMs - LONGEST_WAIT_MS) },
    );
  }

  private queueUp(lane: Lane, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        lane.waiting.delete(admit);
        this.schedule(lane);
        reject(signal?.reason as Error);
      };
      const admit = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      signal?.addEventListener('abort', leave, { once: true });
      lane.waiting.add(admit);
      this.schedule(lane);
    });
  }

  /** Sets the timer for the first in the queue, or takes it away when there is none. */
  private schedule(lane: Lane): void {
    if (lane.waiting.size === 0) {
      lane.cancelTimer?.();
      lane.cancelTimer = null;
      return;
    }
    lane.cancelTimer ??= this.clock.after(lane.permits.waitMs(this.clock.monotonic(), 0), () => {
      lane.cancelTimer = null;
      this.admit(lane);
      this.schedule(lane);
    });
  }

  private admit(lane: Lane): void {
    for (const waiter of lane.waiting) {
      if (!lane.permits.take(this.clock.monotonic())) return;
      lane.waiting.delete(waiter);
      waiter();
    }
  }

  private laneOf(credential: KisCredential): Lane {
    const known = this.lanes.get(credential.id);
    if (known) return known;
    const { perSecond } = this.configuration.requestPolicy(credential);
    const lane: Lane = { permits: new PermitLog(perSecond), waiting: new Set(), cancelTimer: null };
    this.lanes.set(credential.id, lane);
    return lane;
  }
}

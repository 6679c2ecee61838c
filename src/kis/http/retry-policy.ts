import { Injectable } from '@nestjs/common';
import { KisClock, KisRandom } from '../clock';
import type { Deadline } from './deadline';
import type { KisFailure } from './kis-answer';
import { isRead, type KisCall } from './kis-call';

/** Decides which failed calls are sent again. */
@Injectable()
export class KisRetryPolicy {
  constructor(
    private readonly clock: KisClock,
    private readonly random: KisRandom,
  ) {}

  /** The retries that one call has from now on. */
  forCall(call: KisCall, deadline: Deadline): CallRetries {
    return new CallRetries(call, deadline, this.clock, this.random);
  }
}

/**
 * Pauses before a read is sent again. Too many calls a second: KIS advises 100–150 ms between calls (notice of
 * 2026-04-20). A transient failure, such as a full session pool, takes longer to pass.
 */
const PAUSES_MS = { rate: [150, 300, 450], transient: [500, 1000, 2000] } as const;
/** Pauses vary by this share, so that callers who failed together do not return together. */
const JITTER = 0.2;

/** Why a call may be sent again. */
type RetryReason = 'token' | 'rate' | 'transient' | 'doubt';

/**
 * A refused token: once, whatever the verb, because nothing was executed; and once more after the token of another
 * program, because what replaces it may have been revoked together with it. All other reasons are for reads only, because
 * an order may have been executed: three times after too many calls a second and after a transient failure, once when
 * no usable answer came; and only before the deadline of the call.
 */
export class CallRetries {
  private readonly left: Record<RetryReason, number> = {
    token: 1,
    rate: PAUSES_MS.rate.length,
    transient: PAUSES_MS.transient.length,
    doubt: 1,
  };
  private wasForeignTokenRefused = false;

  constructor(
    private readonly call: KisCall,
    private readonly deadline: Deadline,
    private readonly clock: KisClock,
    private readonly random: KisRandom,
  ) {}

  /**
   * Whether the call may be sent again after this failure. Uses up one retry.
   * @param isForeignToken whether the call had a token that another program has stored.
   */
  take(failure: KisFailure, isForeignToken: boolean): boolean {
    const reason = reasonFor(failure, this.call);
    if (reason === null || this.deadline.isOver) return false;
    if (reason === 'token' && isForeignToken && !this.wasForeignTokenRefused) {
      this.wasForeignTokenRefused = true;
      return true;
    }
    if (this.left[reason] === 0) return false;
    this.left[reason] -= 1;
    return true;
  }

  /** Waits before the retry that {@link take} has allowed. */
  async pause(failure: KisFailure): Promise<void> {
    const reason = reasonFor(failure, this.call);
    if (reason !== 'rate' && reason !== 'transient') return;
    const pauses = PAUSES_MS[reason];
    const pauseMs = pauses[pauses.length - 1 - this.left[reason]] ?? 0;
    await this.clock.sleep(jittered(pauseMs, this.random), this.deadline.signal);
  }
}

export function jittered(pauseMs: number, random: KisRandom): number {
  return pauseMs * (1 + JITTER * (2 * random.next() - 1));
}

function reasonFor(failure: KisFailure, call: KisCall): RetryReason | null {
  if (failure.kind === 'token-refused') return 'token';
  if (!isRead(call)) return null;
  switch (failure.kind) {
    case 'rate-limited':
      return 'rate';
    case 'transient':
      return 'transient';
    case 'pages-changed':
      // A first page cannot contradict earlier pages; after a later page the whole list has to be read again.
      return call.continued ? null : 'transient';
    case 'timeout':
    case 'unavailable':
      return 'doubt';
    case 'broken':
      // Bytes left over from an earlier answer on a reused connection, which is closed now.
      return failure.isNoHttp === true ? 'doubt' : null;
    default:
      return null;
  }
}

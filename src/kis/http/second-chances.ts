import { Injectable } from '@nestjs/common';
import { KisClock, KisRandom } from '../clock';
import type { KisError } from '../kis.errors';
import type { KisDoubt, KisRefusal } from './kis-answer';
import { isRead, type KisCall } from './kis-call';
import { failureOf } from './kis-failures';

/** Retries of a read that KIS rejects as one too many; KIS advises 100–150 ms between calls (notice of 2026-04-20). */
const RATE_RETRIES = 3;
const RATE_STEP_MS = 150;

/** Which failed calls are sent once more. */
@Injectable()
export class KisSecondChances {
  constructor(
    private readonly clock: KisClock,
    private readonly random: KisRandom,
  ) {}

  /** The chances of one call, from now on. */
  forCall(call: KisCall): CallChances {
    return new CallChances(call, this.clock, this.random);
  }
}

/**
 * A refused token: once, whatever the verb, because nothing was executed. Too many calls a second: three times, reads
 * only. No answer, or none of KIS: once, reads only, because an order may have been executed. The last two only while
 * the call's time is not used up.
 */
export class CallChances {
  private readonly endsAt: number;
  private readonly left = { token: 1, rate: RATE_RETRIES, doubt: 1 };

  constructor(
    private readonly call: KisCall,
    private readonly clock: KisClock,
    private readonly random: KisRandom,
  ) {
    this.endsAt = clock.monotonic() + call.budgetMs;
  }

  /** Whether the call may be sent again after this answer. Asking uses the chance up. */
  take(answer: KisRefusal | KisDoubt): boolean {
    const chance = chanceFor(answer, this.call);
    if (chance === null || this.left[chance] === 0) return false;
    if (chance !== 'token' && this.clock.monotonic() >= this.endsAt) return false;
    this.left[chance] -= 1;
    return true;
  }

  /** Waits as long as the answer asks for: not at all, except after too many calls a second. */
  async pause(answer: KisRefusal | KisDoubt): Promise<void> {
    if (answer.kind !== 'rate-limited') return;
    const turn = RATE_RETRIES - this.left.rate;
    await this.clock.sleep(RATE_STEP_MS * turn * (0.8 + 0.4 * this.random.next()), this.call.signal);
  }

  /** The error for an answer after which the call is not sent again. */
  failure(answer: KisRefusal | KisDoubt): KisError {
    return failureOf(answer, this.call, this.clock.now());
  }
}

function chanceFor(answer: KisRefusal | KisDoubt, call: KisCall): 'token' | 'rate' | 'doubt' | null {
  if (answer.kind === 'token-refused') return 'token';
  if (!isRead(call)) return null;
  if (answer.kind === 'rate-limited') return 'rate';
  return answer.kind === 'timeout' || answer.kind === 'unavailable' ? 'doubt' : null;
}

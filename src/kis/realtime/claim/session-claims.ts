import type { KisRandom } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import type { RealtimeStore } from './realtime-store';
import {
  attemptUnder,
  decodeSession,
  encodeSession,
  LEASE_MS,
  takenBy,
  type SessionClaim,
  type SessionLink,
} from './session-claim-rules';

/**
 * Takes, renews and releases the claim of this process for the session of a credential. Every method rejects when the store
 * fails.
 */
export class SessionClaims {
  constructor(
    private readonly store: RealtimeStore,
    private readonly credential: KisCredential,
    private readonly random: KisRandom,
    /** Identifies this process. */
    readonly me: string,
  ) {}

  /** Resolves with `null` when this process has the claim, else with the claim of the process that has it. */
  take(link: SessionLink | null, dead = ''): Promise<SessionClaim | null> {
    return this.change((before, now) => {
      const next = takenBy(this.me, before, { now, link, dead });
      return { answer: next ? null : before, next };
    });
  }

  /** Extends the claim. Resolves with whether this process still has it. */
  renew(): Promise<boolean> {
    return this.change((before, now) => {
      const isMine = before.owner === this.me;
      return { answer: isMine, next: isMine ? { ...before, until: now + LEASE_MS } : null };
    });
  }

  /** Begins an attempt to connect: `'begun'`, `'lost'` when another process has the claim, or how long to wait first. */
  beginAttempt(): Promise<'begun' | 'lost' | number> {
    const chance = this.random.next();
    return this.change<'begun' | 'lost' | number>((before, now) => {
      if (before.owner !== this.me) return { answer: 'lost', next: null };
      const begun = attemptUnder(before, now, chance);
      return 'claim' in begun
        ? { answer: 'begun', next: begun.claim }
        : { answer: begun.waitMs, next: { ...before, until: now + LEASE_MS } };
    });
  }

  /** Records that the session has lasted, so that the next attempt need not wait long. */
  async settle(): Promise<void> {
    await this.change((before) => ({
      answer: undefined,
      next: before.owner === this.me && before.attempts > 0 ? { ...before, attempts: 0 } : null,
    }));
  }

  /** Gives up the claim; the pause before the next attempt stays. */
  async release(): Promise<void> {
    await this.change((before) => ({
      answer: undefined,
      next: before.owner === this.me ? { ...before, owner: '', until: 0, link: null } : null,
    }));
  }

  private change<T>(
    decide: (before: SessionClaim, now: number) => { answer: T; next: SessionClaim | null },
  ): Promise<T> {
    return this.store.update(this.credential, 'session', (text, now) => {
      const { answer, next } = decide(decodeSession(text), now);
      return { answer, next: next && encodeSession(next) };
    });
  }
}

import { KisAuthClient, type IssuedToken } from '../auth/kis-auth.client';
import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import { KisTokenCooldownError } from '../kis.errors';

const HOUR_MS = 3_600_000;

export interface ModelIssue {
  /** The brokerage's own time, epoch milliseconds. */
  readonly at: number;
  readonly accessToken: string | null;
}

/**
 * The token endpoint of KIS as a model in memory: one issue a minute, the same token for six hours, 24 hours of life.
 * Its time is its own: clock steps of the machine under test do not move it.
 */
export class ModelKis extends KisAuthClient {
  /** Every request that arrived, also refused ones. */
  readonly issues: ModelIssue[] = [];
  readonly revoked = new Set<string>();
  /** What happens to a request before KIS looks at it, for example a thrown error. */
  fault: ((count: number) => void) | null = null;
  /** How long an answer takes. */
  latencyMs = 100;
  lifetimeMs = 24 * HOUR_MS;
  sameTokenMs = 6 * HOUR_MS;
  intervalMs = 60_000;
  /** Changes an answer on its way. */
  distort: (issued: IssuedToken) => IssuedToken = (issued) => issued;
  private current: { accessToken: string; issuedAt: number } | null = null;
  private lastAt = -Infinity;

  constructor(
    private readonly clock: KisClock,
    /** True time, epoch milliseconds. */
    private readonly now: () => number,
  ) {
    super();
  }

  /** Whether a business call with this token would be accepted now. */
  accepts(accessToken: string): boolean {
    return accessToken.startsWith('model-') && !this.revoked.has(accessToken) && this.expiryOf(accessToken) > this.now();
  }

  /** KIS hands out a new token at the next request, as if the six hours were over. */
  forgetToken(): void {
    this.current = null;
  }

  async issue(_credential: KisCredential): Promise<IssuedToken> {
    const at = this.now();
    const refused = at - this.lastAt < this.intervalMs;
    try {
      this.fault?.(this.issues.length + 1);
    } catch (error) {
      this.issues.push({ at, accessToken: null });
      await this.clock.sleep(this.latencyMs);
      throw error;
    }
    if (refused) {
      this.issues.push({ at, accessToken: null });
      throw new KisTokenCooldownError('EGW00133 접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)');
    }
    this.lastAt = at;
    if (!this.current || at - this.current.issuedAt >= this.sameTokenMs) {
      this.current = { accessToken: `model-${at.toString()}-${this.issues.length.toString()}`, issuedAt: at };
    }
    const { accessToken } = this.current;
    this.issues.push({ at, accessToken });
    await this.clock.sleep(this.latencyMs);
    return this.distort({
      accessToken,
      tokenType: 'Bearer',
      statedExpiry: this.expiryOf(accessToken),
      expiresInSeconds: this.lifetimeMs / 1000,
      serverTime: Math.floor(this.now() / 1000) * 1000,
    });
  }

  revoke(_credential: KisCredential, accessToken: string): Promise<void> {
    this.revoked.add(accessToken);
    return Promise.resolve();
  }

  private expiryOf(accessToken: string): number {
    return Number(accessToken.split('-')[1]) + this.lifetimeMs;
  }
}

import { KisAuthClient, type IssuedToken } from '../../../src/kis/auth/kis-auth.client';
import type { KisClock } from '../../../src/kis/clock';
import type { KisCredential } from '../../../src/kis/kis-credential';
import { KisTimeoutError, KisTokenCooldownError, KisUnavailableError } from '../../../src/kis/kis.errors';

/** A model of the brokerage's token endpoint in virtual time. */

const HOUR_MS = 3_600_000;

export interface ModelIssue {
  /** The brokerage's own time, epoch milliseconds. */
  readonly at: number;
  readonly credentialId: string;
  readonly accessToken: string | null;
}

interface KeyState {
  /** The token that is handed out again for six hours. */
  current: { readonly accessToken: string; readonly issuedAt: number } | null;
  lastAt: number;
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
  /** How long an answer takes; one that takes longer than anybody waits is lost, though KIS has issued. */
  latencyMs = 100;
  lifetimeMs = 24 * HOUR_MS;
  sameTokenMs = 6 * HOUR_MS;
  intervalMs = 60_000;
  /** No connection to KIS is established: no request arrives. */
  cutOff = false;
  /** When requests did not arrive because of that; the brokerage's own time, epoch milliseconds. */
  readonly unsentAt: number[] = [];
  /** Every call is refused, whatever its token. */
  refusesAll = false;
  /** Changes an answer on its way. */
  distort: (issued: IssuedToken) => IssuedToken = (issued) => issued;
  private readonly keys = new Map<string, KeyState>();
  private readonly expiries = new Map<string, number>();

  constructor(
    private readonly clock: KisClock,
    /** True time, epoch milliseconds. */
    private readonly now: () => number,
  ) {
    super();
  }

  /** How many requests have arrived. */
  get asked(): number {
    return this.issues.length;
  }

  /** Whether a business call with this token would be accepted now. */
  accepts(accessToken: string): boolean {
    if (this.refusesAll || this.revoked.has(accessToken)) return false;
    return this.expiryOf(accessToken) > this.now();
  }

  expiryOf(accessToken: string): number {
    return this.expiries.get(accessToken) ?? -Infinity;
  }

  /** KIS hands out a new token at the next request, as if the six hours were over. */
  forgetToken(): void {
    for (const key of this.keys.values()) key.current = null;
  }

  async issue(credential: KisCredential, withinMs: number): Promise<IssuedToken> {
    if (this.cutOff) {
      this.unsentAt.push(this.now());
      throw new KisUnavailableError('The model cannot be reached.', { unsent: true });
    }
    const accessToken = this.arrive(credential);
    const answerMs = Math.min(this.latencyMs, withinMs);
    if (accessToken instanceof Error) {
      await this.clock.sleep(answerMs);
      throw accessToken;
    }
    await this.clock.sleep(answerMs);
    if (this.latencyMs > withinMs)
      throw new KisTimeoutError(`The model did not answer within ${withinMs} ms.`);
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

  private arrive({ id }: KisCredential): string | Error {
    const at = this.now();
    const answer = this.decide(id, at);
    this.issues.push({ at, credentialId: id, accessToken: answer instanceof Error ? null : answer });
    return answer;
  }

  private decide(id: string, at: number): string | Error {
    const key = this.keys.get(id) ?? { current: null, lastAt: -Infinity };
    this.keys.set(id, key);
    try {
      this.fault?.(this.issues.length + 1);
    } catch (error) {
      return error as Error;
    }
    if (at - key.lastAt < this.intervalMs) {
      return new KisTokenCooldownError('EGW00133 접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)');
    }
    key.lastAt = at;
    if (!key.current || at - key.current.issuedAt >= this.sameTokenMs) key.current = this.mint(at);
    return key.current.accessToken;
  }

  private mint(at: number): { accessToken: string; issuedAt: number } {
    const accessToken = `model-${at}-${this.issues.length}`;
    this.expiries.set(accessToken, at + this.lifetimeMs);
    return { accessToken, issuedAt: at };
  }
}

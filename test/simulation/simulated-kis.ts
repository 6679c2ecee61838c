import type { IssuedToken } from '../../src/kis/auth/kis-auth.client';
import {
  KisBadResponseError,
  KisCredentialsRejectedError,
  KisTokenCooldownError,
  KisUnavailableError,
  type KisError,
} from '../../src/kis/kis.errors';
import { CLOCK_TOLERANCE_MS } from '../../src/kis/token/token-rules';
import { APP_KEY } from './app-key';
import type { SeededRandom } from './seeded-random';
import type { VirtualScheduler } from './virtual-scheduler';

/** How the token endpoint misbehaves for a while. */
export type KisFault =
  | 'none'
  /** What is sent is lost. */
  | 'unreachable'
  /** Connections are refused: nothing is sent. */
  | 'away'
  /** Connections do not come about, and are waited for: nothing is sent. */
  | 'dark'
  /** It answers with an error, before or after its own rules. */
  | 'broken'
  /** It issues, but the answer is lost. */
  | 'mute'
  /** It takes nearly as long as anybody waits. */
  | 'slow'
  | 'garbled'
  /** It refuses key and secret. */
  | 'hostile';

export interface SimulatedKisRules {
  readonly intervalMs: number;
  readonly lifetimeMs: number;
  readonly sameTokenMs: number;
  readonly requestTimeoutMs: number;
  /** Whether a token that was handed out before dies when a new one is. */
  readonly oldDies: boolean;
}

/** The token endpoint and the check of tokens: one for all processes, with its own clock, which is right. */
export class SimulatedKis {
  /** Since when it has had this fault, true time. */
  faultSince = -Infinity;
  /** Whether a token was ever refused before its end. */
  hasRefused = false;
  private currentFault: KisFault = 'none';
  /** How wrong the `Date` headers of the next responses are, one after the other. */
  readonly dateErrors: number[] = [];
  /** The token that was handed out last. */
  private newest: string | null = null;
  private current: { token: string; issuedAt: number } | null = null;
  private lastIssueAt = -Infinity;
  private readonly dead = new Set<string>();
  /** True ends of all tokens, epoch milliseconds. */
  private readonly ends = new Map<string, number>();
  /** When the requests arrived that each token was the answer to, true times. */
  private readonly handedOut = new Map<string, readonly number[]>();
  private count = 0;

  constructor(
    private readonly scheduler: VirtualScheduler,
    private readonly random: SeededRandom,
    readonly rules: SimulatedKisRules,
  ) {}

  get fault(): KisFault {
    return this.currentFault;
  }

  set fault(fault: KisFault) {
    this.currentFault = fault;
    this.faultSince = this.scheduler.time;
  }

  /** A request for a token arrives. */
  arrive(): IssuedToken | KisError {
    const tooSoon = this.scheduler.time - this.lastIssueAt < this.rules.intervalMs;
    const failure = this.failure() ?? (tooSoon ? new KisTokenCooldownError('EGW00133') : null);
    if (failure) return Object.assign(failure, { serverTime: this.date() });
    this.renew();
    return this.answer();
  }

  /** Whether a request that is sent now can arrive. */
  get isReachable(): boolean {
    return this.fault !== 'unreachable' && this.fault !== 'away' && this.fault !== 'dark';
  }

  /**
   * The `Date` header of a response; epoch milliseconds. A wrong one that by chance names the issue of a token that is
   * returned again is left out: its dates seem to prove the header right (see `provenIssueTime`).
   */
  date(): number {
    const { time } = this.scheduler;
    const errorMs = this.dateErrors.shift() ?? 0;
    const ageMs = this.current ? time - this.current.issuedAt : 0;
    const namesIssue = ageMs > CLOCK_TOLERANCE_MS && Math.abs(ageMs + errorMs) <= this.rules.requestTimeoutMs;
    return Math.floor(time / 1000) * 1000 + (namesIssue ? 0 : errorMs);
  }

  accepts(token: string): boolean {
    return !this.dead.has(token) && this.endOf(token) > this.scheduler.time;
  }

  /** Calls are refused although the token should live. */
  killNewest(): void {
    if (this.newest !== null) this.kill(this.newest);
  }

  kill(token: string): void {
    this.hasRefused = true;
    this.dead.add(token);
    if (this.random.happens(0.7)) this.current = null;
  }

  /** Whether a token that was issued after this one is refused. */
  refusesLaterThan(token: string): boolean {
    return [...this.dead].some((each) => this.endOf(each) > this.endOf(token));
  }

  endOf(token: string): number {
    return this.ends.get(token) ?? 0;
  }

  /** When the last request before `by` arrived that this token was the answer to, true time. */
  handedOutAt(token: string, by = Infinity): number {
    return this.handedOut.get(token)?.findLast((at) => at <= by) ?? -Infinity;
  }

  /** All tokens that are accepted now, in the order of their issue. */
  accepted(): readonly string[] {
    return [...this.ends.keys()].filter((token) => this.accepts(token));
  }

  private failure(): KisError | null {
    if (this.fault === 'broken') return new KisUnavailableError('EGW00002');
    if (this.fault === 'garbled') return new KisBadResponseError('garbled');
    if (this.fault === 'hostile') return new KisCredentialsRejectedError('EGW00103');
    return null;
  }

  private renew(): void {
    const at = this.scheduler.time;
    this.lastIssueAt = at;
    if (this.current && at - this.current.issuedAt < this.rules.sameTokenMs) return;
    if (this.current && this.rules.oldDies) this.dead.add(this.current.token);
    this.count += 1;
    this.current = { token: this.jwt(at), issuedAt: at };
    this.ends.set(this.current.token, at + this.rules.lifetimeMs);
  }

  /** KIS tokens are JWTs that tell their dates and their app key; nobody here checks the signature. */
  private jwt(at: number): string {
    const iat = Math.floor(at / 1000);
    const exp = Math.floor((at + this.rules.lifetimeMs) / 1000);
    const facts = { iss: 'unogw', jti: APP_KEY, iat, exp, count: this.count };
    return `eyJhbGciOiJIUzUxMiJ9.${Buffer.from(JSON.stringify(facts)).toString('base64url')}.c2ln`;
  }

  private answer(): IssuedToken {
    const token = this.current?.token ?? '';
    this.newest = token;
    this.handedOut.set(token, [...(this.handedOut.get(token) ?? []), this.scheduler.time]);
    return {
      accessToken: token,
      tokenType: 'Bearer',
      statedExpiry: this.endOf(token),
      expiresInSeconds: this.rules.lifetimeMs / 1000,
      serverTime: this.date(),
    };
  }
}

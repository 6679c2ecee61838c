import { type Random, hexDigits, uuid } from '../random';
import { type SimulatorSettings } from '../settings';
import { type TokenClaims, claimsOf, signedToken } from './token-format';

/** A token this run of the simulator has issued. Times are epoch milliseconds of the brokerage's clock. */
export interface IssuedToken {
  readonly token: string;
  readonly appKey: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** What the gateway thinks of a token that a call carries. */
export type Verdict =
  | { readonly kind: 'valid'; readonly appKey: string }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'expired' };

const EVERY_KEY = '*';

/** Issues tokens, and knows which of them are still good. */
export class TokenDesk {
  private readonly issued = new Map<string, IssuedToken>();
  private readonly latest = new Map<string, { readonly token: IssuedToken; answeredAt: number }>();
  private readonly dead = new Set<string>();
  /** Tokens of an earlier run, issued up to this instant, are dead: by key, or for every key. */
  private readonly strangersDeadUpTo = new Map<string, number>();

  constructor(
    private readonly settings: Readonly<SimulatorSettings>,
    private readonly random: Random,
  ) {}

  /** Every token of this run, oldest first. */
  get all(): readonly IssuedToken[] {
    return [...this.issued.values()];
  }

  /**
   * The answer of tokenP to right credentials, or null inside the minute after the last one.
   * KIS portal, 접근토큰발급(P): inside six hours the token already issued. open-trading-api issue #33: one
   * issue a minute. That the minute is asked first, and also when the same token would come, is inferred.
   */
  issue(appKey: string, now: number): IssuedToken | null {
    const last = this.latest.get(appKey);
    if (!last) return this.issueNew(appKey, now);
    if (isWithin(now - last.answeredAt, this.settings.issueIntervalSeconds)) return null;
    if (!this.isHandedOutAgain(last.token, now)) return this.issueNew(appKey, now);
    last.answeredAt = now;
    return last.token;
  }

  /**
   * A token is known by its signature, so that a restart of the simulator keeps the tokens it issued.
   * What is not a JWT is known only while this run lasts.
   */
  judge(token: string, now: number): Verdict {
    const known = this.issued.get(token);
    const claims = known ? null : claimsOf(token);
    const appKey = known?.appKey ?? claims?.jti;
    if (appKey === undefined || this.isDead(token) || this.isDeadStranger(claims)) return { kind: 'invalid' };
    const expiresAt = known?.expiresAt ?? (claims?.exp ?? 0) * 1000;
    return now < expiresAt ? { kind: 'valid', appKey } : { kind: 'expired' };
  }

  isDead(token: string): boolean {
    return this.dead.has(token);
  }

  /** From now on the token is refused with EGW00121: it was revoked, or a control has killed it. */
  kill(token: string): void {
    this.dead.add(token);
  }

  /** Kills what was issued up to now, for one key or for all, in this run or in an earlier one. */
  killAll(now: number, appKey: string = EVERY_KEY): number {
    const doomed = this.all.filter((issued) => appKey === EVERY_KEY || issued.appKey === appKey);
    for (const { token } of doomed) this.kill(token);
    this.strangersDeadUpTo.set(appKey, now);
    return doomed.length;
  }

  forget(): void {
    for (const memory of [this.issued, this.latest, this.dead, this.strangersDeadUpTo]) memory.clear();
  }

  private issueNew(appKey: string, now: number): IssuedToken {
    const iat = Math.floor(now / 1000);
    const exp = iat + this.settings.tokenLifetimeSeconds;
    if (this.settings.oldTokenDiesOnReissue) this.killAll(now, appKey);
    const issued = { token: this.mint(appKey, iat, exp), appKey, issuedAt: now, expiresAt: exp * 1000 };
    this.issued.set(issued.token, issued);
    this.latest.set(appKey, { token: issued, answeredAt: now });
    return issued;
  }

  private mint(appKey: string, iat: number, exp: number): string {
    if (this.settings.tokenFault === 'notJwt') return `opaque${hexDigits(this.random, 240)}`;
    const claims: TokenClaims = {
      sub: 'token',
      aud: uuid(this.random),
      prdt_cd: '',
      iss: 'unogw',
      exp,
      iat,
      jti: appKey,
    };
    return signedToken(claims);
  }

  private isHandedOutAgain(issued: IssuedToken, now: number): boolean {
    if (this.isDead(issued.token) && this.settings.reissueAfterRevoke) return false;
    // At KIS a token outlives the six hours; here it may be set to a shorter life.
    return isWithin(now - issued.issuedAt, this.settings.sameTokenSeconds) && now < issued.expiresAt;
  }

  private isDeadStranger(claims: TokenClaims | null): boolean {
    if (!claims) return false;
    const upTo = [claims.jti, EVERY_KEY].map((key) => this.strangersDeadUpTo.get(key) ?? -Infinity);
    return claims.iat * 1000 <= Math.max(...upTo);
  }
}

/** Whether so many milliseconds ago is inside a time; never, where a control has turned the clock back. */
function isWithin(elapsedMs: number, seconds: number): boolean {
  return elapsedMs >= 0 && elapsedMs < seconds * 1000;
}

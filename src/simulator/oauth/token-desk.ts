import { type Random, hexDigits, uuid } from '../random';
import { type SimulatorSettings } from '../settings';
import { type TokenClaims, claimsOf, signedToken } from './token-format';

/** A token that the simulator has issued. Times are epoch milliseconds of the brokerage's clock. */
export interface IssuedToken {
  readonly token: string;
  readonly appKey: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Whether the gateway accepts the token of a call. */
export type Verdict =
  | { readonly kind: 'valid'; readonly appKey: string }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'expired' };

const EVERY_KEY = '*';

/** Issues tokens and decides which of them are valid. */
export class TokenDesk {
  /** Issued by this run, or by an earlier one and used since; by token. */
  private readonly known = new Map<string, IssuedToken>();
  private readonly latest = new Map<string, { readonly token: IssuedToken; answeredAt: number }>();
  private readonly dead = new Set<string>();
  /** Tokens of an earlier run that were issued up to this instant are dead: by key, or for every key. */
  private readonly earlierDeadUpTo = new Map<string, number>();

  constructor(
    private readonly settings: Readonly<SimulatorSettings>,
    private readonly random: Random,
  ) {}

  /** Every token of this run, and those of earlier runs that have been used in this one. */
  get all(): readonly IssuedToken[] {
    return [...this.known.values()];
  }

  /**
   * The token that tokenP returns for valid credentials, or null within a minute of the last one.
   * KIS portal, 접근토큰발급(P): within six hours the token already issued. open-trading-api issue #33: one
   * issue a minute. That the minute is checked first, also when the same token would be returned, is inferred.
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
   * A token is recognized by its signature, so that tokens stay valid when the simulator is restarted.
   * One that is not a JWT is valid in the run that issued it only.
   */
  judge(token: string, now: number): Verdict {
    const issued = this.known.get(token) ?? this.ofEarlierRun(token);
    if (issued === null || this.isDead(token)) return { kind: 'invalid' };
    return now < issued.expiresAt ? { kind: 'valid', appKey: issued.appKey } : { kind: 'expired' };
  }

  /** Recognizes a token of an earlier run and remembers it, unless a control has killed it. */
  private ofEarlierRun(token: string): IssuedToken | null {
    const claims = claimsOf(token);
    if (!claims || this.isKilledUnseen(claims)) return null;
    const { jti: appKey, iat, exp } = claims;
    const issued = { token, appKey, issuedAt: iat * 1000, expiresAt: exp * 1000 };
    this.known.set(token, issued);
    return issued;
  }

  isDead(token: string): boolean {
    return this.dead.has(token);
  }

  /** From now on the token is refused with EGW00121: it was revoked, or a control has killed it. */
  kill(token: string): void {
    this.dead.add(token);
  }

  /**
   * Kills what was issued up to now, for one key or for all, in this run or in an earlier one.
   * @returns how many known tokens were alive.
   */
  killAll(now: number, appKey: string = EVERY_KEY): number {
    const alive = this.all.filter(
      (issued) => (appKey === EVERY_KEY || issued.appKey === appKey) && !this.isDead(issued.token),
    );
    for (const { token } of alive) this.kill(token);
    this.earlierDeadUpTo.set(appKey, now);
    return alive.length;
  }

  forget(): void {
    for (const memory of [this.known, this.latest, this.dead, this.earlierDeadUpTo]) memory.clear();
  }

  private issueNew(appKey: string, now: number): IssuedToken {
    const iat = Math.floor(now / 1000);
    const exp = iat + this.settings.tokenLifetimeSeconds;
    if (this.settings.oldTokenDiesOnReissue) this.killAll(now, appKey);
    const issued = { token: this.mint(appKey, iat, exp), appKey, issuedAt: now, expiresAt: exp * 1000 };
    this.known.set(issued.token, issued);
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
    // At KIS a token lives longer than six hours; a setting of the simulator can make it shorter.
    return isWithin(now - issued.issuedAt, this.settings.sameTokenSeconds) && now < issued.expiresAt;
  }

  private isKilledUnseen({ jti, iat }: TokenClaims): boolean {
    const upTo = [jti, EVERY_KEY].map((key) => this.earlierDeadUpTo.get(key) ?? -Infinity);
    return iat * 1000 <= Math.max(...upTo);
  }
}

/** Whether an elapsed time is within so many seconds; false when a control has turned the clock back. */
function isWithin(elapsedMs: number, seconds: number): boolean {
  return elapsedMs >= 0 && elapsedMs < seconds * 1000;
}

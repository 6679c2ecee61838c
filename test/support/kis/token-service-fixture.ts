import type { KisCredential } from '../../../src/kis/kis-credential';
import type { KisTokenEventMap, KisTokenEventName } from '../../../src/kis/kis.events';
import type { KisAccountOptions } from '../../../src/kis/kis-account.options';
import { KisConfiguration, type KisOptions } from '../../../src/kis/kis.options';
import type { ClaimAnswer, ClaimRequest } from '../../../src/kis/token/claim-rules';
import { KisToken, type KisTokenParts } from '../../../src/kis/token/kis-token';
import type { KisTokenStore } from '../../../src/kis/token/kis-token.store';
import { KisTokenService } from '../../../src/kis/token/kis-token.service';
import { FixedKisRandom, ManualKisClock } from '../../../src/kis/testing/manual-clock';
import { ModelKis } from './model-kis';
import { FlakyKisTokenStore } from './flaky-store';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** As KIS refuses a call for its token. */
export const REFUSAL = { msgCd: 'EGW00123', msg1: '기간이 만료된 token 입니다.' };

export const FIXTURE_ACCOUNT = {
  mode: 'MOCK',
  appKey: 'PSspecKey0123456789012345678901234567',
  appSecret: 'S'.repeat(180),
  accountNumber: '50112345',
} as const satisfies KisAccountOptions;

const EVENT_NAMES: readonly KisTokenEventName[] = [
  'issued',
  'adopted',
  'refreshFailed',
  'noProgress',
  'rejected',
  'staleServed',
  'waited',
  'saved',
  'saveFailed',
  'degraded',
  'clockSkew',
];

export interface RecordedEvent {
  readonly name: KisTokenEventName;
  readonly event: KisTokenEventMap[KisTokenEventName];
}

export interface TimedWait {
  readonly token: KisToken | null;
  readonly error: unknown;
  readonly tookMs: number;
}

/**
 * A token service on a model of the brokerage, a store in memory and clocks that a test moves. Nothing of the service
 * is replaced.
 */
export class TokenServiceFixture {
  readonly clock = new ManualKisClock('2026-11-22T00:00:00Z', 2);
  readonly kis = new ModelKis(this.clock, () => this.clock.trueTime);
  readonly store = new FlakyKisTokenStore(this.clock);
  /** The events of the first service. */
  readonly told: RecordedEvent[] = [];
  tokens: KisTokenService;
  private readonly configuration: KisConfiguration;

  constructor(
    options: Partial<KisOptions> = {},
    private readonly chance = 0.5,
  ) {
    this.configuration = new KisConfiguration({
      accounts: [FIXTURE_ACCOUNT],
      refreshBlackout: '',
      ...options,
    });
    this.tokens = this.another();
    for (const name of EVENT_NAMES) {
      this.tokens.events.on(name, (event) => {
        this.told.push({ name, event });
      });
    }
  }

  /** A fixture that has a token already. */
  static async open(options: Partial<KisOptions> = {}, chance = 0.5): Promise<TokenServiceFixture> {
    const fixture = new TokenServiceFixture(options, chance);
    await fixture.during(fixture.ask(), SECOND);
    return fixture;
  }

  /** One more service over the same store: another process, or this one after a restart. */
  another(store: KisTokenStore = this.store): KisTokenService {
    return new KisTokenService(
      this.configuration,
      store,
      this.kis,
      this.clock,
      new FixedKisRandom(this.chance),
    );
  }

  /** The service is gone, and a new one begins with what is stored. */
  restart(): void {
    this.tokens = this.another();
  }

  get credential(): KisCredential {
    return this.configuration.account().credential;
  }

  /** A token of this credential as another program would store it. */
  tokenOf(accessToken: string, parts: Partial<KisTokenParts> = {}): KisToken {
    const expiresAt = this.kis.expiryOf(accessToken);
    const issuedAt = expiresAt - this.kis.lifetimeMs;
    const dates = { issuedAt, expiresAt, refreshAt: expiresAt - 2 * HOUR };
    return new KisToken({
      accessToken,
      tokenType: 'Bearer',
      ...dates,
      generation: 0,
      owner: this.credential.id,
      ...parts,
    });
  }

  /** Another program, which knows nothing of claims, gets itself a token. */
  async foreignIssue(): Promise<KisToken> {
    const issued = await this.during(this.kis.issue(this.credential, 20 * SECOND), this.kis.latencyMs);
    return this.tokenOf(issued.accessToken);
  }

  /** Another process takes the turn to ask KIS, and does no more. */
  foreignClaim(change: Partial<ClaimRequest> = {}): Promise<ClaimAnswer> {
    const request = { owner: 'other', holdMs: 81 * SECOND, above: 0, at: 0, replaces: false, ...change };
    return this.store.inner.claim(this.credential, request);
  }

  /** A token as a promise, whether it is there or not. */
  async ask(signal?: AbortSignal): Promise<KisToken> {
    return this.tokens.getToken('main', signal ? { signal } : undefined);
  }

  /** The token that is there in this tick. */
  get now(): KisToken {
    const token = this.tokens.getToken();
    if (token instanceof KisToken) return token;
    throw new Error('There is no token in this tick.');
  }

  replace(token: KisToken, tokens = this.tokens): Promise<KisToken> {
    return tokens.replaceRefused('main', token, REFUSAL);
  }

  /** A call to KIS as the HTTP layer makes it: sent once more when its token is refused. Rejects when it fails. */
  async call(): Promise<void> {
    const token = await this.ask();
    if (this.kis.accepts(token.accessToken)) return;
    const other = await this.replace(token);
    if (!this.kis.accepts(other.accessToken)) throw new Error('The replay was refused, too.');
  }

  /** Waits for a promise while time passes. */
  async during<T>(work: Promise<T>, ms = 30 * SECOND): Promise<T> {
    const outcome = work.then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error;
      },
    );
    await this.clock.advance(ms);
    return (await outcome)();
  }

  /** How a wait ends, and after how long; time passes until it does, or for `ms`. */
  async timed(work: Promise<KisToken>, ms = 30 * SECOND): Promise<TimedWait> {
    const began = this.clock.monotonic();
    const ends: TimedWait[] = [];
    const stop = (end: Partial<TimedWait>): void => {
      ends.push({ token: null, error: null, ...end, tookMs: this.clock.monotonic() - began });
    };
    work.then(
      (token) => {
        stop({ token });
      },
      (error: unknown) => {
        stop({ error });
      },
    );
    await this.clock.advance(ms);
    return ends[0] ?? { token: null, error: null, tookMs: Infinity };
  }

  /** Lets time pass with the scheduled job of these services looking every 30 s. */
  async run(ms: number, services: readonly KisTokenService[] = [this.tokens]): Promise<void> {
    for (let past = 0; past < ms; past += 30 * SECOND) {
      for (const service of services) void service.refreshDue();
      await this.clock.advance(30 * SECOND);
    }
  }

  /** The events with this name. */
  heard(name: KisTokenEventName): readonly RecordedEvent[] {
    return this.told.filter((each) => each.name === name);
  }

  /** The token that KIS answered with, counted from 0; an error when there was no such answer. */
  issued(index: number): string {
    const token = this.kis.issues[index]?.accessToken;
    if (!token) throw new Error(`KIS issued no token at request ${index}.`);
    return token;
  }

  /** The most requests that reached KIS within one hour. */
  get busiestHour(): number {
    const times = this.kis.issues.map(({ at }) => at);
    return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + HOUR).length));
  }
}

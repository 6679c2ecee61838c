import { Logger } from '@nestjs/common';
import type { ClaimSettlement } from '../../src/kis/token/claim';
import { BrokerageClock } from '../../src/kis/token/brokerage-clock';
import { ClaimGate, type WonClaim } from '../../src/kis/token/claim-gate';
import { CachedToken } from '../../src/kis/token/cached-token';
import type { KisToken } from '../../src/kis/token/kis-token';
import { TokenInHand } from '../../src/kis/token/token-in-hand';
import { TokenSource } from '../../src/kis/token/token-source';
import type { TokenVault } from '../../src/kis/token/token-vault';
import { drawRefreshAt } from '../../src/kis/token/token-rules';
import type { TokenState } from '../../src/kis/token/token-state';
import { Story } from './story';
import { WorldStore } from './world-store';

/** Other clients of KIS make these mistakes: each is to be found in so many stories at most. */
const STORIES = 1000;

/** The seed of the first story that breaks; `null` when none does. */
async function firstBroken(): Promise<number | null> {
  for (let seed = 1; seed <= STORIES; seed += 1) {
    const { violations } = await new Story(seed).tell();
    if (violations.length > 0) return seed;
  }
  return null;
}

/** Has every attempt end with another pause than the rules say. */
function pauseAs(
  cooldownMs: (settlement: ClaimSettlement, won: WonClaim, state: TokenState) => number,
): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is bound by `call`
  const { settle } = ClaimGate.prototype;
  jest.spyOn(ClaimGate.prototype, 'settle').mockImplementation(function (
    this: ClaimGate,
    state,
    won,
    settlement,
  ) {
    return settle.call(this, state, won, { ...settlement, cooldownMs: cooldownMs(settlement, won, state) });
  });
}

beforeAll(() => {
  Logger.overrideLogger(false);
});

afterEach(() => {
  jest.restoreAllMocks();
});

describe('The stories find', () => {
  const found = expect.any(Number) as number;

  it('a claim that is given up when its request failed', async () => {
    pauseAs(({ failure, cooldownMs }) => (failure ? 0 : cooldownMs));
    expect(await firstBroken()).toEqual(found);
  }, 120_000);

  it('an interval that counts from the start of a request', async () => {
    pauseAs(({ cooldownMs }, { takenAt }, { brokerage }) =>
      Math.max(0, cooldownMs - (brokerage.monotonic() - takenAt)),
    );
    expect(await firstBroken()).toEqual(found);
  }, 120_000);

  it('a claimant that does not read the store again before it asks', async () => {
    const rules = TokenSource.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
    const { issueUnlessFound } = rules;
    jest.spyOn(rules, 'issueUnlessFound').mockImplementation(function (this: object, ...args: unknown[]) {
      const vault = { read: () => Promise.resolve(null) } as Partial<TokenVault>;
      return issueUnlessFound?.apply(Object.create(this, { vault: { value: vault } }), args);
    });
    expect(await firstBroken()).toEqual(found);
  }, 120_000);

  it('a refresh time that is drawn anew at each look', async () => {
    const policy = { bufferMs: 120_000, refreshLeadMs: 600_000, blackout: [] };
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is bound by `call`
    const { zone } = CachedToken.prototype;
    let looks = 0;
    jest.spyOn(CachedToken.prototype, 'zone').mockImplementation(function (this: CachedToken, bufferMs) {
      const refreshAt = drawRefreshAt(this.token, policy, ((looks += 1) * 0.618) % 1);
      const token = Object.create(this.token, { refreshAt: { value: refreshAt } }) as KisToken;
      return zone.call(Object.create(this, { token: { value: token } }) as CachedToken, bufferMs);
    });
    expect(await firstBroken()).toEqual(found);
  }, 120_000);

  it('a request that never left and is counted like others', async () => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is bound by `call`
    const { settle } = ClaimGate.prototype;
    jest.spyOn(ClaimGate.prototype, 'settle').mockImplementation(function (
      this: ClaimGate,
      state,
      won,
      settlement,
    ) {
      const isFailure = settlement.unused === true && settlement.failure !== null;
      const counted = isFailure ? { ...settlement, unused: false, cooldownMs: 120_000 } : settlement;
      return settle.call(this, state, won, counted);
    });
    expect(await firstBroken()).toEqual(found);
  }, 120_000);

  it('a Date header that is believed without a second one', async () => {
    const rules = BrokerageClock.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
    const { learn } = rules;
    jest.spyOn(rules, 'learn').mockImplementation(function (this: object, credential, sample) {
      return learn?.call(this, credential, sample, true);
    });
    expect(await firstBroken()).toEqual(found);
  }, 120_000);

  it('a deletion that other processes do not learn of', async () => {
    jest.spyOn(WorldStore.prototype, 'remove').mockImplementation(function (this: WorldStore) {
      this.place.removed();
      return Promise.resolve();
    });
    expect(await firstBroken()).toEqual(found);
  }, 120_000);

  it('a deletion that attempts of the same process outlive', async () => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is bound by `call`
    const { forget } = TokenInHand.prototype;
    jest.spyOn(TokenInHand.prototype, 'forget').mockImplementation(function (this: TokenInHand, state) {
      forget.call(this, state);
      state.deletions -= 1;
    });
    expect(await firstBroken()).toEqual(found);
  }, 120_000);
});

import { Logger } from '@nestjs/common';
import type { ClaimSettlement } from '../../src/kis/token/claim-rules';
import { BrokerageClock } from '../../src/kis/token/brokerage-clock';
import { IssueClaims, type WonClaim } from '../../src/kis/token/issue-claims';
import { CachedToken } from '../../src/kis/token/cached-token';
import type { KisToken } from '../../src/kis/token/kis-token';
import { TokenCache } from '../../src/kis/token/token-cache';
import type { TokenContext } from '../../src/kis/token/token-context';
import { TokenAcquirer } from '../../src/kis/token/token-acquirer';
import type { TokenPersistence } from '../../src/kis/token/token-persistence';
import { drawRefreshAt } from '../../src/kis/token/token-rules';
import { Scenario, type Emphasis } from './scenario';
import { SimulatedStore } from './simulated-store';

/** Other clients of KIS make these mistakes: each is found in so many scenarios at most. */
const SCENARIOS = 1000;

/**
 * Resolves when a scenario shows the mistake, and does not show it without the mistake.
 * @param first the seed that showed it when all were searched; it is tried first, to save time.
 * @param emphasis for a mistake that fewer than one in fifty ordinary scenarios show: without it the search would take
 * minutes after any change of the schedule.
 * @throws when none of the {@link SCENARIOS} shows it.
 */
async function expectFound(mistake: RegExp, first: number, emphasis: Emphasis = {}): Promise<void> {
  const isShownBy = async (seed: number): Promise<boolean> =>
    (await new Scenario(seed, emphasis).run()).violations.some((violation) => mistake.test(violation));
  let seed = first;
  for (let tried = 0; !(await isShownBy(seed)); tried += 1, seed = tried) {
    if (tried === SCENARIOS) throw new Error(`None of ${SCENARIOS} scenarios shows ${String(mistake)}.`);
  }
  jest.restoreAllMocks();
  expect(await isShownBy(seed)).toBe(false);
}

function monotonicOf(claims: IssueClaims): number {
  const { context } = claims as unknown as { readonly context: TokenContext };
  return context.clock.monotonic();
}

/** Makes every attempt settle its claim with what `change` makes of the settlement. */
function settleAs(
  change: (settlement: ClaimSettlement, won: WonClaim, now: number) => ClaimSettlement,
): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is bound by `call`
  const { settle } = IssueClaims.prototype;
  jest.spyOn(IssueClaims.prototype, 'settle').mockImplementation(function (
    this: IssueClaims,
    won,
    settlement,
  ) {
    return settle.call(this, won, change(settlement, won, monotonicOf(this)));
  });
}

beforeAll(() => {
  Logger.overrideLogger(false);
});

afterEach(() => {
  jest.restoreAllMocks();
});

describe('The scenarios find', () => {
  const TOO_CLOSE = /asked [\d.]+ s after process/;
  const IN_VAIN = /asked \d+ s before the token in .* was to be renewed/;

  it('a claim that is given up when its request failed', async () => {
    settleAs((settlement) => (settlement.failure ? { ...settlement, cooldownMs: 0 } : settlement));
    await expectFound(TOO_CLOSE, 2);
  }, 300_000);

  it('an interval that counts from the start of a request', async () => {
    settleAs((settlement, { takenAt }, now) => ({
      ...settlement,
      cooldownMs: Math.max(0, settlement.cooldownMs - (now - takenAt)),
    }));
    await expectFound(TOO_CLOSE, 38, { faults: { forget: 40, blockDirectory: 20 } });
  }, 300_000);

  it('a claimant that does not read the store again before it asks', async () => {
    const acquirer = TokenAcquirer.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
    const { request } = acquirer;
    jest.spyOn(acquirer, 'request').mockImplementation(function (this: object, ...args: unknown[]) {
      const persistence = { read: () => Promise.resolve(null) } as Partial<TokenPersistence>;
      return request?.apply(Object.create(this, { persistence: { value: persistence } }), args);
    });
    const emphasis = { faults: { refuseToken: 10, stepClock: 0 }, interruptionRate: 0.1 };
    await expectFound(IN_VAIN, 21, emphasis);
  }, 300_000);

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
    await expectFound(IN_VAIN, 1);
  }, 300_000);

  it('a request that never left and is counted like others', async () => {
    settleAs((settlement) => {
      const isUnsent = settlement.unused === true && settlement.failure !== null;
      return isUnsent ? { ...settlement, unused: false, cooldownMs: 120_000 } : settlement;
    });
    const undisturbed = { killOne: 0, stopOne: 0, refuseToken: 0, forget: 0, stepClock: 0 };
    await expectFound(/has not asked KIS within/, 14, { faults: undisturbed, interruptionRate: 0 });
  }, 300_000);

  it('a Date header that is believed without a second one', async () => {
    const rules = BrokerageClock.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
    const { addSample } = rules;
    jest.spyOn(rules, 'addSample').mockImplementation(function (this: object, credential, sample) {
      return addSample?.call(this, credential, sample, true);
    });
    await expectFound(IN_VAIN, 8);
  }, 300_000);

  it('a deletion that other processes do not learn of', async () => {
    jest.spyOn(SimulatedStore.prototype, 'remove').mockImplementation(function (this: SimulatedStore) {
      this.storage.deleted(Infinity);
      this.storage.put(null);
      return Promise.resolve();
    });
    await expectFound(/saved \d+ in .* after it was deleted/, 15);
  }, 300_000);

  it('a deletion that attempts of the same process outlive', async () => {
    jest.spyOn(TokenCache.prototype, 'deletions', 'get').mockReturnValue(0);
    const emphasis = { faults: { forget: 20 }, interruptionRate: 0.15 };
    await expectFound(/handed out a token that it had deleted/, 15, emphasis);
  }, 300_000);
});

import { Logger } from '@nestjs/common';
import {
  KisCredentialsRejectedError,
  KisTimeoutError,
  KisTokenCooldownError,
  KisUnavailableError,
} from '../kis.errors';
import type { ModelKis } from '../../../test/support/kis/model-kis';
import type { StoreFault } from '../../../test/support/kis/flaky-store';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';

beforeAll(() => {
  Logger.overrideLogger(false);
});

const END = 24 * HOUR;
const BUFFER = 5 * MINUTE;
const OUTAGE = 63 * MINUTE;
const LONG_LATENCY = 20 * SECOND;

/** When the job is to renew a token of this chance, counted from its issue. */
function dueAt(chance: number): number {
  return END - BUFFER - (0.5 + chance / 2) * 2 * HOUR;
}

/** One call every 30 s through an outage; rejects with the first call that fails. */
async function liveThrough(fixture: TokenServiceFixture, fail: () => never, beginsAt: number): Promise<void> {
  const start = fixture.clock.now() - SECOND;
  await fixture.clock.advance(Math.min(beginsAt, dueAt(0.999)) - MINUTE);
  fixture.kis.fault = () => {
    const past = fixture.clock.now() - start;
    if (past >= beginsAt && past < beginsAt + OUTAGE) fail();
  };
  for (let past = 0; past < END + 3 * MINUTE; past = fixture.clock.now() - start) {
    const renewed = fixture.kis.issues.some(
      ({ accessToken }) => accessToken !== null && accessToken !== fixture.issued(0),
    );
    if (renewed && past >= beginsAt + OUTAGE) return;
    const call = fixture.call();
    if (past >= beginsAt - 30 * SECOND) fixture.kis.latencyMs = fail === hangs ? LONG_LATENCY : 100;
    if (past >= beginsAt + OUTAGE) fixture.kis.latencyMs = 8 * SECOND;
    void fixture.tokens.refreshDue();
    await fixture.during(call, 30 * SECOND);
  }
}

function refuses(): never {
  throw new KisUnavailableError('KIS is down');
}

function hangs(): never {
  throw new KisTimeoutError('KIS does not answer');
}

interface Trouble {
  readonly fault?: (count: number) => void;
  readonly latencyMs?: number;
  readonly sameTokenMs?: number;
  readonly lifetimeMs?: number;
  readonly refusesAll?: boolean;
  readonly distort?: ModelKis['distort'];
  readonly storeFault?: StoreFault;
}

const ENDED: Trouble = { distort: (issued) => ({ ...issued, statedExpiry: 0 }) };

/** From now on this goes wrong, at a brokerage that hands out another token each time. */
function begin(fixture: TokenServiceFixture, { storeFault = 'none', ...kis }: Trouble): void {
  Object.assign(fixture.kis, { sameTokenMs: 0, ...kis });
  fixture.store.fault = storeFault;
}

function everyOther(count: number): void {
  if (count % 2 === 1) refuses();
}

const begins = Array.from({ length: 32 }, (_, step) => dueAt(0.999) - OUTAGE + step * 6 * MINUTE).filter(
  (begin) => begin <= END,
);

describe.each([0, 0.5, 0.999])('An outage of 63 minutes, with the renewal drawn at %d', (chance) => {
  it.each([
    ['an error', refuses],
    ['silence', hangs],
  ])('costs no call, whenever it begins: %s', async (_what, fail) => {
    for (const beginsAt of [...begins, dueAt(chance) - SECOND, dueAt(chance), dueAt(chance) + SECOND]) {
      const fixture = await TokenServiceFixture.open({}, chance);
      await liveThrough(fixture, fail, beginsAt);
      expect(fixture.kis.issues.filter((issue) => issue.accessToken).length).toBeGreaterThanOrEqual(2);
    }
  });
});

describe('Whatever fails, KIS gets at most twenty requests an hour', () => {
  const troubles: readonly [string, Trouble][] = [
    ['KIS is down', { fault: refuses }],
    ['KIS is silent', { latencyMs: HOUR }],
    ['KIS does not accept the key', { fault: thrower(new KisCredentialsRejectedError('EGW00103')) }],
    ['KIS reports that it has just issued one', { fault: thrower(new KisTokenCooldownError('EGW00133')) }],
    ['something throws another kind of error', { fault: thrower(new TypeError('a bug')) }],
    ['every other request fails', { fault: everyOther }],
    ['KIS returns the same token forever', { sameTokenMs: Infinity }],
    ['new tokens end within their buffer', { lifetimeMs: 200 * SECOND }],
    ['new tokens end at once', { lifetimeMs: 5 * SECOND }],
    ['every token has ended already', ENDED],
    ['the store loses everything', { storeFault: 'forgetful' }],
    ['the store cannot write', { storeFault: 'full' }],
    ['the store fails', { storeFault: 'rejects' }],
    ['every call is refused', { refusesAll: true }],
    ['every call is refused, and the same token comes again', { refusesAll: true, sameTokenMs: Infinity }],
    ['every call is refused, and the store fails', { refusesAll: true, storeFault: 'rejects' }],
    ['every call is refused, and the store cannot write', { refusesAll: true, storeFault: 'full' }],
    ['every call is refused, and the store forgets all', { refusesAll: true, storeFault: 'forgetful' }],
  ];

  it.each(troubles)('%s', async (_what, trouble) => {
    const fixture = await TokenServiceFixture.open();
    begin(fixture, trouble);
    await busyDay(fixture);
    expect(fixture.busiestHour).toBeLessThanOrEqual(20);
    expect(fixture.kis.asked).toBeGreaterThanOrEqual(2);
  });

  it.each(troubles)('with a buffer of an hour: %s', async (_what, trouble) => {
    const fixture = await TokenServiceFixture.open({ bufferSeconds: 3600 });
    begin(fixture, trouble);
    await busyDay(fixture);
    expect(fixture.busiestHour).toBeLessThanOrEqual(20);
  });

  /** A call every 30 s around the end of the first token. */
  async function busyDay(fixture: TokenServiceFixture): Promise<void> {
    for (let past = 0; past < 30 * HOUR; past += 30 * SECOND) {
      if (past % HOUR === 0 && past >= 3 * HOUR && past < 20 * HOUR) {
        await fixture.clock.advance(HOUR);
        past += HOUR - 30 * SECOND;
        continue;
      }
      void fixture.call().catch(() => undefined);
      void fixture.tokens.refreshDue();
      await fixture.clock.advance(30 * SECOND);
    }
  }
});

describe('An issue that brings no progress', () => {
  it('the same token again: it stays in use until its end, is reported, and slows down', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.kis.sameTokenMs = Infinity;
    await fixture.clock.advance(22.5 * HOUR);
    const first = fixture.now.accessToken;
    await fixture.run(HOUR);
    expect(fixture.now.accessToken).toBe(first);
    expect(fixture.heard('noProgress').length).toBe(fixture.kis.asked - 1);
    const gaps = fixture.kis.issues
      .slice(2)
      .map((issue, index) => issue.at - (fixture.kis.issues[index + 1]?.at ?? 0));
    expect(gaps.slice(0, 4).map((gap) => Math.floor(gap / MINUTE))).toEqual([1, 2, 4, 6]);
    const status = await fixture.during(fixture.tokens.getTokenInfo(), 0);
    expect(status.lastError?.message).toMatch(/the token that is in use already/);
  });

  it('a new token inside its buffer: it is used, reported, and does not cause a request every minute', async () => {
    const fixture = new TokenServiceFixture();
    begin(fixture, { lifetimeMs: 4 * MINUTE });
    const token = await fixture.during(fixture.ask(), SECOND);
    expect(fixture.kis.accepts(token.accessToken)).toBe(true);
    expect(fixture.heard('noProgress')).toHaveLength(1);
    await fixture.run(HOUR);
    expect(fixture.kis.asked).toBeLessThanOrEqual(20);
  });

  it('a token that has ended: it is not used, and the error names both possible causes', async () => {
    const fixture = new TokenServiceFixture();
    begin(fixture, ENDED);
    await expect(fixture.during(fixture.ask(), SECOND)).rejects.toMatchObject({
      code: 'KIS_BAD_RESPONSE',
      message: expect.stringMatching(/has already expired.*clock of this machine/),
    });
    expect(fixture.heard('noProgress')).toHaveLength(1);
    expect((await fixture.store.read(fixture.credential)).token).toBeNull();
  });
});

function thrower(error: Error): () => never {
  return () => {
    throw error;
  };
}

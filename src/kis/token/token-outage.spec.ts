import { Logger } from '@nestjs/common';
import {
  KisCredentialsRejectedError,
  KisTimeoutError,
  KisTokenCooldownError,
  KisUnavailableError,
} from '../kis.errors';
import type { ModelKis } from '../../../test/support/kis/model-kis';
import type { StoreFault } from '../../../test/support/kis/flaky-store';
import { HOUR, MINUTE, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';

// Many hours of virtual time: slow only on a busy machine.
jest.setTimeout(60_000);

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
async function liveThrough(desk: TokenDesk, fail: () => never, beginsAt: number): Promise<void> {
  const start = desk.clock.now() - SECOND;
  await desk.clock.advance(Math.min(beginsAt, dueAt(0.999)) - MINUTE);
  desk.kis.fault = () => {
    const past = desk.clock.now() - start;
    if (past >= beginsAt && past < beginsAt + OUTAGE) fail();
  };
  for (let past = 0; past < END + 3 * MINUTE; past = desk.clock.now() - start) {
    const renewed = desk.kis.issues.some(
      ({ accessToken }) => accessToken !== null && accessToken !== desk.issued(0),
    );
    if (renewed && past >= beginsAt + OUTAGE) return;
    const call = desk.call();
    if (past >= beginsAt - 30 * SECOND) desk.kis.latencyMs = fail === hangs ? LONG_LATENCY : 100;
    if (past >= beginsAt + OUTAGE) desk.kis.latencyMs = 8 * SECOND;
    void desk.tokens.refreshDue();
    await desk.during(call, 30 * SECOND);
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
function begin(desk: TokenDesk, { storeFault = 'none', ...kis }: Trouble): void {
  Object.assign(desk.kis, { sameTokenMs: 0, ...kis });
  desk.store.fault = storeFault;
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
      const desk = await TokenDesk.open({}, chance);
      await liveThrough(desk, fail, beginsAt);
      expect(desk.kis.issues.filter((issue) => issue.accessToken).length).toBeGreaterThanOrEqual(2);
    }
  });
});

describe('Whatever fails, KIS is asked at most twenty times an hour', () => {
  const troubles: readonly [string, Trouble][] = [
    ['KIS is down', { fault: refuses }],
    ['KIS is silent', { latencyMs: HOUR }],
    ['KIS knows no such key', { fault: thrower(new KisCredentialsRejectedError('EGW00103')) }],
    ['KIS says that it has just issued one', { fault: thrower(new KisTokenCooldownError('EGW00133')) }],
    ['something throws what is no error of ours', { fault: thrower(new TypeError('a bug')) }],
    ['every other request fails', { fault: everyOther }],
    ['the same token comes for ever', { sameTokenMs: Infinity }],
    ['new tokens end within their buffer', { lifetimeMs: 200 * SECOND }],
    ['new tokens end at once', { lifetimeMs: 5 * SECOND }],
    ['every token has ended already', ENDED],
    ['the store forgets all', { storeFault: 'forgetful' }],
    ['the store cannot write', { storeFault: 'full' }],
    ['the store fails', { storeFault: 'rejects' }],
    ['every call is refused', { refusesAll: true }],
    ['every call is refused, and the same token comes again', { refusesAll: true, sameTokenMs: Infinity }],
    ['every call is refused, and the store fails', { refusesAll: true, storeFault: 'rejects' }],
    ['every call is refused, and the store cannot write', { refusesAll: true, storeFault: 'full' }],
    ['every call is refused, and the store forgets all', { refusesAll: true, storeFault: 'forgetful' }],
  ];

  it.each(troubles)('%s', async (_what, trouble) => {
    const desk = await TokenDesk.open();
    begin(desk, trouble);
    await busyDay(desk);
    expect(desk.busiestHour).toBeLessThanOrEqual(20);
    expect(desk.kis.asked).toBeGreaterThanOrEqual(2);
  });

  it.each(troubles)('with a buffer of an hour: %s', async (_what, trouble) => {
    const desk = await TokenDesk.open({ bufferSeconds: 3600 });
    begin(desk, trouble);
    await busyDay(desk);
    expect(desk.busiestHour).toBeLessThanOrEqual(20);
  });

  /** A call every 30 s around the end of the first token. */
  async function busyDay(desk: TokenDesk): Promise<void> {
    for (let past = 0; past < 30 * HOUR; past += 30 * SECOND) {
      if (past % HOUR === 0 && past >= 3 * HOUR && past < 20 * HOUR) {
        await desk.clock.advance(HOUR);
        past += HOUR - 30 * SECOND;
        continue;
      }
      void desk.call().catch(() => undefined);
      void desk.tokens.refreshDue();
      await desk.clock.advance(30 * SECOND);
    }
  }
});

describe('An issue that brings no progress', () => {
  it('the same token again: it stays in use until its end, is reported, and slows down', async () => {
    const desk = await TokenDesk.open();
    desk.kis.sameTokenMs = Infinity;
    await desk.clock.advance(22.5 * HOUR);
    const first = desk.now.accessToken;
    await desk.run(HOUR);
    expect(desk.now.accessToken).toBe(first);
    expect(desk.heard('noProgress').length).toBe(desk.kis.asked - 1);
    const gaps = desk.kis.issues
      .slice(2)
      .map((issue, index) => issue.at - (desk.kis.issues[index + 1]?.at ?? 0));
    expect(gaps.slice(0, 4).map((gap) => Math.floor(gap / MINUTE))).toEqual([1, 2, 4, 6]);
    const status = await desk.during(desk.tokens.getTokenInfo(), 0);
    expect(status.lastError?.message).toMatch(/the token that is in use already/);
  });

  it('a new token inside its buffer: it is used, reported, and does not make KIS be asked every minute', async () => {
    const desk = new TokenDesk();
    begin(desk, { lifetimeMs: 4 * MINUTE });
    const token = await desk.during(desk.ask(), SECOND);
    expect(desk.kis.accepts(token.accessToken)).toBe(true);
    expect(desk.heard('noProgress')).toHaveLength(1);
    await desk.run(HOUR);
    expect(desk.kis.asked).toBeLessThanOrEqual(20);
  });

  it('a token that has ended: it is not used, and the error names both suspects', async () => {
    const desk = new TokenDesk();
    begin(desk, ENDED);
    await expect(desk.during(desk.ask(), SECOND)).rejects.toMatchObject({
      code: 'KIS_BAD_RESPONSE',
      message: expect.stringMatching(/has already expired.*clock of this machine/),
    });
    expect(desk.heard('noProgress')).toHaveLength(1);
    expect((await desk.store.read(desk.credential)).token).toBeNull();
  });
});

function thrower(error: Error): () => never {
  return () => {
    throw error;
  };
}

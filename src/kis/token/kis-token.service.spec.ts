import { Logger } from '@nestjs/common';
import { KisTokenRejectedError, KisUnavailableError } from '../kis.errors';
import { KisConfiguration, type KisOptions } from '../kis.options';
import { FixedKisRandom, ManualKisClock } from '../testing/manual-clock';
import { ModelKis } from '../testing/model-kis';
import { KisToken } from './kis-token';
import { KisTokenService } from './kis-token.service';
import { MemoryKisTokenStore } from './memory-kis-token.store';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const ACCOUNT = {
  mode: 'MOCK',
  appKey: 'PSspecKey0123456789012345678901234567',
  appSecret: 'S'.repeat(180),
  accountNumber: '50112345',
} as const;

interface Desk {
  readonly clock: ManualKisClock;
  readonly kis: ModelKis;
  readonly store: MemoryKisTokenStore;
  readonly tokens: KisTokenService;
  /** Another service over the same store: another process, or this one after a restart. */
  restart(): KisTokenService;
  /** Waits for a promise while time passes. */
  during<T>(work: Promise<T>, ms?: number): Promise<T>;
  /** Lets time pass with the scheduled job looking every 30 s. */
  run(ms: number): Promise<void>;
}

function desk(options: Partial<KisOptions> = {}): Desk {
  const clock = new ManualKisClock('2026-11-22T00:00:00Z');
  const kis = new ModelKis(clock, () => clock.trueTime);
  const store = new MemoryKisTokenStore(clock);
  const open = (): KisTokenService =>
    new KisTokenService(
      new KisConfiguration({ accounts: [ACCOUNT], refreshBlackout: '', ...options }),
      store,
      kis,
      clock,
      new FixedKisRandom(0.5),
    );
  const tokens = open();
  return {
    clock,
    kis,
    store,
    tokens,
    restart: open,
    async during(work, ms = 30 * SECOND) {
      const outcome = work.then(
        (value) => () => value,
        (error: unknown) => () => {
          throw error;
        },
      );
      await clock.advance(ms);
      return (await outcome)();
    },
    async run(ms) {
      for (let past = 0; past < ms; past += 30 * SECOND) {
        void tokens.refreshDue();
        await clock.advance(30 * SECOND);
      }
    },
  };
}

/** A desk that has a token already. */
async function openDesk(options: Partial<KisOptions> = {}): Promise<Desk> {
  const it = desk(options);
  await it.during(Promise.resolve(it.tokens.getToken()), SECOND);
  return it;
}

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('KisTokenService with nothing stored', () => {
  it('asks KIS once for 10,000 concurrent callers and serves them all', async () => {
    const { tokens, kis, during } = desk();
    const callers = Array.from({ length: 10_000 }, () => tokens.getToken());
    const served = await during(Promise.all(callers));
    expect(kis.issues).toHaveLength(1);
    expect(new Set(served.map((token) => token.accessToken)).size).toBe(1);
  });

  it('stores what it gets, so that a restart asks nobody', async () => {
    const { restart, kis, during } = await openDesk();
    const again = await during(Promise.resolve(restart().getToken()));
    expect(kis.issues).toHaveLength(1);
    expect(again.accessToken).toBe(kis.issues[0]?.accessToken);
  });

  it('ends every wait within the request timeout and two seconds, with the next possible moment', async () => {
    const { tokens, kis, clock, during } = desk();
    kis.fault = () => {
      throw new KisUnavailableError('KIS is down');
    };
    kis.latencyMs = 20 * SECOND;
    const began = clock.monotonic();
    let endedAt = 0;
    const call = Promise.resolve(tokens.getToken()).finally(() => {
      endedAt = clock.monotonic();
    });
    await expect(during(call, 60 * SECOND)).rejects.toMatchObject({
      code: 'KIS_UNAVAILABLE',
      retryAt: expect.any(Date),
    });
    expect(endedAt - began).toBeLessThanOrEqual(22 * SECOND);
  });
});

describe('KisTokenService with a fresh token', () => {
  it('answers in the same tick, without a promise and without looking into the store', async () => {
    const { tokens, store } = await openDesk();
    const read = jest.spyOn(store, 'read');
    expect(tokens.getToken()).toBeInstanceOf(KisToken);
    expect(tokens.getToken('main')).toBeInstanceOf(KisToken);
    expect(read).not.toHaveBeenCalled();
  });
});

describe('KisTokenService with a token that is due', () => {
  it('hands it out at once and renews it once in the background', async () => {
    const { tokens, kis, clock } = await openDesk();
    await clock.advance(22.5 * HOUR);
    const before = tokens.getToken();
    const callers = Array.from({ length: 100 }, () => tokens.getToken());
    expect(callers.every((token) => token === before)).toBe(true);
    await clock.advance(SECOND);
    expect(kis.issues).toHaveLength(2);
    expect(tokens.getToken()).not.toBe(before);
    expect(tokens.getToken()).toBeInstanceOf(KisToken);
  });
});

describe('KisTokenService while KIS gives no tokens', () => {
  it.each([0, 10, 30, 50, 60, 63])('loses no call in an outage of 63 minutes that begins %i minutes before', async (early) => {
    const { tokens, kis, clock, run } = await openDesk();
    const dueAt = 24 * HOUR - 5 * MINUTE - 1.5 * HOUR;
    await run(dueAt - early * MINUTE);
    const from = clock.now();
    kis.fault = () => {
      if (clock.now() < from + 63 * MINUTE) throw new KisUnavailableError('KIS is down');
    };
    for (let minute = 0; minute < 120; minute += 1) {
      await run(MINUTE);
      const token = tokens.getToken();
      expect(token instanceof KisToken ? kis.accepts(token.accessToken) : 'waits').toBe(true);
    }
    expect(kis.issues.filter((issue) => issue.accessToken).length).toBeGreaterThanOrEqual(2);
  });

  it('asks at most 20 times an hour', async () => {
    const { kis, run } = await openDesk();
    kis.fault = () => {
      throw new KisUnavailableError('KIS is down');
    };
    await run(30 * HOUR);
    const times = kis.issues.map((issue) => issue.at);
    const inHourFrom = times.map((from) => times.filter((at) => at >= from && at < from + HOUR).length);
    expect(Math.max(...inHourFrom)).toBeLessThanOrEqual(20);
  });
});

describe('KisTokenService after a refusal', () => {
  const answer = { msgCd: 'EGW00123', msg1: '기간이 만료된 token 입니다.' };

  it('replaces the token once for 1,000 concurrent refusals', async () => {
    const { tokens, kis, clock, during } = await openDesk();
    await clock.advance(2 * HOUR);
    kis.forgetToken();
    const old = await tokens.getToken();
    const replaced = await during(Promise.all(Array.from({ length: 1000 }, () => tokens.replaceRefused('main', old, answer))));
    expect(kis.issues).toHaveLength(2);
    expect(new Set(replaced.map((token) => token.accessToken))).toEqual(new Set([kis.issues[1]?.accessToken]));
  });

  it('does not ask for another when the token is younger than a minute', async () => {
    const { tokens, kis, during } = await openDesk();
    const young = await tokens.getToken();
    await expect(during(tokens.replaceRefused('main', young, answer))).rejects.toThrow(KisTokenRejectedError);
    expect(kis.issues).toHaveLength(1);
  });

  it('stops when KIS answers with the refused token again, and says so', async () => {
    const { tokens, kis, clock, during, restart } = await openDesk();
    await clock.advance(2 * HOUR);
    const old = await tokens.getToken();
    await expect(during(tokens.replaceRefused('main', old, answer))).rejects.toThrow(/the very token that it refuses/);
    await clock.advance(5 * MINUTE);
    await expect(during(Promise.resolve(restart().getToken()))).rejects.toMatchObject({ retryAt: expect.any(Date) });
    expect(kis.issues).toHaveLength(2);
  });

  it('asks at most six times in an hour of refusals', async () => {
    const { tokens, kis, clock, run } = await openDesk();
    await run(10 * MINUTE);
    const from = clock.now();
    for (let second = 0; second < 3600; second += 10) {
      kis.forgetToken();
      const token = tokens.getToken();
      void Promise.resolve(token)
        .then((held) => tokens.replaceRefused('main', held, answer))
        .catch(() => undefined);
      await clock.advance(10 * SECOND);
    }
    expect(kis.issues.filter((issue) => issue.at >= from).length).toBeLessThanOrEqual(6);
  });
});

describe('KisTokenService and the clocks', () => {
  it.each([1, -1, 60, -60, 3600, -3600, 9 * 3600, -9 * 3600, 48 * 3600, -48 * 3600])(
    'serves no dead token and asks at most once more after a step of %i seconds',
    async (seconds) => {
      const { tokens, kis, clock, run } = await openDesk();
      await run(HOUR);
      clock.step(seconds * SECOND);
      await run(10 * MINUTE);
      expect(kis.issues.length).toBeLessThanOrEqual(2);
      for (let hour = 0; hour < 30; hour += 1) {
        await run(HOUR);
        const token = tokens.getToken();
        expect(token instanceof KisToken && kis.accepts(token.accessToken)).toBe(true);
      }
      expect(kis.issues.length).toBeLessThanOrEqual(4);
    },
  );

  it('has a new token within one sweep of waking up after eight hours', async () => {
    const { tokens, kis, clock, run } = await openDesk();
    await run(20 * HOUR);
    clock.suspend(8 * HOUR);
    const asked = kis.issues.length;
    await run(30 * SECOND);
    expect(kis.issues.length).toBe(asked + 1);
    expect(tokens.getToken()).toBeInstanceOf(KisToken);
  });
});

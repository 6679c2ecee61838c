import { Logger } from '@nestjs/common';
import { KisUnavailableError } from '../kis.errors';
import {
  FIXTURE_ACCOUNT,
  HOUR,
  MINUTE,
  SECOND,
  TokenServiceFixture,
} from '../../../test/support/kis/token-service-fixture';

const DAY = 24 * HOUR;

beforeAll(() => {
  Logger.overrideLogger(false);
});

/** A call of KIS whose `Date` is so far from the truth. */
function hear(fixture: TokenServiceFixture, errorMs: number): void {
  fixture.tokens.noteServerDate('main', new Date(fixture.clock.trueTime + errorMs).toUTCString(), 100);
}

/** A fixture that uses the token of another program, of which only its dates are known. */
async function foreignFixture(): Promise<TokenServiceFixture> {
  const fixture = new TokenServiceFixture();
  await fixture.store.inner.save(fixture.credential, await fixture.foreignIssue());
  await fixture.during(fixture.ask(), SECOND);
  fixture.kis.fault = () => {
    throw new KisUnavailableError('KIS issues nothing');
  };
  return fixture;
}

describe('A clock that is set', () => {
  it('that is wrong from the start prevents no token; the brokerage’s time is used, and reported once', async () => {
    for (const hours of [-48, -9, 9, 48]) {
      const fixture = new TokenServiceFixture();
      fixture.clock.step(hours * HOUR);
      const token = await fixture.during(fixture.ask(), SECOND);
      expect(Math.abs(token.expiresAt - (fixture.clock.trueTime + DAY))).toBeLessThan(MINUTE);
      expect(fixture.heard('clockSkew')).toHaveLength(1);
      expect(fixture.heard('clockSkew')[0]?.event).toMatchObject({ skewMs: expect.any(Number) });
      await fixture.run(30 * MINUTE);
      expect(fixture.kis.asked).toBe(1);
    }
  });

  it('is found out once for all keys at a host', async () => {
    const second = { ...FIXTURE_ACCOUNT, alias: 'second', appKey: 'PSsecondKey0123456789012345678901234' };
    const fixture = new TokenServiceFixture({ accounts: [FIXTURE_ACCOUNT, second] });
    fixture.clock.step(-9 * HOUR);
    await fixture.during(fixture.ask(), SECOND);
    const token = await fixture.during(Promise.resolve(fixture.tokens.getToken('second')), SECOND);
    expect(Math.abs(token.expiresAt - (fixture.clock.trueTime + DAY))).toBeLessThan(MINUTE);
    expect(fixture.heard('clockSkew')).toHaveLength(1);
  });

  it.each([-58, -100])(
    'off by %i s is corrected by two answers of KIS, so that the token of another program does not live too long',
    async (seconds) => {
      const fixture = new TokenServiceFixture();
      const { accessToken } = await fixture.foreignIssue();
      await fixture.store.inner.save(fixture.credential, fixture.tokenOf(accessToken));
      fixture.kis.fault = () => {
        throw new Error('KIS issues nothing');
      };
      fixture.clock.step(seconds * SECOND);
      await fixture.during(fixture.ask(), SECOND);
      hear(fixture, 0);
      hear(fixture, 0);
      await fixture.clock.advance(fixture.kis.expiryOf(accessToken) - fixture.clock.trueTime - 20 * SECOND);
      expect(fixture.tokens.readiness().ready).toBe(true);
      await fixture.clock.advance(20 * SECOND);
      expect(fixture.tokens.readiness().ready).toBe(false);
    },
  );

  it('ignores responses that took too long, and those without a date', async () => {
    const fixture = await TokenServiceFixture.open();
    const { expiresAt } = fixture.now;
    for (const date of [undefined, '', 'today', new Date(fixture.clock.trueTime).toUTCString()]) {
      fixture.tokens.noteServerDate('main', date, 8 * SECOND);
    }
    await fixture.clock.advance(expiresAt - fixture.clock.now() - 11 * SECOND);
    expect(fixture.tokens.readiness().ready).toBe(true);
  });

  it.each([-119, -30, 30, 119])('off by %i s is not worth a word', async (seconds) => {
    const fixture = new TokenServiceFixture();
    fixture.clock.step(seconds * SECOND);
    await fixture.during(fixture.ask(), SECOND);
    expect(fixture.heard('clockSkew')).toHaveLength(0);
  });
});

describe('A clock that may be wrong, when a token is handed out again', () => {
  it.each([
    ['in the middle of its life', 3 * HOUR, -1 * HOUR],
    ['when the clock shows a moment shortly after its issue', 10 * MINUTE, -10 * MINUTE + 53 * SECOND],
  ])(
    'is not taken for the truth, %s: later responses of KIS settle when the token ends',
    async (_when, age, step) => {
      const fixture = new TokenServiceFixture();
      await fixture.foreignIssue();
      await fixture.clock.advance(age);
      fixture.clock.step(step);
      const { accessToken } = await fixture.during(fixture.ask(), SECOND);
      expect(accessToken).toBe(fixture.issued(0));
      fixture.kis.fault = () => {
        throw new KisUnavailableError('KIS issues nothing');
      };
      hear(fixture, 0);
      hear(fixture, 0);
      await fixture.clock.advance(fixture.kis.expiryOf(accessToken) - fixture.clock.trueTime - 20 * SECOND);
      expect(fixture.tokens.readiness().ready).toBe(true);
      await fixture.clock.advance(20 * SECOND);
      expect(fixture.tokens.readiness().ready).toBe(false);
    },
  );
});

describe('A wrong Date header', () => {
  const errors = [-48, -25, -9, -1, 1, 9, 23, 25, 48].map((hours) => [hours]);

  it.each(errors)(
    'of %i h takes nothing from a token, not even from one of another program',
    async (hours) => {
      const fixture = await foreignFixture();
      for (let repeat = 0; repeat < 5; repeat += 1) {
        hear(fixture, hours * HOUR);
        await fixture.run(30 * SECOND);
        expect(fixture.tokens.readiness().ready).toBe(true);
        hear(fixture, 0);
        await fixture.run(30 * SECOND);
      }
      expect(fixture.heard('clockSkew')).toHaveLength(0);
      expect(fixture.now.getExpiryDatetime().getTime() - fixture.clock.now()).toBeGreaterThan(23 * HOUR);
      expect((await fixture.during(fixture.tokens.getTokenInfo(), 0)).remainingSeconds).toBeGreaterThan(
        23 * 3600,
      );
    },
  );

  it.each(errors)(
    'of %i h, however often, takes nothing from a token that was issued here',
    async (hours) => {
      const fixture = await TokenServiceFixture.open();
      fixture.kis.fault = () => {
        throw new KisUnavailableError('KIS issues nothing');
      };
      for (let repeat = 0; repeat < 20; repeat += 1) {
        hear(fixture, hours * HOUR);
        await fixture.run(30 * SECOND);
        expect(fixture.tokens.readiness().ready).toBe(true);
      }
      const { remainingSeconds } = await fixture.during(fixture.tokens.getTokenInfo(), 0);
      expect(remainingSeconds).toBeGreaterThan(23.5 * 3600);
      expect(await fixture.during(fixture.tokens.loadToken(), 0)).not.toBeNull();
      await fixture.clock.advance(24 * HOUR);
      expect(fixture.tokens.readiness().ready).toBe(false);
    },
  );

  it('that is followed by another one that disagrees changes nothing', async () => {
    const fixture = await foreignFixture();
    for (const hours of [25, 26, 27, -3, 48]) hear(fixture, hours * HOUR);
    await fixture.run(30 * SECOND);
    expect(fixture.tokens.readiness().ready).toBe(true);
    expect(fixture.heard('clockSkew')).toHaveLength(0);
  });

  it('that is repeated is believed by half a day at a time', async () => {
    const fixture = await foreignFixture();
    const left = (): Promise<number | null> =>
      fixture.during(fixture.tokens.getTokenInfo(), 0).then(({ remainingSeconds }) => remainingSeconds);
    const before = (await left()) ?? 0;
    hear(fixture, 20 * HOUR);
    hear(fixture, 20 * HOUR);
    expect(((await left()) ?? 0) - before).toBeCloseTo(-12 * 3600, -2);
    hear(fixture, 20 * HOUR);
    expect(((await left()) ?? 0) - before).toBeCloseTo(-20 * 3600, -2);
    hear(fixture, 0);
    hear(fixture, 0);
    hear(fixture, 0);
    expect(((await left()) ?? 0) - before).toBeCloseTo(0, -2);
    expect(fixture.heard('clockSkew')).toHaveLength(1);
  });

  it.each(errors)('of %i h in the response with the token does not change its end', async (hours) => {
    for (const renewed of [false, true]) {
      const fixture = new TokenServiceFixture();
      if (renewed) {
        await fixture.during(fixture.ask(), SECOND);
        await fixture.clock.advance(3 * HOUR);
      }
      fixture.kis.distort = (issued) => ({ ...issued, serverTime: fixture.clock.trueTime + hours * HOUR });
      await fixture.during(fixture.tokens.refresh(), SECOND);
      expect(fixture.now.expiresAt).toBe(fixture.kis.expiryOf(fixture.issued(0)));
      await fixture.run(5 * MINUTE);
      const { remainingSeconds } = await fixture.during(fixture.tokens.getTokenInfo(), 0);
      const trulyLeftMs = fixture.kis.expiryOf(fixture.issued(0)) - fixture.clock.trueTime;
      expect(Math.abs((remainingSeconds ?? 0) - trulyLeftMs / 1000)).toBeLessThan(5);
    }
  });
});

describe('A clock and a Date header that are both wrong', () => {
  it.each([
    [-HOUR, 30 * HOUR],
    [-100 * SECOND, 30 * HOUR],
    [-100 * SECOND, -20 * HOUR],
  ])('by %i and %i ms make a token end neither early for others nor late', async (step, error) => {
    const fixture = new TokenServiceFixture();
    fixture.clock.step(step);
    fixture.kis.distort = (issued) => ({ ...issued, serverTime: fixture.clock.trueTime + error });
    await fixture.during(fixture.ask(), SECOND);
    const end = fixture.kis.expiryOf(fixture.issued(0));
    const { token } = await fixture.store.read(fixture.credential);
    expect(token).toMatchObject({ expiresAt: end, uptime: null });
    hear(fixture, 0);
    hear(fixture, 0);
    await fixture.clock.advance(end - fixture.clock.trueTime - 5 * SECOND);
    expect(fixture.tokens.readiness().ready).toBe(false);
  });
});

describe('A refused request for a token', () => {
  it('states the time as well: two of them correct the clock', async () => {
    const fixture = await foreignFixture();
    fixture.clock.step(-9 * HOUR);
    fixture.kis.fault = () => {
      throw Object.assign(new KisUnavailableError('KIS is down'), { serverTime: fixture.clock.trueTime });
    };
    await fixture.clock.advance(22.9 * HOUR);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await fixture.during(
        fixture.tokens.refresh().catch(() => undefined),
        2 * MINUTE,
      );
    }
    expect(fixture.heard('clockSkew')).toHaveLength(1);
    await fixture.clock.advance(1.1 * HOUR);
    expect(fixture.tokens.readiness().ready).toBe(false);
  });
});

import { Logger } from '@nestjs/common';
import { KisUnavailableError } from '../kis.errors';
import { DESK_ACCOUNT, HOUR, MINUTE, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';

const DAY = 24 * HOUR;

beforeAll(() => {
  Logger.overrideLogger(false);
});

/** A call of KIS whose `Date` is so far from the truth. */
function hear(desk: TokenDesk, errorMs: number): void {
  desk.tokens.noteServerDate('main', new Date(desk.clock.trueTime + errorMs).toUTCString(), 100);
}

/** A desk that uses the token of another program, of which only its dates are known. */
async function foreignDesk(): Promise<TokenDesk> {
  const desk = new TokenDesk();
  await desk.store.inner.save(desk.credential, await desk.foreignIssue());
  await desk.during(desk.ask(), SECOND);
  desk.kis.fault = () => {
    throw new KisUnavailableError('KIS issues nothing');
  };
  return desk;
}

describe('A clock that is set', () => {
  it('wrong from the start does not keep anybody from a token; the brokerage’s time is believed, and told once', async () => {
    for (const hours of [-48, -9, 9, 48]) {
      const desk = new TokenDesk();
      desk.clock.step(hours * HOUR);
      const token = await desk.during(desk.ask(), SECOND);
      expect(Math.abs(token.expiresAt - (desk.clock.trueTime + DAY))).toBeLessThan(MINUTE);
      expect(desk.heard('clockSkew')).toHaveLength(1);
      expect(desk.heard('clockSkew')[0]?.event).toMatchObject({ skewMs: expect.any(Number) });
      await desk.run(30 * MINUTE);
      expect(desk.kis.asked).toBe(1);
    }
  });

  it('is found out once for all keys at a host', async () => {
    const second = { ...DESK_ACCOUNT, alias: 'second', appKey: 'PSsecondKey0123456789012345678901234' };
    const desk = new TokenDesk({ accounts: [DESK_ACCOUNT, second] });
    desk.clock.step(-9 * HOUR);
    await desk.during(desk.ask(), SECOND);
    const token = await desk.during(Promise.resolve(desk.tokens.getToken('second')), SECOND);
    expect(Math.abs(token.expiresAt - (desk.clock.trueTime + DAY))).toBeLessThan(MINUTE);
    expect(desk.heard('clockSkew')).toHaveLength(1);
  });

  it.each([-58, -100])(
    'off by %i s is corrected by two answers of KIS, so that the token of another program does not live too long',
    async (seconds) => {
      const desk = new TokenDesk();
      const { accessToken } = await desk.foreignIssue();
      await desk.store.inner.save(desk.credential, desk.tokenOf(accessToken));
      desk.kis.fault = () => {
        throw new Error('KIS issues nothing');
      };
      desk.clock.step(seconds * SECOND);
      await desk.during(desk.ask(), SECOND);
      hear(desk, 0);
      hear(desk, 0);
      await desk.clock.advance(desk.kis.expiryOf(accessToken) - desk.clock.trueTime - 20 * SECOND);
      expect(desk.tokens.readiness().ready).toBe(true);
      await desk.clock.advance(20 * SECOND);
      expect(desk.tokens.readiness().ready).toBe(false);
    },
  );

  it('goes by no answer that took too long to tell, and by none without a date', async () => {
    const desk = await TokenDesk.open();
    const { expiresAt } = desk.now;
    for (const date of [undefined, '', 'today', new Date(desk.clock.trueTime).toUTCString()]) {
      desk.tokens.noteServerDate('main', date, 8 * SECOND);
    }
    await desk.clock.advance(expiresAt - desk.clock.now() - 11 * SECOND);
    expect(desk.tokens.readiness().ready).toBe(true);
  });

  it.each([-119, -30, 30, 119])('off by %i s is not worth a word', async (seconds) => {
    const desk = new TokenDesk();
    desk.clock.step(seconds * SECOND);
    await desk.during(desk.ask(), SECOND);
    expect(desk.heard('clockSkew')).toHaveLength(0);
  });
});

describe('A clock that may be wrong, when a token is handed out again', () => {
  it('is not taken for the truth: later answers of KIS settle when the token ends', async () => {
    const desk = new TokenDesk();
    await desk.foreignIssue();
    await desk.clock.advance(3 * HOUR);
    desk.clock.step(-1 * HOUR);
    const { accessToken } = await desk.during(desk.ask(), SECOND);
    expect(accessToken).toBe(desk.issued(0));
    desk.kis.fault = () => {
      throw new KisUnavailableError('KIS issues nothing');
    };
    hear(desk, 0);
    hear(desk, 0);
    await desk.clock.advance(desk.kis.expiryOf(accessToken) - desk.clock.trueTime - 20 * SECOND);
    expect(desk.tokens.readiness().ready).toBe(true);
    await desk.clock.advance(20 * SECOND);
    expect(desk.tokens.readiness().ready).toBe(false);
  });
});

describe('A wrong Date header', () => {
  const errors = [-48, -25, -9, -1, 1, 9, 23, 25, 48].map((hours) => [hours]);

  it.each(errors)(
    'of %i h takes nothing from a token, not even from one of another program',
    async (hours) => {
      const desk = await foreignDesk();
      for (let repeat = 0; repeat < 5; repeat += 1) {
        hear(desk, hours * HOUR);
        await desk.run(30 * SECOND);
        expect(desk.tokens.readiness().ready).toBe(true);
        hear(desk, 0);
        await desk.run(30 * SECOND);
      }
      expect(desk.heard('clockSkew')).toHaveLength(0);
      expect(desk.now.getExpiryDatetime().getTime() - desk.clock.now()).toBeGreaterThan(23 * HOUR);
      expect((await desk.during(desk.tokens.getTokenInfo(), 0)).remainingSeconds).toBeGreaterThan(23 * 3600);
    },
  );

  it.each(errors)(
    'of %i h, however often, takes nothing from a token that was issued here',
    async (hours) => {
      const desk = await TokenDesk.open();
      desk.kis.fault = () => {
        throw new KisUnavailableError('KIS issues nothing');
      };
      for (let repeat = 0; repeat < 20; repeat += 1) {
        hear(desk, hours * HOUR);
        await desk.run(30 * SECOND);
        expect(desk.tokens.readiness().ready).toBe(true);
      }
      const { remainingSeconds } = await desk.during(desk.tokens.getTokenInfo(), 0);
      expect(remainingSeconds).toBeGreaterThan(23.5 * 3600);
      expect(await desk.during(desk.tokens.loadToken(), 0)).not.toBeNull();
      await desk.clock.advance(24 * HOUR);
      expect(desk.tokens.readiness().ready).toBe(false);
    },
  );

  it('that is followed by another one that disagrees changes nothing', async () => {
    const desk = await foreignDesk();
    for (const hours of [25, 26, 27, -3, 48]) hear(desk, hours * HOUR);
    await desk.run(30 * SECOND);
    expect(desk.tokens.readiness().ready).toBe(true);
    expect(desk.heard('clockSkew')).toHaveLength(0);
  });

  it('that is repeated is believed by half a day at a time', async () => {
    const desk = await foreignDesk();
    const left = (): Promise<number | null> =>
      desk.during(desk.tokens.getTokenInfo(), 0).then(({ remainingSeconds }) => remainingSeconds);
    const before = (await left()) ?? 0;
    hear(desk, 20 * HOUR);
    hear(desk, 20 * HOUR);
    expect(((await left()) ?? 0) - before).toBeCloseTo(-12 * 3600, -2);
    hear(desk, 20 * HOUR);
    expect(((await left()) ?? 0) - before).toBeCloseTo(-20 * 3600, -2);
    hear(desk, 0);
    hear(desk, 0);
    hear(desk, 0);
    expect(((await left()) ?? 0) - before).toBeCloseTo(0, -2);
    expect(desk.heard('clockSkew')).toHaveLength(1);
  });

  it.each(errors)('of %i h in the response with the token does not change its end', async (hours) => {
    for (const renewed of [false, true]) {
      const desk = new TokenDesk();
      if (renewed) {
        await desk.during(desk.ask(), SECOND);
        await desk.clock.advance(3 * HOUR);
      }
      desk.kis.distort = (issued) => ({ ...issued, serverTime: desk.clock.trueTime + hours * HOUR });
      await desk.during(desk.tokens.refresh(), SECOND);
      expect(desk.now.expiresAt).toBe(desk.kis.expiryOf(desk.issued(0)));
      await desk.run(5 * MINUTE);
      const { remainingSeconds } = await desk.during(desk.tokens.getTokenInfo(), 0);
      const trulyLeftMs = desk.kis.expiryOf(desk.issued(0)) - desk.clock.trueTime;
      expect(Math.abs((remainingSeconds ?? 0) - trulyLeftMs / 1000)).toBeLessThan(5);
    }
  });
});

describe('A clock and a Date header that are both wrong', () => {
  it('do not make a token end early for others', async () => {
    const desk = new TokenDesk();
    desk.clock.step(-1 * HOUR);
    desk.kis.distort = (issued) => ({ ...issued, serverTime: desk.clock.trueTime + 30 * HOUR });
    await desk.during(desk.ask(), SECOND);
    const { token } = await desk.store.read(desk.credential);
    expect(token?.expiresAt).toBe(desk.kis.expiryOf(desk.issued(0)));
    expect(token?.uptime).toBeNull();
  });
});

describe('A refused request for a token', () => {
  it('tells the time, too: two of them correct the clock', async () => {
    const desk = await foreignDesk();
    desk.clock.step(-9 * HOUR);
    desk.kis.fault = () => {
      throw Object.assign(new KisUnavailableError('KIS is down'), { serverTime: desk.clock.trueTime });
    };
    await desk.clock.advance(22.9 * HOUR);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await desk.during(
        desk.tokens.refresh().catch(() => undefined),
        2 * MINUTE,
      );
    }
    expect(desk.heard('clockSkew')).toHaveLength(1);
    await desk.clock.advance(1.1 * HOUR);
    expect(desk.tokens.readiness().ready).toBe(false);
  });
});

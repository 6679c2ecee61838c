import { Logger } from '@nestjs/common';
import { Dice } from '../testing/world/world';
import { DESK_ACCOUNT, HOUR, MINUTE, SECOND, TokenDesk } from '../testing/token-desk';
import { KisToken } from './kis-token';

// Many hours of virtual time: slow only on a busy machine.
jest.setTimeout(60_000);

beforeAll(() => {
  Logger.overrideLogger(false);
});

const DAY = 24 * HOUR;
const STEPS = [1, 60, 119, 600, 3600, 9 * 3600, 24 * 3600, 48 * 3600].flatMap((seconds) => [
  seconds,
  -seconds,
]);

/** Fails when the token of this tick is handed out more than ten seconds after its true end. */
function expectAlive(desk: TokenDesk): void {
  const token = desk.tokens.getToken();
  if (!(token instanceof KisToken)) {
    void token.catch(() => undefined);
    return;
  }
  expect(desk.clock.trueTime - desk.kis.expiryOf(token.accessToken)).toBeLessThanOrEqual(10 * SECOND);
}

describe('A clock that is set', () => {
  it.each(STEPS)(
    'by %i s makes no token live too long, and KIS be asked at most once more',
    async (seconds) => {
      for (const at of [MINUTE, HOUR, 12 * HOUR, 23 * HOUR]) {
        const desk = await TokenDesk.open();
        await desk.clock.advance(at);
        await desk.run(MINUTE);
        const before = desk.kis.asked;
        desk.clock.step(seconds * SECOND);
        await desk.run(10 * MINUTE);
        expect(desk.kis.asked - before).toBeLessThanOrEqual(1);
        for (let half = 0; half < 60; half += 1) {
          await desk.clock.advance(29 * MINUTE);
          await desk.run(MINUTE);
          expectAlive(desk);
          expect(desk.now).toBeInstanceOf(KisToken);
        }
        expect(desk.kis.asked - before).toBeLessThanOrEqual(4);
      }
    },
  );

  it('again and again makes no token live too long, and KIS be asked at most once more a time', async () => {
    for (let seed = 1; seed <= 15; seed += 1) {
      const dice = new Dice(seed);
      const desk = await TokenDesk.open();
      const days = 3;
      let steps = 0;
      for (let past = 0; past < days * DAY; past += 15 * MINUTE) {
        if (dice.happens(0.05)) {
          desk.clock.step(dice.oneOf(STEPS) * SECOND);
          steps += 1;
        }
        await desk.run(dice.whole(1, 4) * 30 * SECOND);
        await desk.clock.advance(dice.between(0, 13) * MINUTE);
        expectAlive(desk);
      }
      expect({ seed, many: desk.kis.asked > 2 + days * 1.3 + steps }).toEqual({ seed, many: false });
    }
  });

  it.each(STEPS)(
    'by %i s before a restart makes no token live too long, and KIS be asked at most once more',
    async (seconds) => {
      for (const at of [MINUTE, 5 * HOUR, 12 * HOUR, 22 * HOUR]) {
        const desk = await TokenDesk.open();
        await desk.clock.advance(at);
        desk.clock.step(seconds * SECOND);
        desk.restart();
        const before = desk.kis.asked;
        await desk.run(10 * MINUTE);
        expect(desk.kis.asked - before).toBeLessThanOrEqual(1);
        for (let half = 0; half < 60; half += 1) {
          await desk.clock.advance(29 * MINUTE);
          await desk.run(MINUTE);
          expectAlive(desk);
          await desk.during(desk.call(), SECOND);
        }
        expect(desk.kis.asked - before).toBeLessThanOrEqual(4);
      }
    },
  );

  it('back by hours is noticed although the token was just found fresh', async () => {
    const desk = await TokenDesk.open();
    expect(desk.now).toBeInstanceOf(KisToken);
    await desk.clock.advance(12 * HOUR);
    desk.clock.step(-9 * HOUR);
    expect(desk.now).toBeInstanceOf(KisToken);
    desk.kis.fault = () => {
      throw new Error('KIS is down');
    };
    await desk.clock.advance(12 * HOUR + MINUTE);
    expectAlive(desk);
    expect(desk.tokens.readiness().ready).toBe(false);
  });

  it('back into the half minute in which a token was last found fresh does not make it fresh again', async () => {
    const desk = await TokenDesk.open();
    await desk.run(2 * HOUR);
    expect(desk.now).toBeInstanceOf(KisToken);
    desk.kis.fault = () => {
      throw new Error('KIS is down');
    };
    await desk.run(23 * HOUR);
    desk.clock.step(-23 * HOUR + 10 * SECOND);
    const answer = desk.tokens.getToken();
    expect(answer).toBeInstanceOf(Promise);
    await expect(desk.during(Promise.resolve(answer), MINUTE)).rejects.toThrow();
  });

  it('back before a reboot makes a token useless whose age cannot be known any more', async () => {
    const desk = await TokenDesk.open();
    desk.clock.step(-9 * HOUR);
    desk.clock.bootId = 'boot-2';
    desk.restart();
    await desk.during(desk.tokens.onApplicationBootstrap(), 0);
    expect(desk.tokens.readiness().ready).toBe(false);
    await desk.run(2 * MINUTE);
    expect(desk.kis.asked).toBe(2);
    expect(desk.now.expiresAt).toBe(desk.kis.expiryOf(desk.now.accessToken));
  });

  it('back, and a token that comes from the store once more, do not add to the life of that token', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(7 * HOUR);
    desk.clock.step(-5 * HOUR);
    const held = desk.now;
    await desk.store.inner.save(desk.credential, held.with({ generation: held.generation + 1 }));
    await desk.during(desk.tokens.refreshDue(), SECOND);
    expect(desk.now.generation).toBe(held.generation + 1);
    desk.kis.fault = () => {
      throw new Error('KIS is down');
    };
    await desk.clock.advance(17 * HOUR);
    expectAlive(desk);
    expect(desk.tokens.readiness().ready).toBe(false);
  });

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
    'off by %i s is corrected by any answer of KIS, so that the token of another program does not live too long',
    async (seconds) => {
      const desk = new TokenDesk();
      const { accessToken } = await desk.foreignIssue();
      await desk.store.inner.save(desk.credential, desk.tokenOf(accessToken));
      desk.kis.fault = () => {
        throw new Error('KIS issues nothing');
      };
      desk.clock.step(seconds * SECOND);
      await desk.during(desk.ask(), SECOND);
      desk.tokens.hearTime('main', new Date(desk.clock.trueTime).toUTCString(), 100);
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
      desk.tokens.hearTime('main', date, 8 * SECOND);
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

describe('A machine that was suspended', () => {
  it.each([8, 24, 72])('for %i hours has a new token within one sweep', async (hours) => {
    const desk = await TokenDesk.open();
    await desk.run(20 * HOUR);
    desk.clock.suspend(hours * HOUR);
    const asked = desk.kis.asked;
    await desk.run(30 * SECOND);
    expect(desk.kis.asked).toBe(asked + 1);
    expect(desk.kis.accepts(desk.now.accessToken)).toBe(true);
  });

  it('serves no dead token in the first call after waking up', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(20 * HOUR);
    expect(desk.now).toBeInstanceOf(KisToken);
    desk.clock.suspend(8 * HOUR);
    const token = await desk.during(desk.ask(), SECOND);
    expect(desk.kis.accepts(token.accessToken)).toBe(true);
  });
});

describe('An absurd expiry', () => {
  const absurd = [
    ['thirty days', { statedExpiry: Date.parse('2026-12-22T00:00:00Z'), expiresInSeconds: 30 * 86_400 }],
    ['none', { statedExpiry: null, expiresInSeconds: null }],
    ['NaN', { statedExpiry: NaN, expiresInSeconds: NaN }],
    ['infinity', { statedExpiry: Infinity, expiresInSeconds: Infinity }],
    ['the year 10000', { statedExpiry: 253_402_300_800_000, expiresInSeconds: 1e15 }],
    ['a life of 0 s', { expiresInSeconds: 0 }],
    ['a life of −1 s', { expiresInSeconds: -1 }],
  ] as const;

  it.each(absurd)('(%s) makes no loop, no long timer, and no call fail', async (_what, change) => {
    const desk = new TokenDesk();
    desk.kis.distort = (issued) => ({ ...issued, ...change });
    await desk.during(desk.ask(), SECOND);
    for (let half = 0; half < 3 * 48; half += 1) {
      await desk.clock.advance(29 * MINUTE);
      await desk.run(MINUTE);
      await desk.during(desk.call(), SECOND);
    }
    expect(desk.kis.asked).toBeLessThanOrEqual(5);
    expect(desk.busiestHour).toBeLessThanOrEqual(1);
  });

  it('of 1970 is a token that has ended: nothing is kept, and KIS is not asked in a loop', async () => {
    const desk = new TokenDesk();
    desk.kis.distort = (issued) => ({ ...issued, statedExpiry: 0 });
    await expect(desk.during(desk.ask())).rejects.toMatchObject({ code: 'KIS_BAD_RESPONSE' });
    await desk.run(2 * HOUR);
    expect(desk.busiestHour).toBeLessThanOrEqual(20);
  });
});

import { Logger } from '@nestjs/common';
import { SeededRandom } from '../../../test/simulation/seeded-random';
import { HOUR, MINUTE, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';
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
      const random = new SeededRandom(seed);
      const desk = await TokenDesk.open();
      const days = 3;
      let steps = 0;
      for (let past = 0; past < days * DAY; past += 15 * MINUTE) {
        if (random.happens(0.05)) {
          desk.clock.step(random.oneOf(STEPS) * SECOND);
          steps += 1;
        }
        await desk.run(random.whole(1, 4) * 30 * SECOND);
        await desk.clock.advance(random.between(0, 13) * MINUTE);
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

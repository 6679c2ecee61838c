import { Logger } from '@nestjs/common';
import { SeededRandom } from '../../../test/simulation/seeded-random';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';
import { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

const DAY = 24 * HOUR;
const STEPS = [1, 60, 119, 600, 3600, 9 * 3600, 24 * 3600, 48 * 3600].flatMap((seconds) => [
  seconds,
  -seconds,
]);

/** Fails when the token of this tick is handed out more than ten seconds after its true end. */
function expectAlive(fixture: TokenServiceFixture): void {
  const token = fixture.tokens.getToken();
  if (!(token instanceof KisToken)) {
    void token.catch(() => undefined);
    return;
  }
  expect(fixture.clock.trueTime - fixture.kis.expiryOf(token.accessToken)).toBeLessThanOrEqual(10 * SECOND);
}

describe('A clock that is set', () => {
  it.each(STEPS)(
    'by %i s makes no token live too long, and causes at most one more request to KIS',
    async (seconds) => {
      for (const at of [MINUTE, HOUR, 12 * HOUR, 23 * HOUR]) {
        const fixture = await TokenServiceFixture.open();
        await fixture.clock.advance(at);
        await fixture.run(MINUTE);
        const before = fixture.kis.asked;
        fixture.clock.step(seconds * SECOND);
        await fixture.run(10 * MINUTE);
        expect(fixture.kis.asked - before).toBeLessThanOrEqual(1);
        for (let half = 0; half < 60; half += 1) {
          await fixture.clock.advance(29 * MINUTE);
          await fixture.run(MINUTE);
          expectAlive(fixture);
          expect(fixture.now).toBeInstanceOf(KisToken);
        }
        expect(fixture.kis.asked - before).toBeLessThanOrEqual(4);
      }
    },
  );

  it('repeatedly makes no token live too long, and causes at most one more request each time', async () => {
    for (let seed = 1; seed <= 15; seed += 1) {
      const random = new SeededRandom(seed);
      const fixture = await TokenServiceFixture.open();
      const days = 3;
      let steps = 0;
      for (let past = 0; past < days * DAY; past += 15 * MINUTE) {
        if (random.happens(0.05)) {
          fixture.clock.step(random.oneOf(STEPS) * SECOND);
          steps += 1;
        }
        await fixture.run(random.whole(1, 4) * 30 * SECOND);
        await fixture.clock.advance(random.between(0, 13) * MINUTE);
        expectAlive(fixture);
      }
      expect({ seed, many: fixture.kis.asked > 2 + days * 1.3 + steps }).toEqual({ seed, many: false });
    }
  });

  it.each(STEPS)(
    'by %i s before a restart makes no token live too long, and causes at most one more request to KIS',
    async (seconds) => {
      for (const at of [MINUTE, 5 * HOUR, 12 * HOUR, 22 * HOUR]) {
        const fixture = await TokenServiceFixture.open();
        await fixture.clock.advance(at);
        fixture.clock.step(seconds * SECOND);
        fixture.restart();
        const before = fixture.kis.asked;
        await fixture.run(10 * MINUTE);
        expect(fixture.kis.asked - before).toBeLessThanOrEqual(1);
        for (let half = 0; half < 60; half += 1) {
          await fixture.clock.advance(29 * MINUTE);
          await fixture.run(MINUTE);
          expectAlive(fixture);
          await fixture.during(fixture.call(), SECOND);
        }
        expect(fixture.kis.asked - before).toBeLessThanOrEqual(4);
      }
    },
  );

  it('back by hours is noticed although the token was just found fresh', async () => {
    const fixture = await TokenServiceFixture.open();
    expect(fixture.now).toBeInstanceOf(KisToken);
    await fixture.clock.advance(12 * HOUR);
    fixture.clock.step(-9 * HOUR);
    expect(fixture.now).toBeInstanceOf(KisToken);
    fixture.kis.fault = () => {
      throw new Error('KIS is down');
    };
    await fixture.clock.advance(12 * HOUR + MINUTE);
    expectAlive(fixture);
    expect(fixture.tokens.readiness().ready).toBe(false);
  });

  it('back into the half minute in which a token was last found fresh does not make it fresh again', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.run(2 * HOUR);
    expect(fixture.now).toBeInstanceOf(KisToken);
    fixture.kis.fault = () => {
      throw new Error('KIS is down');
    };
    await fixture.run(23 * HOUR);
    fixture.clock.step(-23 * HOUR + 10 * SECOND);
    const answer = fixture.tokens.getToken();
    expect(answer).toBeInstanceOf(Promise);
    await expect(fixture.during(Promise.resolve(answer), MINUTE)).rejects.toThrow();
  });

  it('back before a reboot makes a token useless whose age cannot be known any more', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.clock.step(-9 * HOUR);
    fixture.clock.bootId = 'boot-2';
    fixture.restart();
    await fixture.during(fixture.tokens.onApplicationBootstrap(), 0);
    expect(fixture.tokens.readiness().ready).toBe(false);
    await fixture.run(2 * MINUTE);
    expect(fixture.kis.asked).toBe(2);
    expect(fixture.now.expiresAt).toBe(fixture.kis.expiryOf(fixture.now.accessToken));
  });

  it('back, and a token that comes from the store once more, do not add to the life of that token', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(7 * HOUR);
    fixture.clock.step(-5 * HOUR);
    const held = fixture.now;
    await fixture.store.inner.save(fixture.credential, held.with({ generation: held.generation + 1 }));
    await fixture.during(fixture.tokens.refreshDue(), SECOND);
    expect(fixture.now.generation).toBe(held.generation + 1);
    fixture.kis.fault = () => {
      throw new Error('KIS is down');
    };
    await fixture.clock.advance(17 * HOUR);
    expectAlive(fixture);
    expect(fixture.tokens.readiness().ready).toBe(false);
  });
});

describe('A machine that was suspended', () => {
  it.each([8, 24, 72])('for %i hours has a new token within one sweep', async (hours) => {
    const fixture = await TokenServiceFixture.open();
    await fixture.run(20 * HOUR);
    fixture.clock.suspend(hours * HOUR);
    const asked = fixture.kis.asked;
    await fixture.run(30 * SECOND);
    expect(fixture.kis.asked).toBe(asked + 1);
    expect(fixture.kis.accepts(fixture.now.accessToken)).toBe(true);
  });

  it('serves no dead token in the first call after waking up', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(20 * HOUR);
    expect(fixture.now).toBeInstanceOf(KisToken);
    fixture.clock.suspend(8 * HOUR);
    const token = await fixture.during(fixture.ask(), SECOND);
    expect(fixture.kis.accepts(token.accessToken)).toBe(true);
  });
});

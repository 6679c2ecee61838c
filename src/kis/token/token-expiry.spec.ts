import { Logger } from '@nestjs/common';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';

beforeAll(() => {
  Logger.overrideLogger(false);
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
    const fixture = new TokenServiceFixture();
    fixture.kis.distort = (issued) => ({ ...issued, ...change });
    await fixture.during(fixture.ask(), SECOND);
    for (let half = 0; half < 3 * 48; half += 1) {
      await fixture.clock.advance(29 * MINUTE);
      await fixture.run(MINUTE);
      await fixture.during(fixture.call(), SECOND);
    }
    expect(fixture.kis.asked).toBeLessThanOrEqual(5);
    expect(fixture.busiestHour).toBeLessThanOrEqual(1);
  });

  it('of 1970 means a token that has ended: it is not stored, and requests do not loop', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.distort = (issued) => ({ ...issued, statedExpiry: 0 });
    await expect(fixture.during(fixture.ask())).rejects.toMatchObject({ code: 'KIS_BAD_RESPONSE' });
    await fixture.run(2 * HOUR);
    expect(fixture.busiestHour).toBeLessThanOrEqual(20);
  });
});

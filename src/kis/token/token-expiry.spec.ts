import { Logger } from '@nestjs/common';
import { HOUR, MINUTE, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';

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

import { Logger } from '@nestjs/common';
import { HOUR, MINUTE, SECOND, TokenDesk } from '../testing/token-desk';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('A token that somebody deletes from the store', () => {
  it('is replaced by the next sweep, and served until then', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(7 * HOUR);
    await desk.run(MINUTE);
    const old = desk.now;
    await desk.store.inner.remove(desk.credential);
    expect(desk.now).toBe(old);
    const results = await desk.during(desk.tokens.refreshDue(), SECOND);
    expect(results).toEqual([{ alias: 'main', outcome: 'refreshed' }]);
    expect(desk.now.accessToken).toBe(desk.issued(1));
  });

  it('inside the minute is replaced after it', async () => {
    const desk = await TokenDesk.open();
    await desk.run(30 * SECOND);
    await desk.store.inner.remove(desk.credential);
    expect(await desk.during(desk.tokens.refreshDue(), SECOND)).toEqual([
      { alias: 'main', outcome: 'waiting' },
    ]);
    await desk.run(MINUTE);
    expect(desk.kis.asked).toBe(2);
    expect((desk.kis.issues[1]?.at ?? 0) - (desk.kis.issues[0]?.at ?? 0)).toBeGreaterThanOrEqual(MINUTE);
  });

  it('is replaced once by all processes', async () => {
    const desk = await TokenDesk.open();
    const processes = [desk.tokens, desk.another(), desk.another()];
    await desk.clock.advance(7 * HOUR);
    await desk.run(MINUTE, processes);
    await desk.store.inner.remove(desk.credential);
    await desk.run(3 * MINUTE, processes);
    expect(desk.kis.asked).toBe(2);
  });

  it('again and again, while KIS hands the same one out, is not asked for every minute', async () => {
    const desk = await TokenDesk.open();
    await desk.run(2 * MINUTE);
    for (let minute = 0; minute < 60; minute += 1) {
      await desk.store.inner.remove(desk.credential);
      await desk.run(MINUTE);
    }
    expect(desk.busiestHour).toBeLessThanOrEqual(7);
  });
});

import { Logger } from '@nestjs/common';
import { KisUnavailableError } from '../kis.errors';
import { HOUR, MINUTE, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';
import { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

/** A desk without a token, whose first request has not left. */
async function cutOffDesk(): Promise<TokenDesk> {
  const desk = new TokenDesk();
  desk.kis.cutOff = true;
  await expect(desk.during(desk.ask(), 0)).rejects.toMatchObject({ code: 'KIS_UNAVAILABLE', unsent: true });
  return desk;
}

describe('A request for a token that never left', () => {
  it('is not counted, and leaves no claim and no failure in a row behind', async () => {
    const desk = await cutOffDesk();
    const { claim, remainingMs } = await desk.store.read(desk.credential);
    expect(remainingMs).toBe(0);
    expect(claim).toMatchObject({ open: false, failures: 0, issuedToday: 0 });
    expect(await desk.during(desk.tokens.getTokenInfo(), 0)).toMatchObject({
      issuedToday: 0,
      cooldownUntil: null,
      lastError: { code: 'KIS_UNAVAILABLE' },
    });
  });

  it('keeps no other process waiting', async () => {
    const desk = await cutOffDesk();
    desk.kis.cutOff = false;
    const token = await desk.during(Promise.resolve(desk.another().getToken()), SECOND);
    expect(token).toBeInstanceOf(KisToken);
  });

  it('does not keep a person waiting who asks for a new token', async () => {
    const desk = await cutOffDesk();
    desk.kis.cutOff = false;
    expect(await desk.during(desk.tokens.refresh(), SECOND)).toMatchObject({
      outcome: 'refreshed',
      status: { issuedToday: 1, lastError: null },
    });
  });

  it('is followed by the next after 5, 10, 20 and then every 30 s, without a caller and between the sweeps', async () => {
    const desk = new TokenDesk({}, 0);
    desk.kis.cutOff = true;
    await desk.run(4 * MINUTE);
    const times = desk.kis.unsentAt;
    const pauses = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / SECOND);
    expect(pauses).toEqual([5, 10, 20, 30, 30, 30, 30, 30, 30]);
  });

  it('is one however many callers fail until the next: they get its error, and when the next is due', async () => {
    const desk = await cutOffDesk();
    for (let tenth = 0; tenth < 45; tenth += 1) {
      await expect(desk.during(desk.ask(), 100)).rejects.toMatchObject({
        code: 'KIS_UNAVAILABLE',
        retryAt: expect.any(Date),
      });
    }
    expect(desk.kis.unsentAt).toHaveLength(1);
    await desk.clock.advance(2 * SECOND);
    desk.kis.cutOff = false;
    expect(await desk.during(desk.ask(), SECOND)).toBeInstanceOf(KisToken);
  });

  it('does not end a pause that KIS has caused', async () => {
    const desk = new TokenDesk();
    desk.kis.fault = () => {
      throw new KisUnavailableError('KIS is down');
    };
    await desk.timed(desk.ask(), SECOND);
    desk.kis.cutOff = true;
    await desk.run(MINUTE);
    expect(desk.kis.unsentAt).toHaveLength(0);
    await desk.run(MINUTE);
    expect(desk.kis.unsentAt).not.toHaveLength(0);
    expect((await desk.store.read(desk.credential)).claim).toMatchObject({ failures: 1, issuedToday: 1 });
  });

  it('does not bring requests that arrive closer together', async () => {
    const desk = await TokenDesk.open();
    desk.kis.sameTokenMs = 0;
    for (let second = 0; second < HOUR / SECOND; second += 5) {
      desk.kis.cutOff = second % 20 < 10;
      void desk.tokens.refreshDue();
      void desk.tokens.refresh().catch(() => undefined);
      await desk.clock.advance(5 * SECOND);
    }
    const gaps = desk.kis.issues.slice(1).map(({ at }, index) => at - (desk.kis.issues[index]?.at ?? 0));
    expect(gaps.length).toBeGreaterThan(20);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(MINUTE);
  });

  it('is not tried again once the service ends', async () => {
    const desk = new TokenDesk();
    desk.kis.cutOff = true;
    await desk.during(desk.tokens.refreshDue(), 0);
    await desk.during(desk.tokens.beforeApplicationShutdown(), 0);
    await desk.run(2 * MINUTE);
    expect(desk.kis.unsentAt).toHaveLength(1);
    expect(desk.clock.pendingTimers).toBe(0);
  });
});

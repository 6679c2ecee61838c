import { Logger } from '@nestjs/common';
import { DESK_ACCOUNT, HOUR, MINUTE, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';
import { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('EGW00133: another program has just asked', () => {
  it('its token is taken over as soon as it is stored, and KIS is not asked again', async () => {
    const desk = new TokenDesk();
    const foreign = await desk.foreignIssue();
    const asking = desk.ask();
    await desk.clock.advance(2 * SECOND);
    await desk.store.inner.save(desk.credential, foreign);
    const { token, tookMs } = await desk.timed(asking);
    expect(token?.accessToken).toBe(foreign.accessToken);
    expect(tookMs).toBeLessThanOrEqual(SECOND);
    await desk.run(2 * HOUR);
    expect(desk.kis.asked).toBe(2);
  });

  it('its token is taken over by the next sweep when it is stored late', async () => {
    const desk = new TokenDesk();
    const foreign = await desk.foreignIssue();
    await desk.timed(desk.ask(), 20 * SECOND);
    await desk.store.inner.save(desk.credential, foreign);
    await desk.run(30 * SECOND);
    expect(desk.now.accessToken).toBe(foreign.accessToken);
    expect(desk.kis.asked).toBe(2);
  });

  it.each([
    ['KIS is slow to say so', 20 * SECOND, 19 * SECOND],
    ['they wait for a short time only', 2 * SECOND, 100],
  ])('callers learn of it in time although %s', async (_why, requestTimeoutMs, latencyMs) => {
    const desk = new TokenDesk({ accounts: [{ ...DESK_ACCOUNT, requestTimeoutMs }] });
    await desk.foreignIssue();
    desk.kis.latencyMs = latencyMs;
    const { error, tookMs } = await desk.timed(desk.ask());
    expect(error).toMatchObject({ code: 'TOKEN_ISSUE_COOLDOWN', retryAt: expect.any(Date) });
    expect(tookMs).toBeLessThan(requestTimeoutMs + 2 * SECOND);
  });

  it('its token is never stored: callers learn when to come again, and the next request keeps the interval', async () => {
    const desk = new TokenDesk();
    await desk.foreignIssue();
    const { error, tookMs } = await desk.timed(desk.ask(), 10 * SECOND);
    expect(error).toMatchObject({ code: 'TOKEN_ISSUE_COOLDOWN', retryAt: expect.any(Date) });
    expect(tookMs).toBeLessThanOrEqual(6 * SECOND);
    await desk.run(3 * MINUTE);
    expect(desk.kis.asked).toBe(3);
    expect((desk.kis.issues[2]?.at ?? 0) - (desk.kis.issues[1]?.at ?? 0)).toBeGreaterThanOrEqual(MINUTE);
    expect(desk.now).toBeInstanceOf(KisToken);
  });
});

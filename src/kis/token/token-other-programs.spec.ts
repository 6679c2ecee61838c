import { Logger } from '@nestjs/common';
import {
  FIXTURE_ACCOUNT,
  HOUR,
  MINUTE,
  SECOND,
  TokenServiceFixture,
} from '../../../test/support/kis/token-service-fixture';
import { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('EGW00133: another program has just asked', () => {
  it('its token is taken over as soon as it is stored, and KIS is not asked again', async () => {
    const fixture = new TokenServiceFixture();
    const foreign = await fixture.foreignIssue();
    const asking = fixture.ask();
    await fixture.clock.advance(2 * SECOND);
    await fixture.store.inner.save(fixture.credential, foreign);
    const { token, tookMs } = await fixture.timed(asking);
    expect(token?.accessToken).toBe(foreign.accessToken);
    expect(tookMs).toBeLessThanOrEqual(SECOND);
    await fixture.run(2 * HOUR);
    expect(fixture.kis.asked).toBe(2);
  });

  it('its token is taken over by the next sweep when it is stored late', async () => {
    const fixture = new TokenServiceFixture();
    const foreign = await fixture.foreignIssue();
    await fixture.timed(fixture.ask(), 20 * SECOND);
    await fixture.store.inner.save(fixture.credential, foreign);
    await fixture.run(30 * SECOND);
    expect(fixture.now.accessToken).toBe(foreign.accessToken);
    expect(fixture.kis.asked).toBe(2);
  });

  it.each([
    ['KIS is slow to say so', 20 * SECOND, 19 * SECOND],
    ['they wait for a short time only', 2 * SECOND, 100],
  ])('callers learn of it in time although %s', async (_why, requestTimeoutMs, latencyMs) => {
    const fixture = new TokenServiceFixture({ accounts: [{ ...FIXTURE_ACCOUNT, requestTimeoutMs }] });
    await fixture.foreignIssue();
    fixture.kis.latencyMs = latencyMs;
    const { error, tookMs } = await fixture.timed(fixture.ask());
    expect(error).toMatchObject({ code: 'TOKEN_ISSUE_COOLDOWN', retryAt: expect.any(Date) });
    expect(tookMs).toBeLessThan(requestTimeoutMs + 2 * SECOND);
  });

  it('its token is never stored: callers learn when to come again, and the next request keeps the interval', async () => {
    const fixture = new TokenServiceFixture();
    await fixture.foreignIssue();
    const { error, tookMs } = await fixture.timed(fixture.ask(), 10 * SECOND);
    expect(error).toMatchObject({ code: 'TOKEN_ISSUE_COOLDOWN', retryAt: expect.any(Date) });
    expect(tookMs).toBeLessThanOrEqual(6 * SECOND);
    await fixture.run(3 * MINUTE);
    expect(fixture.kis.asked).toBe(3);
    expect((fixture.kis.issues[2]?.at ?? 0) - (fixture.kis.issues[1]?.at ?? 0)).toBeGreaterThanOrEqual(
      MINUTE,
    );
    expect(fixture.now).toBeInstanceOf(KisToken);
  });
});

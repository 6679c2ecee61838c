import { Logger } from '@nestjs/common';
import { KisUnavailableError } from '../kis.errors';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';
import { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

/** A fixture without a token, whose first request has not left. */
async function cutOffFixture(): Promise<TokenServiceFixture> {
  const fixture = new TokenServiceFixture();
  fixture.kis.cutOff = true;
  await expect(fixture.during(fixture.ask(), 0)).rejects.toMatchObject({
    code: 'KIS_UNAVAILABLE',
    unsent: true,
  });
  return fixture;
}

describe('A request for a token that never left', () => {
  it('is not counted, and leaves no claim and no failure in a row behind', async () => {
    const fixture = await cutOffFixture();
    const { claim, remainingMs } = await fixture.store.read(fixture.credential);
    expect(remainingMs).toBe(0);
    expect(claim).toMatchObject({ open: false, failures: 0, issuedToday: 0 });
    expect(await fixture.during(fixture.tokens.getTokenInfo(), 0)).toMatchObject({
      issuedToday: 0,
      cooldownUntil: null,
      lastError: { code: 'KIS_UNAVAILABLE' },
    });
  });

  it('keeps no other process waiting', async () => {
    const fixture = await cutOffFixture();
    fixture.kis.cutOff = false;
    const token = await fixture.during(Promise.resolve(fixture.another().getToken()), SECOND);
    expect(token).toBeInstanceOf(KisToken);
  });

  it('does not delay a person who requests a new token', async () => {
    const fixture = await cutOffFixture();
    fixture.kis.cutOff = false;
    expect(await fixture.during(fixture.tokens.refresh(), SECOND)).toMatchObject({
      outcome: 'refreshed',
      status: { issuedToday: 1, lastError: null },
    });
  });

  it('is followed by the next after 5, 10, 20 and then every 30 s, without a caller and between the sweeps', async () => {
    const fixture = new TokenServiceFixture({}, 0);
    fixture.kis.cutOff = true;
    await fixture.run(4 * MINUTE);
    const times = fixture.kis.unsentAt;
    const pauses = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / SECOND);
    expect(pauses).toEqual([5, 10, 20, 30, 30, 30, 30, 30, 30]);
  });

  it('is shared by all callers until the next: they get its error and the time of the next', async () => {
    const fixture = await cutOffFixture();
    for (let tenth = 0; tenth < 45; tenth += 1) {
      await expect(fixture.during(fixture.ask(), 100)).rejects.toMatchObject({
        code: 'KIS_UNAVAILABLE',
        retryAt: expect.any(Date),
      });
    }
    expect(fixture.kis.unsentAt).toHaveLength(1);
    await fixture.clock.advance(2 * SECOND);
    fixture.kis.cutOff = false;
    expect(await fixture.during(fixture.ask(), SECOND)).toBeInstanceOf(KisToken);
  });

  it('does not end a pause that KIS has caused', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.fault = () => {
      throw new KisUnavailableError('KIS is down');
    };
    await fixture.timed(fixture.ask(), SECOND);
    fixture.kis.cutOff = true;
    await fixture.run(MINUTE);
    expect(fixture.kis.unsentAt).toHaveLength(0);
    await fixture.run(MINUTE);
    expect(fixture.kis.unsentAt).not.toHaveLength(0);
    expect((await fixture.store.read(fixture.credential)).claim).toMatchObject({
      failures: 1,
      issuedToday: 1,
    });
  });

  it('does not bring requests that arrive closer together', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.kis.sameTokenMs = 0;
    for (let second = 0; second < HOUR / SECOND; second += 5) {
      fixture.kis.cutOff = second % 20 < 10;
      void fixture.tokens.refreshDue();
      void fixture.tokens.refresh().catch(() => undefined);
      await fixture.clock.advance(5 * SECOND);
    }
    const gaps = fixture.kis.issues
      .slice(1)
      .map(({ at }, index) => at - (fixture.kis.issues[index]?.at ?? 0));
    expect(gaps.length).toBeGreaterThan(20);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(MINUTE);
  });

  it('is not tried again once the service ends', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.cutOff = true;
    await fixture.during(fixture.tokens.refreshDue(), 0);
    await fixture.during(fixture.tokens.beforeApplicationShutdown(), 0);
    await fixture.run(2 * MINUTE);
    expect(fixture.kis.unsentAt).toHaveLength(1);
    expect(fixture.clock.pendingTimers).toBe(0);
  });
});

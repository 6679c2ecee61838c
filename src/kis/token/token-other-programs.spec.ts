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

describe('EGW00133: another program has just requested a token', () => {
  it('its token is adopted as soon as it is stored, without another request', async () => {
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
    ['KIS responds slowly', 20 * SECOND, 19 * SECOND],
    ['they wait for a short time only', 2 * SECOND, 100],
  ])('callers learn of it in time although %s', async (_why, requestTimeoutMs, latencyMs) => {
    const fixture = new TokenServiceFixture({ accounts: [{ ...FIXTURE_ACCOUNT, requestTimeoutMs }] });
    await fixture.foreignIssue();
    fixture.kis.latencyMs = latencyMs;
    const { error, tookMs } = await fixture.timed(fixture.ask());
    expect(error).toMatchObject({ code: 'TOKEN_ISSUE_COOLDOWN', retryAt: expect.any(Date) });
    expect(tookMs).toBeLessThan(requestTimeoutMs + 2 * SECOND);
  });

  it('its token is never stored: callers are told the time of the next attempt, and the next request keeps the interval', async () => {
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

describe('A token that another program stores and KIS refuses', () => {
  /** Written by anything that can write to the store: KIS has never issued it. */
  async function plant(fixture: TokenServiceFixture, name: string): Promise<KisToken> {
    const issuedAt = fixture.clock.now();
    const dates = { issuedAt, expiresAt: issuedAt + 40 * HOUR, refreshAt: issuedAt + 38 * HOUR };
    const planted = fixture.now.with({ accessToken: name, ...dates, generation: 0, uptime: null });
    await fixture.store.inner.save(fixture.credential, planted);
    return planted;
  }

  it('is replaced by the issued one, which is stored again, without a request', async () => {
    const fixture = await TokenServiceFixture.open();
    const own = fixture.now;
    const planted = await plant(fixture, 'planted');
    await fixture.run(30 * SECOND);
    expect(fixture.now.accessToken).toBe(planted.accessToken);
    await fixture.during(fixture.call());
    expect(fixture.now.accessToken).toBe(own.accessToken);
    await fixture.run(MINUTE);
    expect((await fixture.store.inner.read(fixture.credential)).token?.accessToken).toBe(own.accessToken);
    expect(fixture.kis.asked).toBe(1);
  });

  it('fails no call, however often one is stored', async () => {
    const fixture = await TokenServiceFixture.open();
    for (let round = 0; round < 20; round += 1) {
      await plant(fixture, `planted-${round}`);
      await fixture.run(30 * SECOND);
      await fixture.during(fixture.call());
    }
    expect(fixture.kis.asked).toBe(1);
  });

  it('is replaced by a new one when there was no other, however young it claims to be', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(5 * MINUTE);
    await plant(fixture, 'planted');
    fixture.restart();
    await fixture.during(fixture.ask());
    await fixture.during(fixture.call());
    expect(fixture.kis.asked).toBe(2);
  });
});

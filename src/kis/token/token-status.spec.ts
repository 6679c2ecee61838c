import { Logger } from '@nestjs/common';
import { KisUnavailableError } from '../kis.errors';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('getTokenInfo', () => {
  it('has the facts without the token', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(9 * SECOND);
    const issued = new Date('2026-11-22T00:00:00.100Z');
    expect(await fixture.during(fixture.tokens.getTokenInfo(), 0)).toEqual({
      alias: 'main',
      mode: 'MOCK',
      appKey: 'PSspecKey0…',
      status: 'fresh',
      tokenType: 'Bearer',
      issuedAt: issued,
      expiresAt: new Date('2026-11-23T00:00:00Z'),
      remainingSeconds: 86_390,
      refreshAt: new Date('2026-11-22T22:25:00Z'),
      source: 'api',
      store: 'memory',
      filePath: null,
      cooldownUntil: new Date('2026-11-22T00:01:01.100Z'),
      lastError: null,
      issuedToday: 1,
    });
  });

  it('shows a token that is only stored, and where a token in memory came from', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.restart();
    const before = await fixture.during(fixture.tokens.getTokenInfo(), 0);
    expect(before).toMatchObject({ status: 'fresh', source: 'memory' });
    expect(fixture.tokens.readiness().ready).toBe(false);
  });

  it('shows the last error until the next success', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.fault = () => {
      throw new KisUnavailableError('KIS is down');
    };
    await fixture.timed(fixture.ask(), SECOND);
    expect(await fixture.during(fixture.tokens.getTokenInfo(), 0)).toMatchObject({
      status: 'absent',
      lastError: {
        code: 'KIS_UNAVAILABLE',
        message: 'KIS is down',
        at: new Date('2026-11-22T00:00:00.100Z'),
      },
    });
    fixture.kis.fault = null;
    await fixture.run(2 * MINUTE);
    expect((await fixture.during(fixture.tokens.getTokenInfo(), 0)).lastError).toBeNull();
  });

  it('shows no error after a request that came too soon, with a good token', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.timed(
      fixture.tokens.refresh().then(() => fixture.now),
      SECOND,
    );
    expect((await fixture.during(fixture.tokens.getTokenInfo(), 0)).lastError).toBeNull();
  });

  it('counts the requests of a Korean day', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(14 * HOUR);
    await fixture.during(fixture.tokens.refresh(), SECOND);
    expect((await fixture.during(fixture.tokens.getTokenInfo(), 0)).issuedToday).toBe(2);
    await fixture.clock.advance(HOUR);
    expect((await fixture.during(fixture.tokens.getTokenInfo(), 0)).issuedToday).toBe(0);
  });

  it('answers while the store is broken', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.store.fault = 'rejects';
    expect(await fixture.during(fixture.tokens.getTokenInfo(), 0)).toMatchObject({
      status: 'fresh',
      cooldownUntil: new Date('2026-11-22T00:01:01.100Z'),
      lastError: { code: 'TOKEN_STORE_FAILED', at: new Date('2026-11-22T00:00:01Z') },
      issuedToday: 1,
    });
  });

  it('counts its own requests while the store is broken, also after their interval', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.store.fault = 'rejects';
    await fixture.run(5 * MINUTE);
    expect(await fixture.during(fixture.tokens.getTokenInfo(), 0)).toMatchObject({
      cooldownUntil: null,
      issuedToday: 1,
    });
  });

  it('shows no error of the store any more once a token can be stored again', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.store.fault = 'rejects';
    await fixture.during(fixture.tokens.getTokenInfo(), 0);
    fixture.store.fault = 'none';
    await fixture.run(MINUTE);
    expect((await fixture.during(fixture.tokens.getTokenInfo(), 0)).lastError).toBeNull();
  });
});

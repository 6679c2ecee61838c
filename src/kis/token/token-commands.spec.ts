import { Logger } from '@nestjs/common';
import { KisTokenStoreError, KisUnavailableError } from '../kis.errors';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';
import { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('refresh', () => {
  it('requests a token although the cached one is fresh: the same one within six hours, another one after', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(2 * MINUTE);
    expect(await fixture.during(fixture.tokens.refresh(), SECOND)).toMatchObject({
      outcome: 'unchanged',
      status: { status: 'fresh' },
    });
    await fixture.clock.advance(6 * HOUR);
    expect(await fixture.during(fixture.tokens.refresh(), SECOND)).toMatchObject({
      outcome: 'refreshed',
      status: { issuedToday: 3 },
    });
    expect(fixture.heard('noProgress')).toHaveLength(0);
  });

  it('within the interval states when to try again, and changes nothing', async () => {
    const fixture = await TokenServiceFixture.open();
    const { error } = await fixture.timed(
      fixture.tokens.refresh().then(() => fixture.now),
      0,
    );
    expect(error).toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
      retryAt: new Date('2026-11-22T00:01:01.100Z'),
    });
    expect(fixture.kis.asked).toBe(1);
    expect(fixture.now).toBeInstanceOf(KisToken);
  });

  it('adopts the token that another process has just stored', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(7 * HOUR);
    const foreign = await fixture.foreignIssue();
    await fixture.store.inner.save(fixture.credential, foreign);
    await fixture.clock.advance(MINUTE);
    const { status } = await fixture.during(fixture.tokens.refresh(), SECOND);
    expect(status.expiresAt).toEqual(new Date(foreign.expiresAt));
  });
});

describe('saveToken, loadToken and deleteToken', () => {
  it('save a token, and use it from then on', async () => {
    const fixture = new TokenServiceFixture();
    const foreign = await fixture.foreignIssue();
    await fixture.during(fixture.tokens.saveToken(foreign), 0);
    expect(fixture.now.accessToken).toBe(foreign.accessToken);
    expect((await fixture.during(fixture.tokens.loadToken(), 0))?.accessToken).toBe(foreign.accessToken);
    expect(fixture.kis.asked).toBe(1);
  });

  it('refuse a token of no configured account, and one that cannot be stored', async () => {
    const fixture = new TokenServiceFixture();
    const token = fixture.tokenOf('x', { expiresAt: fixture.clock.now() + HOUR });
    await expect(fixture.tokens.saveToken(token.with({ owner: 'another' }))).rejects.toThrow(
      /none of the configured/,
    );
    fixture.store.fault = 'full';
    await expect(fixture.during(fixture.tokens.saveToken(token))).rejects.toThrow(KisTokenStoreError);
  });

  it('refuse a token that names another app key', async () => {
    const fixture = new TokenServiceFixture();
    const payload = Buffer.from(JSON.stringify({ jti: 'PSotherKey01234567890123456789012345' }));
    const token = fixture.tokenOf('x', {
      accessToken: `e30.${payload.toString('base64url')}.c2ln`,
      expiresAt: fixture.clock.now() + HOUR,
    });
    await expect(fixture.during(fixture.tokens.saveToken(token), 0)).rejects.toThrow(
      /belongs to PSotherKey…, not to "main"/,
    );
    expect((await fixture.store.read(fixture.credential)).token).toBeNull();
  });

  it.each([
    [301, true],
    [300, true],
    [299, false],
  ])('load a token with %i s left: %s', async (seconds, loaded) => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(fixture.now.expiresAt - fixture.clock.now() - seconds * SECOND);
    expect((await fixture.during(fixture.tokens.loadToken(), 0)) !== null).toBe(loaded);
  });

  it('forget a token everywhere, and keep the interval', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.during(fixture.tokens.deleteToken(), 0);
    expect(await fixture.during(fixture.tokens.loadToken(), 0)).toBeNull();
    expect(fixture.tokens.readiness().ready).toBe(false);
    await expect(fixture.during(fixture.ask(), SECOND)).rejects.toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
    });
    await fixture.clock.advance(MINUTE);
    await fixture.during(fixture.ask(), SECOND);
    expect(fixture.kis.asked).toBe(2);
    expect(fixture.kis.revoked.size).toBe(0);
  });

  it('revoke a token that is only stored, too, and never use it again', async () => {
    const fixture = await TokenServiceFixture.open();
    const old = fixture.now.accessToken;
    fixture.restart();
    await fixture.during(fixture.tokens.deleteToken('main', { revoke: true }), 0);
    expect([...fixture.kis.revoked]).toEqual([old]);
    await fixture.clock.advance(2 * MINUTE);
    await expect(fixture.during(fixture.ask(), SECOND)).rejects.toThrow(/the same token that it refuses/);
    expect(fixture.tokens.readiness().ready).toBe(false);
  });

  it('revoke the newest token, although this process has not looked since another one stored it', async () => {
    const fixture = await TokenServiceFixture.open();
    const other = fixture.another();
    await fixture.clock.advance(7 * HOUR);
    const { status } = await fixture.during(other.refresh(), SECOND);
    expect(fixture.now.accessToken).toBe(fixture.issued(0));
    await fixture.during(fixture.tokens.deleteToken('main', { revoke: true }), 0);
    expect([status.status, ...fixture.kis.revoked]).toEqual(['fresh', fixture.issued(1)]);
    expect((await fixture.store.read(fixture.credential)).token).toBeNull();
  });

  it('serve no token that was revoked, even when the store could not be changed', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.store.fault = 'rejects';
    await expect(fixture.during(fixture.tokens.deleteToken('main', { revoke: true }), 0)).rejects.toThrow(
      KisTokenStoreError,
    );
    fixture.store.fault = 'none';
    await fixture.run(MINUTE);
    expect(fixture.tokens.readiness().ready).toBe(false);
  });

  it('delete nothing when KIS does not revoke', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.kis.revoke = () => Promise.reject(new KisUnavailableError('KIS is down'));
    await expect(fixture.during(fixture.tokens.deleteToken('main', { revoke: true }), 0)).rejects.toThrow(
      /KIS is down/,
    );
    expect(fixture.now).toBeInstanceOf(KisToken);
  });
});

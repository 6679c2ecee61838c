import { Logger } from '@nestjs/common';
import { KisTokenStoreError, KisUnavailableError } from '../kis.errors';
import { HOUR, MINUTE, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';
import { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('refresh', () => {
  it('asks KIS although the token is fresh: the same one within six hours, another one after', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(2 * MINUTE);
    expect(await desk.during(desk.tokens.refresh(), SECOND)).toMatchObject({
      outcome: 'unchanged',
      status: { status: 'fresh' },
    });
    await desk.clock.advance(6 * HOUR);
    expect(await desk.during(desk.tokens.refresh(), SECOND)).toMatchObject({
      outcome: 'refreshed',
      status: { issuedToday: 3 },
    });
    expect(desk.heard('noProgress')).toHaveLength(0);
  });

  it('inside the minute tells when to come again, and changes nothing', async () => {
    const desk = await TokenDesk.open();
    const { error } = await desk.timed(
      desk.tokens.refresh().then(() => desk.now),
      0,
    );
    expect(error).toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
      retryAt: new Date('2026-11-22T00:01:01.100Z'),
    });
    expect(desk.kis.asked).toBe(1);
    expect(desk.now).toBeInstanceOf(KisToken);
  });

  it('takes what another process has just stored', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(7 * HOUR);
    const foreign = await desk.foreignIssue();
    await desk.store.inner.save(desk.credential, foreign);
    await desk.clock.advance(MINUTE);
    const { status } = await desk.during(desk.tokens.refresh(), SECOND);
    expect(status.expiresAt).toEqual(new Date(foreign.expiresAt));
  });
});

describe('saveToken, loadToken and deleteToken', () => {
  it('save a token, and use it from then on', async () => {
    const desk = new TokenDesk();
    const foreign = await desk.foreignIssue();
    await desk.during(desk.tokens.saveToken(foreign), 0);
    expect(desk.now.accessToken).toBe(foreign.accessToken);
    expect((await desk.during(desk.tokens.loadToken(), 0))?.accessToken).toBe(foreign.accessToken);
    expect(desk.kis.asked).toBe(1);
  });

  it('refuse a token of nobody here, and one that cannot be stored', async () => {
    const desk = new TokenDesk();
    const token = desk.tokenOf('x', { expiresAt: desk.clock.now() + HOUR });
    await expect(desk.tokens.saveToken(token.with({ owner: 'another' }))).rejects.toThrow(
      /none of the configured/,
    );
    desk.store.fault = 'full';
    await expect(desk.during(desk.tokens.saveToken(token))).rejects.toThrow(KisTokenStoreError);
  });

  it.each([
    [301, true],
    [300, true],
    [299, false],
  ])('load a token with %i s left: %s', async (seconds, loaded) => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(desk.now.expiresAt - desk.clock.now() - seconds * SECOND);
    expect((await desk.during(desk.tokens.loadToken(), 0)) !== null).toBe(loaded);
  });

  it('forget a token everywhere, and keep the interval', async () => {
    const desk = await TokenDesk.open();
    await desk.during(desk.tokens.deleteToken(), 0);
    expect(await desk.during(desk.tokens.loadToken(), 0)).toBeNull();
    expect(desk.tokens.readiness().ready).toBe(false);
    await expect(desk.during(desk.ask(), SECOND)).rejects.toMatchObject({ code: 'TOKEN_ISSUE_COOLDOWN' });
    await desk.clock.advance(MINUTE);
    await desk.during(desk.ask(), SECOND);
    expect(desk.kis.asked).toBe(2);
    expect(desk.kis.revoked.size).toBe(0);
  });

  it('revoke a token that is only stored, too, and never use it again', async () => {
    const desk = await TokenDesk.open();
    const old = desk.now.accessToken;
    desk.restart();
    await desk.during(desk.tokens.deleteToken('main', { revoke: true }), 0);
    expect([...desk.kis.revoked]).toEqual([old]);
    await desk.clock.advance(2 * MINUTE);
    await expect(desk.during(desk.ask(), SECOND)).rejects.toThrow(/the same token that it refuses/);
    expect(desk.tokens.readiness().ready).toBe(false);
  });

  it('serve no token that was revoked, even when the store could not be changed', async () => {
    const desk = await TokenDesk.open();
    desk.store.fault = 'rejects';
    await expect(desk.during(desk.tokens.deleteToken('main', { revoke: true }), 0)).rejects.toThrow(
      KisTokenStoreError,
    );
    desk.store.fault = 'none';
    await desk.run(MINUTE);
    expect(desk.tokens.readiness().ready).toBe(false);
  });

  it('delete nothing when KIS does not revoke', async () => {
    const desk = await TokenDesk.open();
    desk.kis.revoke = () => Promise.reject(new KisUnavailableError('KIS is down'));
    await expect(desk.during(desk.tokens.deleteToken('main', { revoke: true }), 0)).rejects.toThrow(
      /KIS is down/,
    );
    expect(desk.now).toBeInstanceOf(KisToken);
  });
});

import { Logger } from '@nestjs/common';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('A token that is deleted from the store', () => {
  it('is replaced by the next sweep, and served until then', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(7 * HOUR);
    await fixture.run(MINUTE);
    const old = fixture.now;
    await fixture.store.inner.remove(fixture.credential);
    expect(fixture.now).toBe(old);
    const results = await fixture.during(fixture.tokens.refreshDue(), SECOND);
    expect(results).toEqual([{ alias: 'main', outcome: 'refreshed' }]);
    expect(fixture.now.accessToken).toBe(fixture.issued(1));
  });

  it('by a process that was killed before it could remove it is replaced as well', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(7 * HOUR);
    await fixture.run(MINUTE);
    const old = fixture.now;
    await fixture.store.inner.remove(fixture.credential);
    fixture.store.inner.overwrite(fixture.credential, old);
    const results = await fixture.during(fixture.tokens.refreshDue(), SECOND);
    expect(results).toEqual([{ alias: 'main', outcome: 'refreshed' }]);
    expect((await fixture.store.read(fixture.credential)).token?.accessToken).toBe(fixture.issued(1));
  });

  it('inside the minute is replaced after it', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.run(30 * SECOND);
    await fixture.store.inner.remove(fixture.credential);
    expect(await fixture.during(fixture.tokens.refreshDue(), SECOND)).toEqual([
      { alias: 'main', outcome: 'waiting' },
    ]);
    await fixture.run(MINUTE);
    expect(fixture.kis.asked).toBe(2);
    expect((fixture.kis.issues[1]?.at ?? 0) - (fixture.kis.issues[0]?.at ?? 0)).toBeGreaterThanOrEqual(
      MINUTE,
    );
  });

  it('is replaced once by all processes', async () => {
    const fixture = await TokenServiceFixture.open();
    const processes = [fixture.tokens, fixture.another(), fixture.another()];
    await fixture.clock.advance(7 * HOUR);
    await fixture.run(MINUTE, processes);
    await fixture.store.inner.remove(fixture.credential);
    await fixture.run(3 * MINUTE, processes);
    expect(fixture.kis.asked).toBe(2);
  });

  it('repeatedly, while KIS returns the same one, is not requested every minute', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.run(2 * MINUTE);
    for (let minute = 0; minute < 60; minute += 1) {
      await fixture.store.inner.remove(fixture.credential);
      await fixture.run(MINUTE);
    }
    expect(fixture.busiestHour).toBeLessThanOrEqual(7);
  });
});

describe('A token that is deleted while a new one is being requested', () => {
  /** A fixture with an old token, or none, that has just asked KIS for a new one; the answer takes five seconds. */
  async function askingFixture(): Promise<{ fixture: TokenServiceFixture; asking: Promise<unknown> }> {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(7 * HOUR);
    fixture.kis.latencyMs = 5 * SECOND;
    const asking = fixture.tokens.refresh().catch((error: unknown) => error);
    await fixture.clock.advance(SECOND);
    expect(fixture.kis.asked).toBe(2);
    return { fixture, asking };
  }

  async function expectNoToken(fixture: TokenServiceFixture): Promise<void> {
    expect((await fixture.store.read(fixture.credential)).token).toBeNull();
    expect(fixture.tokens.readiness()).toMatchObject({ ready: false, tokens: [{ status: 'absent' }] });
    await expect(fixture.during(fixture.ask(), SECOND)).rejects.toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
      retryAt: expect.any(Date),
    });
  }

  it.each([false, true])('by this process, revoked: %s, does not come back with it', async (revoke) => {
    const { fixture, asking } = await askingFixture();
    expect(await fixture.during(fixture.tokens.deleteToken('main', { revoke }), 0)).toBe(true);
    await fixture.clock.advance(10 * SECOND);
    expect(await asking).toMatchObject({ code: 'TOKEN_ISSUE_COOLDOWN' });
    await expectNoToken(fixture);
    expect(fixture.kis.asked).toBe(2);
  });

  it('by another process does not come back with it', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.latencyMs = 5 * SECOND;
    const asking = fixture.ask().catch((error: unknown) => error);
    await fixture.clock.advance(SECOND);
    await fixture.during(fixture.another().deleteToken(), 0);
    await fixture.clock.advance(10 * SECOND);
    expect(await asking).toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
      message: expect.stringMatching(/was deleted while a new one was being requested/),
    });
    await expectNoToken(fixture);
  });

  it('by another process, and handed out because the store was slow, is dropped by the next sweep', async () => {
    const fixture = new TokenServiceFixture();
    const asking = fixture.ask();
    await fixture.clock.advance(50);
    fixture.store.fault = 'hangs';
    await fixture.clock.advance(2 * SECOND);
    expect(await asking).toBe(fixture.now);
    await fixture.store.inner.remove(fixture.credential);
    fixture.store.fault = 'none';
    await fixture.during(fixture.tokens.refreshDue(), SECOND);
    await expectNoToken(fixture);
  });

  it('does not come back with a request of another process that takes much longer', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(2 * MINUTE);
    const { claim } = await fixture.foreignClaim({ at: fixture.clock.now() });
    const late = fixture.now.with({ accessToken: 'late', generation: claim.generation });
    await fixture.during(fixture.tokens.deleteToken(), 0);
    await fixture.clock.advance(10 * MINUTE);
    expect(await fixture.store.inner.save(fixture.credential, late)).toBe('superseded');
  });

  it('does not affect a token that is issued later without the store', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.during(fixture.tokens.deleteToken(), 0);
    fixture.store.fault = 'read-only';
    fixture.restart();
    await fixture.clock.advance(2 * MINUTE);
    const token = await fixture.during(fixture.ask(), SECOND);
    await fixture.run(HOUR);
    expect(fixture.now).toBe(token);
    fixture.store.fault = 'none';
    await fixture.run(MINUTE);
    expect((await fixture.store.read(fixture.credential)).token?.fingerprint).toBe(token.fingerprint);
    expect(fixture.kis.asked).toBe(2);
  });

  it('is followed by a new one when the minute is over', async () => {
    const { fixture } = await askingFixture();
    await fixture.during(fixture.tokens.deleteToken(), 0);
    await fixture.run(3 * MINUTE);
    expect(fixture.kis.asked).toBe(3);
    expect(fixture.tokens.readiness().ready).toBe(true);
  });

  it.each<[string, (fixture: TokenServiceFixture) => Promise<unknown>]>([
    ['a sweep', (fixture) => fixture.tokens.refreshDue()],
    ['a caller', (fixture) => fixture.ask()],
  ])('does not come back with a look of %s that had begun before', async (_whose, look) => {
    const fixture = await TokenServiceFixture.open();
    fixture.restart();
    const { inner } = fixture.store;
    const readNow = inner.read.bind(inner);
    const answers: (() => void)[] = [];
    jest.spyOn(inner, 'read').mockImplementationOnce(async (credential) => {
      const stored = await readNow(credential);
      await new Promise<void>((resolve) => answers.push(resolve));
      return stored;
    });
    const looking = look(fixture).catch(() => undefined);
    await fixture.clock.advance(100);
    expect(await fixture.during(fixture.tokens.deleteToken(), 0)).toBe(true);
    for (const answer of answers) answer();
    await fixture.during(looking, SECOND);
    await expectNoToken(fixture);
  });
});

describe('An older token that is imported in place of a deleted one', () => {
  /** A running service with a newer token, and an older one that is still good for hours. */
  async function fixtureWithOlder() {
    const fixture = await TokenServiceFixture.open();
    const older = fixture.now;
    fixture.kis.forgetToken();
    await fixture.clock.advance(2 * MINUTE);
    await fixture.during(fixture.tokens.refresh(), SECOND);
    await fixture.run(MINUTE);
    expect(fixture.now.expiresAt).toBeGreaterThan(older.expiresAt);
    return { fixture, older };
  }

  it('is used by a running service, and stays in the store', async () => {
    const { fixture, older } = await fixtureWithOlder();
    const other = fixture.another();
    await fixture.during(other.deleteToken(), 0);
    expect(await fixture.during(other.saveToken(older), 0)).toBe('saved');
    await fixture.run(5 * MINUTE);
    expect(fixture.now.fingerprint).toBe(older.fingerprint);
    expect((await fixture.store.read(fixture.credential)).token?.fingerprint).toBe(older.fingerprint);
    expect(fixture.kis.asked).toBe(2);
  });

  it('is stored even if the deleting process was killed before it could remove the token', async () => {
    const { fixture, older } = await fixtureWithOlder();
    const newer = fixture.now;
    await fixture.store.inner.remove(fixture.credential);
    fixture.store.inner.overwrite(fixture.credential, newer);
    expect(await fixture.during(fixture.another().saveToken(older), 0)).toBe('saved');
    expect((await fixture.store.read(fixture.credential)).token?.fingerprint).toBe(older.fingerprint);
  });

  it('by hand as well: the file is deleted and replaced by another', async () => {
    const { fixture, older } = await fixtureWithOlder();
    fixture.store.inner.overwrite(fixture.credential, older.with({ generation: 0 }));
    await fixture.run(5 * MINUTE);
    expect(fixture.now.fingerprint).toBe(older.fingerprint);
    expect((await fixture.store.read(fixture.credential)).token?.fingerprint).toBe(older.fingerprint);
    expect(fixture.kis.asked).toBe(2);
  });
});

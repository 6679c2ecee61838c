import { Logger } from '@nestjs/common';
import { HOUR, MINUTE, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';

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

describe('A token that is deleted while a new one is being requested', () => {
  /** A desk with an old token, or none, that has just asked KIS for a new one; the answer takes five seconds. */
  async function askingDesk(): Promise<{ desk: TokenDesk; asking: Promise<unknown> }> {
    const desk = await TokenDesk.open();
    await desk.clock.advance(7 * HOUR);
    desk.kis.latencyMs = 5 * SECOND;
    const asking = desk.tokens.refresh().catch((error: unknown) => error);
    await desk.clock.advance(SECOND);
    expect(desk.kis.asked).toBe(2);
    return { desk, asking };
  }

  async function expectNoToken(desk: TokenDesk): Promise<void> {
    expect((await desk.store.read(desk.credential)).token).toBeNull();
    expect(desk.tokens.readiness()).toMatchObject({ ready: false, tokens: [{ status: 'absent' }] });
    await expect(desk.during(desk.ask(), SECOND)).rejects.toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
      retryAt: expect.any(Date),
    });
  }

  it.each([false, true])('by this process, revoked: %s, does not come back with it', async (revoke) => {
    const { desk, asking } = await askingDesk();
    expect(await desk.during(desk.tokens.deleteToken('main', { revoke }), 0)).toBe(true);
    await desk.clock.advance(10 * SECOND);
    expect(await asking).toMatchObject({ code: 'TOKEN_ISSUE_COOLDOWN' });
    await expectNoToken(desk);
    expect(desk.kis.asked).toBe(2);
  });

  it('by another process does not come back with it', async () => {
    const desk = new TokenDesk();
    desk.kis.latencyMs = 5 * SECOND;
    const asking = desk.ask().catch((error: unknown) => error);
    await desk.clock.advance(SECOND);
    await desk.during(desk.another().deleteToken(), 0);
    await desk.clock.advance(10 * SECOND);
    expect(await asking).toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
      message: expect.stringMatching(/was deleted while a new one was being requested/),
    });
    await expectNoToken(desk);
  });

  it('by another process, and handed out because the store was slow, is dropped by the next sweep', async () => {
    const desk = new TokenDesk();
    const asking = desk.ask();
    await desk.clock.advance(50);
    desk.store.fault = 'hangs';
    await desk.clock.advance(2 * SECOND);
    expect(await asking).toBe(desk.now);
    await desk.store.inner.remove(desk.credential);
    desk.store.fault = 'none';
    await desk.during(desk.tokens.refreshDue(), SECOND);
    await expectNoToken(desk);
  });

  it('does not come back with a request of another process that takes much longer', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(2 * MINUTE);
    const { claim } = await desk.foreignClaim({ at: desk.clock.now() });
    const late = desk.now.with({ accessToken: 'late', generation: claim.generation });
    await desk.during(desk.tokens.deleteToken(), 0);
    await desk.clock.advance(10 * MINUTE);
    expect(await desk.store.inner.save(desk.credential, late)).toBe('superseded');
  });

  it('has nothing to do with one that comes later without the store, and is not taken for it', async () => {
    const desk = await TokenDesk.open();
    await desk.during(desk.tokens.deleteToken(), 0);
    desk.store.fault = 'read-only';
    desk.restart();
    await desk.clock.advance(2 * MINUTE);
    const token = await desk.during(desk.ask(), SECOND);
    await desk.run(HOUR);
    expect(desk.now).toBe(token);
    desk.store.fault = 'none';
    await desk.run(MINUTE);
    expect((await desk.store.read(desk.credential)).token?.fingerprint).toBe(token.fingerprint);
    expect(desk.kis.asked).toBe(2);
  });

  it('is followed by a new one when the minute is over', async () => {
    const { desk } = await askingDesk();
    await desk.during(desk.tokens.deleteToken(), 0);
    await desk.run(3 * MINUTE);
    expect(desk.kis.asked).toBe(3);
    expect(desk.tokens.readiness().ready).toBe(true);
  });

  it.each<[string, (desk: TokenDesk) => Promise<unknown>]>([
    ['a sweep', (desk) => desk.tokens.refreshDue()],
    ['a caller', (desk) => desk.ask()],
  ])('does not come back with a look of %s that had begun before', async (_whose, look) => {
    const desk = await TokenDesk.open();
    desk.restart();
    const { inner } = desk.store;
    const readNow = inner.read.bind(inner);
    const answers: (() => void)[] = [];
    jest.spyOn(inner, 'read').mockImplementationOnce(async (credential) => {
      const stored = await readNow(credential);
      await new Promise<void>((resolve) => answers.push(resolve));
      return stored;
    });
    const looking = look(desk).catch(() => undefined);
    await desk.clock.advance(100);
    expect(await desk.during(desk.tokens.deleteToken(), 0)).toBe(true);
    for (const answer of answers) answer();
    await desk.during(looking, SECOND);
    await expectNoToken(desk);
  });
});

describe('An older token that somebody imports in the place of a deleted one', () => {
  /** A running service with a newer token, and an older one that is still good for hours. */
  async function deskWithOlder() {
    const desk = await TokenDesk.open();
    const older = desk.now;
    desk.kis.forgetToken();
    await desk.clock.advance(2 * MINUTE);
    await desk.during(desk.tokens.refresh(), SECOND);
    await desk.run(MINUTE);
    expect(desk.now.expiresAt).toBeGreaterThan(older.expiresAt);
    return { desk, older };
  }

  it('is used by a running service, and stays in the store', async () => {
    const { desk, older } = await deskWithOlder();
    const other = desk.another();
    await desk.during(other.deleteToken(), 0);
    expect(await desk.during(other.saveToken(older), 0)).toBe('saved');
    await desk.run(5 * MINUTE);
    expect(desk.now.fingerprint).toBe(older.fingerprint);
    expect((await desk.store.read(desk.credential)).token?.fingerprint).toBe(older.fingerprint);
    expect(desk.kis.asked).toBe(2);
  });

  it('by hand, too: the file deleted, another one put there', async () => {
    const { desk, older } = await deskWithOlder();
    desk.store.inner.overwrite(desk.credential, older.with({ generation: 0 }));
    await desk.run(5 * MINUTE);
    expect(desk.now.fingerprint).toBe(older.fingerprint);
    expect((await desk.store.read(desk.credential)).token?.fingerprint).toBe(older.fingerprint);
    expect(desk.kis.asked).toBe(2);
  });
});

import { Logger } from '@nestjs/common';
import { HOUR, MINUTE, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';
import type { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

/** A desk whose token is this old, and is refused from now on. */
async function refusedDesk(ageMs = 2 * HOUR): Promise<{ desk: TokenDesk; old: KisToken }> {
  const desk = await TokenDesk.open();
  await desk.clock.advance(ageMs);
  const old = desk.now;
  desk.kis.revoked.add(old.accessToken);
  desk.kis.forgetToken();
  return { desk, old };
}

describe('A refused token', () => {
  it('is replaced once for 1,000 concurrent refusals', async () => {
    const { desk, old } = await refusedDesk();
    const replaced = await desk.during(Promise.all(Array.from({ length: 1000 }, () => desk.replace(old))));
    expect(desk.kis.asked).toBe(2);
    expect(new Set(replaced.map((token) => token.accessToken))).toEqual(new Set([desk.issued(1)]));
    expect(desk.heard('rejected')).toHaveLength(1);
  });

  it('is replaced once for 1,000 calls that arrive over minutes', async () => {
    const { desk, old } = await refusedDesk();
    for (let second = 0; second < 200; second += 1) {
      for (let call = 0; call < 5; call += 1) await desk.during(desk.replace(old), call === 0 ? SECOND : 0);
    }
    expect(desk.kis.asked).toBe(2);
  });

  it('is replaced from memory when there is another by now', async () => {
    const { desk, old } = await refusedDesk();
    const other = await desk.during(desk.replace(old));
    const reads = desk.store.operations.length;
    expect(await desk.replace(old)).toBe(other);
    expect(desk.store.operations).toHaveLength(reads);
  });

  it('is replaced from the store when another process has stored a newer one', async () => {
    const { desk, old } = await refusedDesk();
    const other = desk.another();
    await desk.during(Promise.resolve(other.refreshDue()), 0);
    const theirs = await desk.during(desk.replace(old, other));
    const ours = await desk.during(desk.replace(old));
    expect(ours.accessToken).toBe(theirs.accessToken);
    expect(desk.kis.asked).toBe(2);
  });

  it('is replaced by one process while the others wait for what that brings', async () => {
    const { desk, old } = await refusedDesk();
    const others = [desk.another(), desk.another()];
    for (const each of others) await desk.during(each.refreshDue(), 0);
    desk.kis.latencyMs = 5 * SECOND;
    const first = desk.replace(old);
    await desk.clock.advance(SECOND);
    const replaced = await desk.during(
      Promise.all([first, ...others.map((each) => desk.replace(old, each))]),
      6 * SECOND,
    );
    expect(new Set(replaced.map((token) => token.accessToken))).toEqual(new Set([desk.issued(1)]));
    expect(desk.kis.asked).toBe(2);
  });

  it('is replaced by another process when the one that was about to died', async () => {
    const { desk, old } = await refusedDesk();
    await desk.foreignClaim({ at: desk.clock.now(), replaces: true });
    await expect(desk.during(desk.replace(old))).rejects.toMatchObject({ code: 'KIS_TIMEOUT' });
    await desk.clock.advance(MINUTE);
    expect((await desk.during(desk.ask())).accessToken).toBe(desk.issued(1));
  });

  it('is not used again after a restart', async () => {
    const { desk, old } = await refusedDesk();
    desk.kis.fault = () => {
      throw new Error('KIS is down');
    };
    await desk.timed(desk.replace(old));
    desk.restart();
    desk.kis.fault = null;
    await desk.clock.advance(2 * MINUTE);
    expect((await desk.during(desk.ask())).accessToken).not.toBe(old.accessToken);
    expect(await desk.during(desk.tokens.loadToken(), 0)).not.toBeNull();
  });

  it('that stays in the store is not what its status tells of', async () => {
    const { desk, old } = await refusedDesk();
    desk.kis.fault = () => {
      throw new Error('KIS is down');
    };
    await desk.timed(desk.replace(old));
    const { status, source } = await desk.during(desk.tokens.getTokenInfo(), 0);
    expect([status, source]).toEqual(['absent', null]);
    expect(await desk.during(desk.tokens.loadToken(), 0)).toBeNull();
  });

  it.each([0, 1, 59])(
    'is not replaced at the age of %i s: then it is not the token that is wrong',
    async (age) => {
      const { desk, old } = await refusedDesk(age * SECOND - SECOND);
      await expect(desk.during(desk.replace(old))).rejects.toThrow(/A token so young is not expired/);
      expect(desk.kis.asked).toBe(1);
      expect(desk.now).toBe(old);
    },
  );

  it('is replaced although the clock went back behind its issue', async () => {
    const { desk, old } = await refusedDesk();
    desk.clock.step(-9 * HOUR);
    const other = await desk.during(desk.replace(old));
    expect(desk.kis.accepts(other.accessToken)).toBe(true);
  });

  it('that KIS hands out again is not sent again: it says so, and waits ten minutes', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(2 * HOUR);
    const old = desk.now;
    desk.kis.revoked.add(old.accessToken);
    await expect(desk.during(desk.replace(old))).rejects.toThrow(/the same token that it refuses/);
    await desk.clock.advance(5 * MINUTE);
    desk.restart();
    await expect(desk.during(desk.ask())).rejects.toMatchObject({
      code: 'KIS_TOKEN_REJECTED',
      retryAt: expect.any(Date),
    });
    expect(desk.kis.asked).toBe(2);
    expect(desk.heard('noProgress')).toHaveLength(1);
  });

  it('is not taken back by a renewal that was under way and brings it again', async () => {
    const desk = await TokenDesk.open();
    desk.kis.sameTokenMs = Infinity;
    await desk.clock.advance(22.5 * HOUR);
    desk.kis.latencyMs = 5 * SECOND;
    const old = desk.now;
    await desk.clock.advance(SECOND);
    desk.kis.revoked.add(old.accessToken);
    await expect(desk.during(desk.replace(old))).rejects.toThrow(/the same token that it refuses/);
    await expect(desk.during(desk.ask())).rejects.toMatchObject({ retryAt: expect.any(Date) });
    expect(desk.heard('noProgress')).toHaveLength(1);
    expect(desk.tokens.readiness().ready).toBe(false);
  });

  it('is not taken back by a renewal that is about to end when it is refused', async () => {
    const desk = await TokenDesk.open();
    desk.kis.sameTokenMs = Infinity;
    await desk.clock.advance(22.5 * HOUR);
    const old = desk.now;
    await desk.clock.advance(50);
    desk.store.fault = 'hangs';
    await desk.clock.advance(100);
    desk.kis.revoked.add(old.accessToken);
    const refused = desk.replace(old);
    desk.store.fault = 'none';
    const { token } = await desk.timed(refused);
    expect(token?.accessToken).not.toBe(old.accessToken);
    const later = await desk.timed(desk.ask());
    expect(later.token?.accessToken).not.toBe(old.accessToken);
  });

  it('does not answer for another token that is refused at the same time', async () => {
    const { desk, old } = await refusedDesk();
    const newer = await desk.during(desk.replace(old));
    await desk.clock.advance(20 * MINUTE);
    desk.kis.revoked.add(newer.accessToken);
    desk.kis.forgetToken();
    const [one, other, two] = await desk.during(
      Promise.all([desk.replace(newer), desk.replace(old), desk.replace(newer)]),
    );
    expect(desk.kis.asked).toBe(3);
    expect([one.accessToken, two.accessToken]).toEqual([desk.issued(2), one.accessToken]);
    expect(other).toBe(newer);
  });
});

describe('A brokerage that refuses every token for an hour', () => {
  const ages = [0, 2 * MINUTE, 5 * HOUR, 7 * HOUR, 22.5 * HOUR, 23.9 * HOUR];
  const stores = ['none', 'rejects', 'full', 'forgetful'] as const;
  const cases = ages.flatMap((age) =>
    stores.flatMap((fault) => [0, 6].map((same) => [age / MINUTE, fault, same] as const)),
  );

  it.each(cases)(
    'is asked for at most six tokens: token %d minutes old, store %s, same token for %i hours',
    async (age, fault, same) => {
      const desk = await TokenDesk.open();
      desk.kis.sameTokenMs = same * HOUR;
      await desk.clock.advance(age * MINUTE);
      desk.store.fault = fault;
      desk.kis.refusesAll = true;
      const before = desk.kis.asked;
      for (let second = 0; second < 3600; second += 10) {
        if (second % 30 === 0) void desk.tokens.refreshDue();
        void desk.call().catch(() => undefined);
        await desk.clock.advance(10 * SECOND);
      }
      expect(desk.kis.asked - before).toBeLessThanOrEqual(6);
    },
  );

  it('is asked no more often by two processes, or after restarts', async () => {
    const { desk } = await refusedDesk();
    desk.kis.sameTokenMs = 0;
    desk.kis.refusesAll = true;
    const before = desk.kis.asked;
    for (let second = 0; second < 3600; second += 10) {
      if (second % 300 === 0) desk.restart();
      void desk.call().catch(() => undefined);
      await desk.clock.advance(10 * SECOND);
    }
    expect(desk.kis.asked - before).toBeLessThanOrEqual(6);
  });

  it('does not take the turn that was given back for a replacement', async () => {
    const { desk, old } = await refusedDesk();
    desk.store.fault = 'hangs';
    const refused = desk.replace(old).catch(() => undefined);
    await desk.clock.advance(15 * SECOND);
    desk.store.fault = 'none';
    await desk.during(refused);
    const other = await desk.during(desk.ask(), 2 * MINUTE);
    expect(desk.kis.accepts(other.accessToken)).toBe(true);
  });
});

import { Logger } from '@nestjs/common';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';
import type { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

/** A fixture whose token is this old, and is refused from now on. */
async function refusedFixture(ageMs = 2 * HOUR): Promise<{ fixture: TokenServiceFixture; old: KisToken }> {
  const fixture = await TokenServiceFixture.open();
  await fixture.clock.advance(ageMs);
  const old = fixture.now;
  fixture.kis.revoked.add(old.accessToken);
  fixture.kis.forgetToken();
  return { fixture, old };
}

describe('A refused token', () => {
  it('is replaced once for 1,000 concurrent refusals', async () => {
    const { fixture, old } = await refusedFixture();
    const replaced = await fixture.during(
      Promise.all(Array.from({ length: 1000 }, () => fixture.replace(old))),
    );
    expect(fixture.kis.asked).toBe(2);
    expect(new Set(replaced.map((token) => token.accessToken))).toEqual(new Set([fixture.issued(1)]));
    expect(fixture.heard('rejected')).toHaveLength(1);
  });

  it('is replaced once for 1,000 calls that arrive over minutes', async () => {
    const { fixture, old } = await refusedFixture();
    for (let second = 0; second < 200; second += 1) {
      for (let call = 0; call < 5; call += 1)
        await fixture.during(fixture.replace(old), call === 0 ? SECOND : 0);
    }
    expect(fixture.kis.asked).toBe(2);
  });

  it('is replaced from memory when there is another by now', async () => {
    const { fixture, old } = await refusedFixture();
    const other = await fixture.during(fixture.replace(old));
    const reads = fixture.store.operations.length;
    expect(await fixture.replace(old)).toBe(other);
    expect(fixture.store.operations).toHaveLength(reads);
  });

  it('is replaced from the store when another process has stored a newer one', async () => {
    const { fixture, old } = await refusedFixture();
    const other = fixture.another();
    await fixture.during(Promise.resolve(other.refreshDue()), 0);
    const theirs = await fixture.during(fixture.replace(old, other));
    const ours = await fixture.during(fixture.replace(old));
    expect(ours.accessToken).toBe(theirs.accessToken);
    expect(fixture.kis.asked).toBe(2);
  });

  it('is replaced by one process while the others wait for what that brings', async () => {
    const { fixture, old } = await refusedFixture();
    const others = [fixture.another(), fixture.another()];
    for (const each of others) await fixture.during(each.refreshDue(), 0);
    fixture.kis.latencyMs = 5 * SECOND;
    const first = fixture.replace(old);
    await fixture.clock.advance(SECOND);
    const replaced = await fixture.during(
      Promise.all([first, ...others.map((each) => fixture.replace(old, each))]),
      6 * SECOND,
    );
    expect(new Set(replaced.map((token) => token.accessToken))).toEqual(new Set([fixture.issued(1)]));
    expect(fixture.kis.asked).toBe(2);
  });

  it('is replaced by another process when the one that had claimed the replacement was killed', async () => {
    const { fixture, old } = await refusedFixture();
    await fixture.foreignClaim({ at: fixture.clock.now(), replaces: true });
    await expect(fixture.during(fixture.replace(old))).rejects.toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
    });
    await fixture.clock.advance(MINUTE);
    expect((await fixture.during(fixture.ask())).accessToken).toBe(fixture.issued(1));
  });

  it('is not used again after a restart', async () => {
    const { fixture, old } = await refusedFixture();
    fixture.kis.fault = () => {
      throw new Error('KIS is down');
    };
    await fixture.timed(fixture.replace(old));
    fixture.restart();
    fixture.kis.fault = null;
    await fixture.clock.advance(2 * MINUTE);
    expect((await fixture.during(fixture.ask())).accessToken).not.toBe(old.accessToken);
    expect(await fixture.during(fixture.tokens.loadToken(), 0)).not.toBeNull();
  });

  it('that stays in the store does not appear in the status', async () => {
    const { fixture, old } = await refusedFixture();
    fixture.kis.fault = () => {
      throw new Error('KIS is down');
    };
    await fixture.timed(fixture.replace(old));
    const { status, source } = await fixture.during(fixture.tokens.getTokenInfo(), 0);
    expect([status, source]).toEqual(['absent', null]);
    expect(await fixture.during(fixture.tokens.loadToken(), 0)).toBeNull();
  });

  it.each([0, 1, 59])(
    'is not replaced at the age of %i s: then it is not the token that is wrong',
    async (age) => {
      const { fixture, old } = await refusedFixture(age * SECOND - SECOND);
      await expect(fixture.during(fixture.replace(old))).rejects.toThrow(/A token so young is not expired/);
      expect(fixture.kis.asked).toBe(1);
      expect(fixture.now).toBe(old);
    },
  );

  it('is replaced at any age by an earlier one that was stored since', async () => {
    const fixture = new TokenServiceFixture();
    const earlier = await fixture.foreignIssue();
    await fixture.clock.advance(2 * MINUTE);
    fixture.kis.forgetToken();
    fixture.store.fault = 'rejects';
    const own = await fixture.during(fixture.ask(), SECOND);
    fixture.store.fault = 'none';
    await fixture.store.inner.save(fixture.credential, earlier);
    fixture.kis.revoked.add(own.accessToken);
    const other = await fixture.during(fixture.replace(own), SECOND);
    expect(other.accessToken).toBe(earlier.accessToken);
    expect(fixture.now).toBe(other);
    expect(fixture.kis.asked).toBe(2);
  });

  it('is replaced although the clock went back behind its issue', async () => {
    const { fixture, old } = await refusedFixture();
    fixture.clock.step(-9 * HOUR);
    const other = await fixture.during(fixture.replace(old));
    expect(fixture.kis.accepts(other.accessToken)).toBe(true);
  });

  it('that KIS returns again is not sent again: the error says so, and the pause is ten minutes', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(2 * HOUR);
    const old = fixture.now;
    fixture.kis.revoked.add(old.accessToken);
    await expect(fixture.during(fixture.replace(old))).rejects.toThrow(/the same token that it refuses/);
    await fixture.clock.advance(5 * MINUTE);
    fixture.restart();
    await expect(fixture.during(fixture.ask())).rejects.toMatchObject({
      code: 'KIS_TOKEN_REJECTED',
      retryAt: expect.any(Date),
    });
    expect(fixture.kis.asked).toBe(2);
    expect(fixture.heard('noProgress')).toHaveLength(1);
  });

  it('is not taken back by a renewal that was under way and brings it again', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.kis.sameTokenMs = Infinity;
    await fixture.clock.advance(22.5 * HOUR);
    fixture.kis.latencyMs = 5 * SECOND;
    const old = fixture.now;
    await fixture.clock.advance(SECOND);
    fixture.kis.revoked.add(old.accessToken);
    await expect(fixture.during(fixture.replace(old))).rejects.toThrow(/the same token that it refuses/);
    await expect(fixture.during(fixture.ask())).rejects.toMatchObject({ retryAt: expect.any(Date) });
    expect(fixture.heard('noProgress')).toHaveLength(1);
    expect(fixture.tokens.readiness().ready).toBe(false);
  });

  it('is not taken back by a renewal that is about to end when it is refused', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.kis.sameTokenMs = Infinity;
    await fixture.clock.advance(22.5 * HOUR);
    const old = fixture.now;
    await fixture.clock.advance(50);
    fixture.store.fault = 'hangs';
    await fixture.clock.advance(100);
    fixture.kis.revoked.add(old.accessToken);
    const refused = fixture.replace(old);
    fixture.store.fault = 'none';
    const { token } = await fixture.timed(refused);
    expect(token?.accessToken).not.toBe(old.accessToken);
    const later = await fixture.timed(fixture.ask());
    expect(later.token?.accessToken).not.toBe(old.accessToken);
  });

  it('does not answer for another token that is refused at the same time', async () => {
    const { fixture, old } = await refusedFixture();
    const newer = await fixture.during(fixture.replace(old));
    await fixture.clock.advance(20 * MINUTE);
    fixture.kis.revoked.add(newer.accessToken);
    fixture.kis.forgetToken();
    const [one, other, two] = await fixture.during(
      Promise.all([fixture.replace(newer), fixture.replace(old), fixture.replace(newer)]),
    );
    expect(fixture.kis.asked).toBe(3);
    expect([one.accessToken, two.accessToken]).toEqual([fixture.issued(2), one.accessToken]);
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
    'gets at most six requests for tokens: token %d minutes old, store %s, same token for %i hours',
    async (age, fault, same) => {
      const fixture = await TokenServiceFixture.open();
      fixture.kis.sameTokenMs = same * HOUR;
      await fixture.clock.advance(age * MINUTE);
      fixture.store.fault = fault;
      fixture.kis.refusesAll = true;
      const before = fixture.kis.asked;
      for (let second = 0; second < 3600; second += 10) {
        if (second % 30 === 0) void fixture.tokens.refreshDue();
        void fixture.call().catch(() => undefined);
        await fixture.clock.advance(10 * SECOND);
      }
      expect(fixture.kis.asked - before).toBeLessThanOrEqual(6);
    },
  );

  it('gets no more requests from two processes, or after restarts', async () => {
    const { fixture } = await refusedFixture();
    fixture.kis.sameTokenMs = 0;
    fixture.kis.refusesAll = true;
    const before = fixture.kis.asked;
    for (let second = 0; second < 3600; second += 10) {
      if (second % 300 === 0) fixture.restart();
      void fixture.call().catch(() => undefined);
      await fixture.clock.advance(10 * SECOND);
    }
    expect(fixture.kis.asked - before).toBeLessThanOrEqual(6);
  });

  it('does not count a released claim as a replacement', async () => {
    const { fixture, old } = await refusedFixture();
    fixture.store.fault = 'hangs';
    const refused = fixture.replace(old).catch(() => undefined);
    await fixture.clock.advance(15 * SECOND);
    fixture.store.fault = 'none';
    await fixture.during(refused);
    const other = await fixture.during(fixture.ask(), 2 * MINUTE);
    expect(fixture.kis.accepts(other.accessToken)).toBe(true);
  });
});

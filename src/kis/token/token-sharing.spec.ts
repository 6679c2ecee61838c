import { Logger } from '@nestjs/common';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';
import { KisToken } from './kis-token';
import type { KisTokenService } from './kis-token.service';

beforeAll(() => {
  Logger.overrideLogger(false);
});

function ask(service: KisTokenService): Promise<KisToken> {
  return Promise.resolve(service.getToken());
}

describe('Processes over one store', () => {
  it('cause one issue, and all are served', async () => {
    const fixture = new TokenServiceFixture();
    const processes = Array.from({ length: 8 }, () => fixture.another());
    const callers = processes.flatMap((each) => Array.from({ length: 100 }, () => ask(each)));
    const served = await fixture.during(Promise.all(callers), 2 * SECOND);
    expect(new Set(served.map((token) => token.accessToken))).toEqual(new Set([fixture.issued(0)]));
    expect(fixture.kis.asked).toBe(1);
  });

  it('wait for the winner no longer than its answer takes', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.latencyMs = 8 * SECOND;
    void fixture.ask();
    await fixture.clock.advance(SECOND);
    const { token, tookMs } = await fixture.timed(ask(fixture.another()));
    expect(token?.accessToken).toBe(fixture.issued(0));
    expect(tookMs).toBeLessThanOrEqual(7 * SECOND + 200);
  });

  it('are served by a winner whose token arrives between their read and their claim', async () => {
    const fixture = new TokenServiceFixture();
    const theirs = await fixture.foreignIssue();
    fixture.store.fault = 'slow';
    const served = fixture.ask();
    served.catch(() => undefined);
    await fixture.clock.advance(150);
    const { inner } = fixture.store;
    const { claim } = await fixture.foreignClaim();
    await inner.save(fixture.credential, theirs);
    await inner.settle(fixture.credential, claim, { cooldownMs: MINUTE, failure: null });
    expect((await fixture.during(served, SECOND)).fingerprint).toBe(theirs.fingerprint);
  });

  it('get the error of the winner as soon as it has failed', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.latencyMs = 8 * SECOND;
    fixture.kis.fault = () => {
      throw new Error('KIS is down');
    };
    void fixture.ask().catch(() => undefined);
    await fixture.clock.advance(SECOND);
    const { error, tookMs } = await fixture.timed(ask(fixture.another()));
    expect(error).toMatchObject({
      code: 'KIS_UNAVAILABLE',
      message: expect.stringMatching(/KIS is down/),
    });
    expect(tookMs).toBeLessThanOrEqual(7 * SECOND + 200);
    expect(fixture.kis.asked).toBe(1);
  });

  it('continue at once when the winner releases its claim', async () => {
    const fixture = new TokenServiceFixture();
    const theirs = await fixture.foreignClaim();
    const asking = fixture.ask();
    await fixture.clock.advance(SECOND);
    const waiting = fixture.timed(asking, 2 * SECOND);
    await fixture.store.settle(fixture.credential, theirs.claim, {
      cooldownMs: 0,
      failure: null,
      unused: true,
    });
    const { token, tookMs } = await waiting;
    expect(token).toBeInstanceOf(KisToken);
    expect(tookMs).toBeLessThanOrEqual(SECOND);
  });

  it('keep their claim for a request that may be lost with them, and for the interval after it', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.latencyMs = HOUR;
    void fixture.ask().catch(() => undefined);
    await fixture.clock.advance(SECOND);
    const { claim, remainingMs } = await fixture.store.inner.read(fixture.credential);
    expect([claim.open, remainingMs]).toEqual([true, 20 * SECOND + 61 * SECOND - SECOND]);
  });

  it('release their claim when they were suspended during it, because a request would be sent too late', async () => {
    const fixture = new TokenServiceFixture();
    fixture.store.fault = 'slow';
    const asking = fixture.ask();
    await fixture.clock.advance(150);
    fixture.clock.standStill(15 * SECOND);
    const { error } = await fixture.timed(asking, SECOND);
    expect(error).toMatchObject({
      message: expect.stringMatching(/suspended or blocked/),
      retryAt: expect.any(Date),
    });
    expect(fixture.kis.asked).toBe(0);
    await fixture.clock.advance(SECOND);
    await expect(fixture.during(fixture.ask(), SECOND)).resolves.toBeInstanceOf(KisToken);
  });

  it('take over from one that was killed during its request when its claim ends, and not before', async () => {
    const fixture = new TokenServiceFixture();
    await fixture.foreignClaim();
    const began = fixture.clock.trueTime;
    await fixture.run(2 * MINUTE);
    expect(fixture.kis.asked).toBe(1);
    const tookMs = (fixture.kis.issues[0]?.at ?? 0) - began;
    expect(tookMs).toBeGreaterThanOrEqual(81 * SECOND);
    expect(tookMs).toBeLessThanOrEqual(81 * SECOND + SECOND);
    expect(fixture.now).toBeInstanceOf(KisToken);
  });

  it('renew once together, and serve the old token no longer than a sweep after', async () => {
    const fixture = await TokenServiceFixture.open();
    const processes = [fixture.tokens, ...Array.from({ length: 7 }, () => fixture.another())];
    await fixture.run(MINUTE, processes);
    await fixture.clock.advance(22.5 * HOUR);
    await fixture.run(30 * SECOND, processes);
    expect(fixture.kis.asked).toBe(2);
    await fixture.run(30 * SECOND, processes);
    const renewed = fixture.issued(1);
    expect(processes.map((each) => (each.getToken() as KisToken).accessToken)).toEqual(
      processes.map(() => renewed),
    );
  });

  it('use a newer token that another program has stored within a sweep', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.run(30 * SECOND);
    await fixture.clock.advance(7 * HOUR);
    const foreign = await fixture.foreignIssue();
    await fixture.store.inner.save(fixture.credential, foreign);
    const results = await fixture.during(fixture.tokens.refreshDue(), SECOND);
    expect(results).toEqual([{ alias: 'main', outcome: 'adopted' }]);
    expect(fixture.now.accessToken).toBe(foreign.accessToken);
    expect(fixture.kis.asked).toBe(2);
  });

  it('read the store once more for any number of announcements during one read', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.during(fixture.tokens.onApplicationBootstrap(), 0);
    await fixture.clock.advance(7 * HOUR);
    fixture.store.fault = 'slow';
    const reads = (): number => fixture.store.operations.filter((name) => name === 'read').length;
    const before = reads();
    for (let count = 0; count < 1000; count += 1)
      fixture.store.announce(count % 2 ? null : fixture.credential.id);
    const foreign = await fixture.foreignIssue();
    await fixture.store.inner.save(fixture.credential, foreign);
    await fixture.clock.advance(SECOND);
    expect(reads() - before).toBe(2);
    expect(fixture.now.accessToken).toBe(foreign.accessToken);
    fixture.store.announce('of another key');
    await fixture.clock.advance(SECOND);
    expect(reads() - before).toBe(2);
    fixture.store.announce(null);
    await fixture.clock.advance(SECOND);
    expect(reads() - before).toBe(3);
  });

  it('do not fall back to an older token that another program has stored and that is to be renewed', async () => {
    const fixture = await TokenServiceFixture.open();
    const old = fixture.now;
    await fixture.clock.advance(22.5 * HOUR);
    await fixture.run(MINUTE);
    const renewed = fixture.now;
    expect(renewed.accessToken).not.toBe(old.accessToken);
    fixture.store.inner.overwrite(fixture.credential, old.with({ generation: 0 }));
    await fixture.run(MINUTE);
    expect(fixture.now.accessToken).toBe(renewed.accessToken);
    expect(fixture.kis.asked).toBe(2);
  });

  it('store the one of two tokens of one attempt that ends later', async () => {
    const fixture = await TokenServiceFixture.open();
    const { now } = fixture;
    const earlier = now.with({ accessToken: 'earlier', expiresAt: now.expiresAt - SECOND });
    fixture.store.inner.overwrite(fixture.credential, earlier);
    const other = fixture.another();
    await fixture.run(MINUTE, [fixture.tokens, other]);
    expect((await fixture.store.read(fixture.credential)).token?.fingerprint).toBe(now.fingerprint);
    for (const each of [fixture.tokens, other]) expect((await ask(each)).fingerprint).toBe(now.fingerprint);
  });

  it('stop using a token that was refused to another process', async () => {
    const fixture = await TokenServiceFixture.open();
    const other = fixture.another();
    await fixture.clock.advance(7 * HOUR);
    await fixture.during(Promise.resolve(other.refreshDue()), 0);
    const token = fixture.now;
    fixture.kis.revoked.add(token.accessToken);
    const replaced = await fixture.during(fixture.replace(token, other), SECOND);
    await fixture.run(30 * SECOND);
    expect(fixture.now.accessToken).toBe(replaced.accessToken);
    expect(fixture.kis.asked).toBe(2);
  });
});

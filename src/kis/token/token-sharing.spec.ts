import { Logger } from '@nestjs/common';
import { HOUR, MINUTE, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';
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
    const desk = new TokenDesk();
    const processes = Array.from({ length: 8 }, () => desk.another());
    const callers = processes.flatMap((each) => Array.from({ length: 100 }, () => ask(each)));
    const served = await desk.during(Promise.all(callers), 2 * SECOND);
    expect(new Set(served.map((token) => token.accessToken))).toEqual(new Set([desk.issued(0)]));
    expect(desk.kis.asked).toBe(1);
  });

  it('wait for the winner no longer than its answer takes', async () => {
    const desk = new TokenDesk();
    desk.kis.latencyMs = 8 * SECOND;
    void desk.ask();
    await desk.clock.advance(SECOND);
    const { token, tookMs } = await desk.timed(ask(desk.another()));
    expect(token?.accessToken).toBe(desk.issued(0));
    expect(tookMs).toBeLessThanOrEqual(7 * SECOND + 200);
  });

  it('are served by a winner whose token arrives between their look and their claim', async () => {
    const desk = new TokenDesk();
    const theirs = await desk.foreignIssue();
    desk.store.fault = 'slow';
    const served = desk.ask();
    served.catch(() => undefined);
    await desk.clock.advance(150);
    const { inner } = desk.store;
    const { claim } = await desk.foreignClaim();
    await inner.save(desk.credential, theirs);
    await inner.settle(desk.credential, claim, { cooldownMs: MINUTE, failure: null });
    expect((await desk.during(served, SECOND)).fingerprint).toBe(theirs.fingerprint);
  });

  it('learn that the winner failed as soon as it has', async () => {
    const desk = new TokenDesk();
    desk.kis.latencyMs = 8 * SECOND;
    desk.kis.fault = () => {
      throw new Error('KIS is down');
    };
    void desk.ask().catch(() => undefined);
    await desk.clock.advance(SECOND);
    const { error, tookMs } = await desk.timed(ask(desk.another()));
    expect(error).toMatchObject({
      code: 'KIS_UNAVAILABLE',
      message: expect.stringMatching(/KIS is down/),
    });
    expect(tookMs).toBeLessThanOrEqual(7 * SECOND + 200);
    expect(desk.kis.asked).toBe(1);
  });

  it('go on at once when the winner gives its turn back', async () => {
    const desk = new TokenDesk();
    const theirs = await desk.foreignClaim();
    const asking = desk.ask();
    await desk.clock.advance(SECOND);
    const waiting = desk.timed(asking, 2 * SECOND);
    await desk.store.settle(desk.credential, theirs.claim, { cooldownMs: 0, failure: null, unused: true });
    const { token, tookMs } = await waiting;
    expect(token).toBeInstanceOf(KisToken);
    expect(tookMs).toBeLessThanOrEqual(SECOND);
  });

  it('keep their turn for a request that may be lost with them, and for the interval after it', async () => {
    const desk = new TokenDesk();
    desk.kis.latencyMs = HOUR;
    void desk.ask().catch(() => undefined);
    await desk.clock.advance(SECOND);
    const { claim, remainingMs } = await desk.store.inner.read(desk.credential);
    expect([claim.open, remainingMs]).toEqual([true, 20 * SECOND + 61 * SECOND - SECOND]);
  });

  it('give their turn back when they stood still in it, for a request would be sent too late', async () => {
    const desk = new TokenDesk();
    desk.store.fault = 'slow';
    const asking = desk.ask();
    await desk.clock.advance(150);
    desk.clock.standStill(15 * SECOND);
    const { error } = await desk.timed(asking, SECOND);
    expect(error).toMatchObject({
      message: expect.stringMatching(/suspended or blocked/),
      retryAt: expect.any(Date),
    });
    expect(desk.kis.asked).toBe(0);
    await desk.clock.advance(SECOND);
    await expect(desk.during(desk.ask(), SECOND)).resolves.toBeInstanceOf(KisToken);
  });

  it('take over from one that was killed while it asked: when its claim ends, not before', async () => {
    const desk = new TokenDesk();
    await desk.foreignClaim();
    const began = desk.clock.trueTime;
    await desk.run(2 * MINUTE);
    expect(desk.kis.asked).toBe(1);
    const tookMs = (desk.kis.issues[0]?.at ?? 0) - began;
    expect(tookMs).toBeGreaterThanOrEqual(81 * SECOND);
    expect(tookMs).toBeLessThanOrEqual(81 * SECOND + SECOND);
    expect(desk.now).toBeInstanceOf(KisToken);
  });

  it('renew once together, and serve the old token no longer than a sweep after', async () => {
    const desk = await TokenDesk.open();
    const processes = [desk.tokens, ...Array.from({ length: 7 }, () => desk.another())];
    await desk.run(MINUTE, processes);
    await desk.clock.advance(22.5 * HOUR);
    await desk.run(30 * SECOND, processes);
    expect(desk.kis.asked).toBe(2);
    await desk.run(30 * SECOND, processes);
    const renewed = desk.issued(1);
    expect(processes.map((each) => (each.getToken() as KisToken).accessToken)).toEqual(
      processes.map(() => renewed),
    );
  });

  it('use a newer token that another program has stored within a sweep', async () => {
    const desk = await TokenDesk.open();
    await desk.run(30 * SECOND);
    await desk.clock.advance(7 * HOUR);
    const foreign = await desk.foreignIssue();
    await desk.store.inner.save(desk.credential, foreign);
    const results = await desk.during(desk.tokens.refreshDue(), SECOND);
    expect(results).toEqual([{ alias: 'main', outcome: 'adopted' }]);
    expect(desk.now.accessToken).toBe(foreign.accessToken);
    expect(desk.kis.asked).toBe(2);
  });

  it('look into the store once more for however many announcements come during one look', async () => {
    const desk = await TokenDesk.open();
    await desk.during(desk.tokens.onApplicationBootstrap(), 0);
    await desk.clock.advance(7 * HOUR);
    desk.store.fault = 'slow';
    const reads = (): number => desk.store.operations.filter((name) => name === 'read').length;
    const before = reads();
    for (let count = 0; count < 1000; count += 1) desk.store.announce(count % 2 ? null : desk.credential.id);
    const foreign = await desk.foreignIssue();
    await desk.store.inner.save(desk.credential, foreign);
    await desk.clock.advance(SECOND);
    expect(reads() - before).toBe(2);
    expect(desk.now.accessToken).toBe(foreign.accessToken);
    desk.store.announce('of another key');
    await desk.clock.advance(SECOND);
    expect(reads() - before).toBe(2);
    desk.store.announce(null);
    await desk.clock.advance(SECOND);
    expect(reads() - before).toBe(3);
  });

  it('do not fall back to an older token that another program has stored and that is to be renewed', async () => {
    const desk = await TokenDesk.open();
    const old = desk.now;
    await desk.clock.advance(22.5 * HOUR);
    await desk.run(MINUTE);
    const renewed = desk.now;
    expect(renewed.accessToken).not.toBe(old.accessToken);
    desk.store.inner.overwrite(desk.credential, old.with({ generation: 0 }));
    await desk.run(MINUTE);
    expect(desk.now.accessToken).toBe(renewed.accessToken);
    expect(desk.kis.asked).toBe(2);
  });

  it('stop to use a token that another process saw refused', async () => {
    const desk = await TokenDesk.open();
    const other = desk.another();
    await desk.clock.advance(7 * HOUR);
    await desk.during(Promise.resolve(other.refreshDue()), 0);
    const token = desk.now;
    desk.kis.revoked.add(token.accessToken);
    const replaced = await desk.during(desk.replace(token, other), SECOND);
    await desk.run(30 * SECOND);
    expect(desk.now.accessToken).toBe(replaced.accessToken);
    expect(desk.kis.asked).toBe(2);
  });
});

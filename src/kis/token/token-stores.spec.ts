import { Logger } from '@nestjs/common';
import { HOUR, MINUTE, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';
import { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

const BROKEN = ['rejects', 'hangs', 'full'] as const;

async function stored(desk: TokenDesk): Promise<KisToken | null> {
  return (await desk.store.inner.read(desk.credential)).token;
}

describe.each(BROKEN)('A store that breaks (%s)', (fault) => {
  it('costs a valid token nothing: it is served in the same tick, and not issued again', async () => {
    const desk = await TokenDesk.open();
    const token = desk.now;
    desk.store.fault = fault;
    for (let half = 0; half < 40; half += 1) {
      await desk.run(MINUTE);
      await desk.clock.advance(29 * MINUTE);
      expect(desk.now).toBe(token);
    }
    expect(desk.kis.asked).toBe(1);
  });

  it('keeps nobody waiting beyond the bounds', async () => {
    const desk = new TokenDesk();
    desk.store.fault = fault;
    expect((await desk.timed(desk.ask())).tookMs).toBeLessThanOrEqual(22 * SECOND);
    const opened = await TokenDesk.open();
    await opened.clock.advance(24 * HOUR - 4 * MINUTE);
    opened.store.fault = fault;
    expect((await opened.timed(opened.ask())).tookMs).toBeLessThanOrEqual(2 * SECOND);
    await opened.clock.advance(5 * MINUTE);
    expect((await opened.timed(opened.ask())).tookMs).toBeLessThanOrEqual(22 * SECOND);
  });

  it('keeps nobody waiting beyond the bounds whose token ends in the meantime', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(24 * HOUR - 12 * SECOND);
    desk.kis.latencyMs = HOUR;
    desk.store.fault = fault;
    expect((await desk.timed(desk.ask())).tookMs).toBeLessThanOrEqual(22 * SECOND);
  });

  it('keeps nobody waiting beyond the bounds whose token was refused', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(2 * HOUR);
    const old = desk.now;
    desk.kis.latencyMs = HOUR;
    desk.store.fault = fault;
    expect((await desk.timed(desk.replace(old))).tookMs).toBeLessThanOrEqual(22 * SECOND);
  });

  it('does not keep a service from starting', async () => {
    const desk = new TokenDesk();
    desk.store.fault = fault;
    let started = false;
    void desk.tokens.onApplicationBootstrap().then(() => (started = true));
    await desk.clock.advance(10 * SECOND);
    expect(started).toBe(true);
  });
});

describe('A token that could not be saved', () => {
  it.each(['rejects', 'full'] as const)(
    'is there all the same for who has none, and is not issued again (%s)',
    async (fault) => {
      const desk = new TokenDesk();
      desk.store.fault = fault;
      const { token, tookMs } = await desk.timed(desk.ask());
      expect(token?.accessToken).toBe(desk.issued(0));
      expect(tookMs).toBeLessThanOrEqual(2 * SECOND);
      await desk.run(HOUR);
      expect(desk.now).toBe(token);
      expect(desk.kis.asked).toBe(1);
    },
  );

  it('because its place hangs is asked for without it, when it is clear that it hangs', async () => {
    const desk = new TokenDesk();
    desk.store.fault = 'hangs';
    const { error } = await desk.timed(desk.ask());
    expect(error).toMatchObject({ code: 'TOKEN_STORE_FAILED', retryAt: expect.any(Date) });
    expect(desk.kis.asked).toBe(0);
    await desk.run(30 * SECOND);
    const token = desk.now;
    expect(token.accessToken).toBe(desk.issued(0));
    await desk.run(HOUR);
    expect(desk.now).toBe(token);
    expect(desk.kis.asked).toBe(1);
  });

  it.each(BROKEN)(
    'is served from memory, reported once, and saved when the store is back (%s)',
    async (fault) => {
      const desk = await TokenDesk.open();
      await desk.clock.advance(24 * HOUR - 4 * MINUTE);
      desk.store.fault = fault;
      await desk.during(desk.ask(), 5 * SECOND);
      await desk.run(30 * MINUTE);
      expect(desk.now.accessToken).toBe(desk.issued(1));
      expect(desk.tokens.readiness().tokens[0]).toMatchObject({ ready: true, degraded: expect.any(String) });
      expect(desk.heard('degraded').map(({ event }) => event)).toMatchObject([{ degraded: true }]);
      desk.store.fault = 'none';
      await desk.run(MINUTE);
      expect((await stored(desk))?.accessToken).toBe(desk.issued(1));
      expect(desk.tokens.readiness().tokens[0]).toMatchObject({ ready: true, degraded: null });
      expect(desk.heard('degraded').map(({ event }) => event)).toMatchObject([
        { degraded: true },
        { degraded: false },
      ]);
      expect(desk.kis.asked).toBe(2);
    },
  );

  it('tells each time that it could not be saved', async () => {
    const desk = new TokenDesk();
    desk.store.fault = 'full';
    await desk.during(desk.ask());
    expect(desk.heard('saveFailed')).toHaveLength(1);
    expect(desk.heard('saved')).toHaveLength(0);
  });
});

describe('A slow store', () => {
  it('has a new token when that is handed out', async () => {
    const desk = new TokenDesk();
    desk.store.fault = 'slow';
    const meanwhile = desk.ask().then(async (token) => ({ token, kept: await stored(desk) }));
    const { token, kept } = await desk.during(meanwhile, SECOND);
    expect(kept).toBe(token);
  });

  it('keeps nobody waiting for a new token longer than a second', async () => {
    const desk = new TokenDesk();
    const save = desk.store.save.bind(desk.store);
    desk.store.save = async (...args) => {
      await desk.clock.sleep(3 * SECOND);
      return save(...args);
    };
    const meanwhile = desk.ask().then(async (token) => ({ token, kept: await stored(desk) }));
    const { token, kept } = await desk.during(meanwhile, 2 * SECOND);
    expect(kept).toBeNull();
    await desk.clock.advance(3 * SECOND);
    expect(await stored(desk)).toBe(token);
  });

  it('does not bring back a token that was deleted while it was being saved', async () => {
    const desk = new TokenDesk();
    const save = desk.store.save.bind(desk.store);
    desk.store.save = async (...args) => {
      await desk.clock.sleep(SECOND);
      return save(...args);
    };
    const deleted = desk.ask().then(() => desk.tokens.deleteToken());
    await desk.during(deleted, 2 * SECOND);
    expect(await stored(desk)).toBeNull();
    expect(desk.tokens.readiness().ready).toBe(false);
  });

  it('has a new token, though, when somebody has asked for it to be renewed', async () => {
    const desk = new TokenDesk();
    desk.store.fault = 'slow';
    const renewed = desk.tokens.refreshDue().then(() => stored(desk));
    expect(await desk.during(renewed, SECOND)).toBe(desk.now);
  });
});

describe('A store that fails for a moment', () => {
  it('is reported as over with the next sweep, although no new token is there to be saved', async () => {
    const desk = await TokenDesk.open();
    desk.store.fault = 'rejects';
    await desk.run(30 * SECOND);
    expect(desk.tokens.readiness().tokens[0]?.degraded).toMatch(/EIO/);
    desk.store.fault = 'none';
    await desk.run(30 * SECOND);
    expect(desk.tokens.readiness().tokens[0]?.degraded).toBeNull();
  });

  it('is not asked again and again while it hangs', async () => {
    const desk = await TokenDesk.open();
    desk.store.fault = 'hangs';
    const before = desk.store.operations.length;
    await desk.run(HOUR);
    expect(desk.store.operations.slice(before)).toEqual(['probe', 'read']);
  });

  it('while a renewal is due is waited for: KIS is asked without it only when the token is about to end', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(22 * HOUR);
    desk.store.fault = 'rejects';
    await desk.run(110 * MINUTE);
    expect(desk.now.accessToken).toBe(desk.issued(0));
    expect(desk.kis.asked).toBe(1);
    await desk.run(10 * MINUTE);
    expect(desk.kis.asked).toBe(2);
    expect(desk.kis.accepts(desk.now.accessToken)).toBe(true);
  });

  it('is not asked by every caller while a renewal is due', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(22.5 * HOUR);
    desk.store.fault = 'rejects';
    const before = desk.store.operations.length;
    for (let second = 0; second < 60; second += 1) {
      for (let caller = 0; caller < 100; caller += 1) expect(desk.now).toBeInstanceOf(KisToken);
      await desk.clock.advance(SECOND);
    }
    expect(desk.store.operations.length - before).toBeLessThanOrEqual(3 * 13);
  });

  it('that loses its claims lets this process keep the interval all the same', async () => {
    const desk = new TokenDesk();
    desk.store.fault = 'rejects';
    await desk.during(desk.ask(), SECOND);
    await expect(desk.during(desk.tokens.refresh(), SECOND)).rejects.toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
    });
    await expect(desk.during(desk.tokens.deleteToken(), 0)).rejects.toMatchObject({
      code: 'TOKEN_STORE_FAILED',
    });
    expect(desk.now).toBeInstanceOf(KisToken);
    desk.store.fault = 'none';
    await desk.during(desk.tokens.deleteToken(), 0);
    await expect(desk.during(desk.ask(), SECOND)).rejects.toMatchObject({ code: 'TOKEN_ISSUE_COOLDOWN' });
    await desk.clock.advance(MINUTE);
    await desk.during(desk.ask(), SECOND);
    expect(desk.kis.asked).toBe(2);
  });

  it('at the end of an issue does not settle the claim of the next', async () => {
    const desk = new TokenDesk();
    desk.kis.sameTokenMs = 0;
    void desk.ask();
    await desk.clock.advance(50);
    desk.store.fault = 'hangs';
    await desk.clock.advance(3 * SECOND);
    desk.store.fault = 'none';
    await desk.clock.advance(2 * MINUTE);
    const claim = (await desk.store.inner.read(desk.credential)).claim;
    expect(claim).toMatchObject({ open: false, failures: 0 });
    await desk.during(desk.tokens.refresh(), SECOND);
    const [first, second] = desk.kis.issues;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(MINUTE);
  });
});

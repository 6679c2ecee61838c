import { Logger } from '@nestjs/common';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';
import type { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

const BROKEN = ['rejects', 'hangs', 'full'] as const;

async function stored(fixture: TokenServiceFixture): Promise<KisToken | null> {
  return (await fixture.store.inner.read(fixture.credential)).token;
}

describe.each(BROKEN)('A store that breaks (%s)', (fault) => {
  it('costs a valid token nothing: it is served in the same tick, and not issued again', async () => {
    const fixture = await TokenServiceFixture.open();
    const token = fixture.now;
    fixture.store.fault = fault;
    for (let half = 0; half < 40; half += 1) {
      await fixture.run(MINUTE);
      await fixture.clock.advance(29 * MINUTE);
      expect(fixture.now).toBe(token);
    }
    expect(fixture.kis.asked).toBe(1);
  });

  it('makes no caller wait beyond the limits', async () => {
    const fixture = new TokenServiceFixture();
    fixture.store.fault = fault;
    expect((await fixture.timed(fixture.ask())).tookMs).toBeLessThanOrEqual(22 * SECOND);
    const opened = await TokenServiceFixture.open();
    await opened.clock.advance(24 * HOUR - 4 * MINUTE);
    opened.store.fault = fault;
    expect((await opened.timed(opened.ask())).tookMs).toBeLessThanOrEqual(2 * SECOND);
    await opened.clock.advance(5 * MINUTE);
    expect((await opened.timed(opened.ask())).tookMs).toBeLessThanOrEqual(22 * SECOND);
  });

  it('makes no caller wait beyond the limits whose token ends in the meantime', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(24 * HOUR - 12 * SECOND);
    fixture.kis.latencyMs = HOUR;
    fixture.store.fault = fault;
    expect((await fixture.timed(fixture.ask())).tookMs).toBeLessThanOrEqual(22 * SECOND);
  });

  it('makes no caller wait beyond the limits whose token was refused', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(2 * HOUR);
    const old = fixture.now;
    fixture.kis.latencyMs = HOUR;
    fixture.store.fault = fault;
    expect((await fixture.timed(fixture.replace(old))).tookMs).toBeLessThanOrEqual(22 * SECOND);
  });

  it('does not prevent a service from starting', async () => {
    const fixture = new TokenServiceFixture();
    fixture.store.fault = fault;
    let started = false;
    void fixture.tokens.onApplicationBootstrap().then(() => (started = true));
    await fixture.clock.advance(10 * SECOND);
    expect(started).toBe(true);
  });
});

describe('A token that could not be saved', () => {
  it.each(['rejects', 'full'] as const)(
    'still serves a process that has none, and is not requested again (%s)',
    async (fault) => {
      const fixture = new TokenServiceFixture();
      fixture.store.fault = fault;
      const { token, tookMs } = await fixture.timed(fixture.ask());
      expect(token?.accessToken).toBe(fixture.issued(0));
      expect(tookMs).toBeLessThanOrEqual(2 * SECOND);
      await fixture.run(HOUR);
      expect(fixture.now).toBe(token);
      expect(fixture.kis.asked).toBe(1);
    },
  );

  it('because the store hangs is requested without it once that is certain', async () => {
    const fixture = new TokenServiceFixture();
    fixture.store.fault = 'hangs';
    const { error } = await fixture.timed(fixture.ask());
    expect(error).toMatchObject({ code: 'TOKEN_STORE_FAILED', retryAt: expect.any(Date) });
    expect(fixture.kis.asked).toBe(0);
    await fixture.run(30 * SECOND);
    const token = fixture.now;
    expect(token.accessToken).toBe(fixture.issued(0));
    await fixture.run(HOUR);
    expect(fixture.now).toBe(token);
    expect(fixture.kis.asked).toBe(1);
  });

  it.each(BROKEN)(
    'is served from memory, reported once, and saved when the store is back (%s)',
    async (fault) => {
      const fixture = await TokenServiceFixture.open();
      await fixture.clock.advance(24 * HOUR - 4 * MINUTE);
      fixture.store.fault = fault;
      await fixture.during(fixture.ask(), 5 * SECOND);
      await fixture.run(30 * MINUTE);
      expect(fixture.now.accessToken).toBe(fixture.issued(1));
      expect(fixture.tokens.readiness().tokens[0]).toMatchObject({
        ready: true,
        degraded: expect.any(String),
      });
      expect(fixture.heard('degraded').map(({ event }) => event)).toMatchObject([{ degraded: true }]);
      fixture.store.fault = 'none';
      await fixture.run(MINUTE);
      expect((await stored(fixture))?.accessToken).toBe(fixture.issued(1));
      expect(fixture.tokens.readiness().tokens[0]).toMatchObject({ ready: true, degraded: null });
      expect(fixture.heard('degraded').map(({ event }) => event)).toMatchObject([
        { degraded: true },
        { degraded: false },
      ]);
      expect(fixture.kis.asked).toBe(2);
    },
  );

  it('is reported each time', async () => {
    const fixture = new TokenServiceFixture();
    fixture.store.fault = 'full';
    await fixture.during(fixture.ask());
    expect(fixture.heard('saveFailed')).toHaveLength(1);
    expect(fixture.heard('saved')).toHaveLength(0);
  });
});

describe('A slow store', () => {
  it('has a new token when that is handed out', async () => {
    const fixture = new TokenServiceFixture();
    fixture.store.fault = 'slow';
    const meanwhile = fixture.ask().then(async (token) => ({ token, kept: await stored(fixture) }));
    const { token, kept } = await fixture.during(meanwhile, SECOND);
    expect(kept).toBe(token);
  });

  it('delays no caller that waits for a new token by more than a second', async () => {
    const fixture = new TokenServiceFixture();
    const save = fixture.store.save.bind(fixture.store);
    fixture.store.save = async (...args) => {
      await fixture.clock.sleep(3 * SECOND);
      return save(...args);
    };
    const meanwhile = fixture.ask().then(async (token) => ({ token, kept: await stored(fixture) }));
    const { token, kept } = await fixture.during(meanwhile, 2 * SECOND);
    expect(kept).toBeNull();
    await fixture.clock.advance(3 * SECOND);
    expect(await stored(fixture)).toBe(token);
  });

  it('does not bring back a token that was deleted while it was being saved', async () => {
    const fixture = new TokenServiceFixture();
    const save = fixture.store.save.bind(fixture.store);
    fixture.store.save = async (...args) => {
      await fixture.clock.sleep(SECOND);
      return save(...args);
    };
    const deleted = fixture.ask().then(() => fixture.tokens.deleteToken());
    await fixture.during(deleted, 2 * SECOND);
    expect(await stored(fixture)).toBeNull();
    expect(fixture.tokens.readiness().ready).toBe(false);
  });

  it('has a new token, though, after a person has requested it', async () => {
    const fixture = new TokenServiceFixture();
    fixture.store.fault = 'slow';
    const renewed = fixture.tokens.refreshDue().then(() => stored(fixture));
    expect(await fixture.during(renewed, SECOND)).toBe(fixture.now);
  });
});

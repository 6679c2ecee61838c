import { Logger } from '@nestjs/common';
import { KisAccountNotFoundError, KisTimeoutError, KisUnavailableError } from '../kis.errors';
import { HOUR, MINUTE, REFUSAL, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';
import { KisToken } from './kis-token';
import type { KisTokenService } from './kis-token.service';

beforeAll(() => {
  Logger.overrideLogger(false);
});

function down(): never {
  throw new KisUnavailableError('KIS is down');
}

describe('KisTokenService with nothing stored', () => {
  it('asks KIS once for 10,000 concurrent callers and serves them all', async () => {
    const desk = new TokenDesk();
    const callers = Array.from({ length: 10_000 }, () => desk.ask());
    const served = await desk.during(Promise.all(callers), SECOND);
    expect(desk.kis.asked).toBe(1);
    expect(new Set(served.map((token) => token.accessToken))).toEqual(new Set([desk.issued(0)]));
  });

  it('stores what it gets, so that a restart asks nobody', async () => {
    const desk = await TokenDesk.open();
    desk.restart();
    const again = await desk.during(desk.ask());
    expect(desk.kis.asked).toBe(1);
    expect(again.accessToken).toBe(desk.issued(0));
  });

  it('lets a caller wait at most the request timeout and two seconds for KIS, then tells when to come again', async () => {
    const desk = new TokenDesk();
    desk.kis.latencyMs = HOUR;
    const { error, tookMs } = await desk.timed(desk.ask());
    expect(error).toMatchObject({ code: 'KIS_TIMEOUT', retryAt: expect.any(Date) });
    expect(tookMs).toBeLessThanOrEqual(22 * SECOND);
  });

  it('lets a caller wait no longer for another process that never answers', async () => {
    const desk = new TokenDesk();
    await desk.foreignClaim();
    const { error, tookMs } = await desk.timed(desk.ask());
    expect(error).toBeInstanceOf(KisTimeoutError);
    expect(error).toMatchObject({ retryAt: expect.any(Date) });
    expect(tookMs).toBe(22 * SECOND);
    expect(desk.kis.asked).toBe(0);
  });

  it('forgets an attempt that failed: the next one after the pause succeeds', async () => {
    const desk = new TokenDesk();
    desk.kis.fault = down;
    await expect(desk.during(desk.ask(), SECOND)).rejects.toMatchObject({ code: 'KIS_UNAVAILABLE' });
    desk.kis.fault = null;
    await expect(desk.during(desk.ask(), SECOND)).rejects.toMatchObject({
      code: 'KIS_UNAVAILABLE',
      message: expect.stringMatching(/KIS is down.*The next request is due in \d+ s\./),
    });
    await desk.clock.advance(72 * SECOND);
    await expect(desk.during(desk.ask(), SECOND)).resolves.toBeInstanceOf(KisToken);
    expect(desk.kis.asked).toBe(2);
  });

  it('tells the moment from which a call can succeed', async () => {
    const desk = new TokenDesk();
    desk.kis.fault = down;
    const { error } = await desk.timed(desk.ask());
    const retryAt = (error as KisUnavailableError).retryAt?.getTime() ?? NaN;
    desk.kis.fault = null;
    await desk.clock.advance(retryAt - desk.clock.now() - 1);
    await expect(desk.during(desk.ask(), 0)).rejects.toMatchObject({ code: 'KIS_UNAVAILABLE' });
    await desk.clock.advance(SECOND);
    await expect(desk.during(desk.ask(), SECOND)).resolves.toBeInstanceOf(KisToken);
  });

  it('looks into the store once for all who fail at one moment', async () => {
    const desk = new TokenDesk();
    desk.kis.fault = down;
    await desk.timed(desk.ask());
    const reads = desk.store.operations.length;
    const calls = Array.from({ length: 1000 }, () => desk.ask());
    await desk.during(Promise.allSettled(calls), 0);
    const more = Array.from({ length: 1000 }, () => desk.ask());
    await desk.during(Promise.allSettled(more), 0);
    expect(desk.store.operations.length - reads).toBeLessThanOrEqual(2);
  });

  it.each<[string, (tokens: KisTokenService, token: KisToken) => unknown]>([
    ['getToken', (tokens) => tokens.getToken('nobody')],
    ['replaceRefused', (tokens, token) => tokens.replaceRefused('nobody', token, REFUSAL)],
    ['refresh', (tokens) => tokens.refresh('nobody')],
    ['loadToken', (tokens) => tokens.loadToken('nobody')],
    ['deleteToken', (tokens) => tokens.deleteToken('nobody')],
    ['getTokenInfo', (tokens) => tokens.getTokenInfo('nobody')],
  ])('rejects and does not throw for an unknown account: %s', async (_method, call) => {
    const desk = await TokenDesk.open();
    const answer = call(desk.tokens, desk.now);
    await expect(answer).rejects.toThrow(KisAccountNotFoundError);
    expect(() => {
      desk.tokens.noteServerDate('nobody', new Date().toUTCString(), 1);
    }).not.toThrow();
  });
});

describe('KisTokenService with a fresh token', () => {
  it('answers in the same tick, without a promise and without I/O, until it is due', async () => {
    const desk = await TokenDesk.open();
    const before = desk.store.operations.length;
    for (let minute = 0; minute < 22 * 60; minute += 1) {
      expect(desk.tokens.getToken()).toBeInstanceOf(KisToken);
      expect(desk.tokens.getToken('main')).toBe(desk.tokens.getToken());
      await desk.clock.advance(MINUTE);
    }
    expect(desk.store.operations).toHaveLength(before);
    expect(desk.kis.asked).toBe(1);
  });
});

describe('KisTokenService with a token that is due', () => {
  it('lets nobody wait, and renews it exactly once in the background', async () => {
    const desk = await TokenDesk.open();
    desk.kis.latencyMs = 10 * SECOND;
    await desk.clock.advance(22.5 * HOUR);
    const before = desk.now;
    for (let second = 0; second < 10; second += 1) {
      for (let caller = 0; caller < 100; caller += 1) expect(desk.tokens.getToken()).toBe(before);
      await desk.clock.advance(SECOND);
    }
    expect(desk.kis.asked).toBe(2);
    expect(desk.now.accessToken).toBe(desk.issued(1));
    await desk.run(2 * HOUR);
    expect(desk.kis.asked).toBe(2);
  });

  it('is renewed by the job alone, when nobody calls', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(22.5 * HOUR);
    const result = await desk.during(desk.tokens.refreshDue(), SECOND);
    expect(result).toEqual([{ alias: 'main', outcome: 'refreshed' }]);
    expect(desk.kis.asked).toBe(2);
  });
});

describe('KisTokenService with a token inside its buffer', () => {
  const untilExpiring = 24 * HOUR - 4 * MINUTE;

  async function expiring(): Promise<TokenDesk> {
    const desk = await TokenDesk.open();
    await desk.clock.advance(untilExpiring);
    return desk;
  }

  it('waits for the attempt under way, and gives its token', async () => {
    const desk = await expiring();
    desk.kis.latencyMs = 1500;
    const { token, tookMs } = await desk.timed(desk.ask());
    expect(token?.accessToken).toBe(desk.issued(1));
    expect(tookMs).toBe(1500);
    expect(desk.heard('staleServed')).toHaveLength(0);
  });

  it('waits two seconds at most, then gives the token that is still good', async () => {
    const desk = await expiring();
    desk.kis.latencyMs = 15 * SECOND;
    const { token, tookMs } = await desk.timed(desk.ask(), 5 * SECOND);
    expect(token?.accessToken).toBe(desk.issued(0));
    expect(tookMs).toBe(2 * SECOND);
    expect(desk.heard('staleServed')).toHaveLength(1);
  });

  it('does not wait while nothing is under way', async () => {
    const desk = await expiring();
    desk.kis.fault = down;
    await desk.timed(desk.ask(), SECOND);
    const { token, tookMs } = await desk.timed(desk.ask(), SECOND);
    expect([token?.accessToken, tookMs]).toEqual([desk.issued(0), 0]);
    expect(desk.kis.asked).toBe(2);
  });

  it('asks once for a thousand callers', async () => {
    const desk = await expiring();
    const served = await desk.during(Promise.all(Array.from({ length: 1000 }, () => desk.ask())), 3 * SECOND);
    expect(new Set(served.map((token) => token.accessToken))).toEqual(new Set([desk.issued(1)]));
    expect(desk.kis.asked).toBe(2);
  });

  it('never hands out a token in its last ten seconds', async () => {
    const desk = await TokenDesk.open();
    desk.kis.latencyMs = 15 * SECOND;
    await desk.clock.advance(24 * HOUR - 11 * SECOND - SECOND);
    const { token } = await desk.timed(desk.ask());
    expect(token?.accessToken).toBe(desk.issued(1));
  });
});

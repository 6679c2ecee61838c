import { Logger } from '@nestjs/common';
import { KisAccountNotFoundError, KisTokenCooldownError, KisUnavailableError } from '../kis.errors';
import {
  HOUR,
  MINUTE,
  REFUSAL,
  SECOND,
  TokenServiceFixture,
} from '../../../test/support/kis/token-service-fixture';
import { KisToken } from './kis-token';
import type { KisTokenService } from './kis-token.service';

beforeAll(() => {
  Logger.overrideLogger(false);
});

function down(): never {
  throw new KisUnavailableError('KIS is down');
}

describe('KisTokenService with nothing stored', () => {
  it('sends one request for 10,000 concurrent callers and serves them all', async () => {
    const fixture = new TokenServiceFixture();
    const callers = Array.from({ length: 10_000 }, () => fixture.ask());
    const served = await fixture.during(Promise.all(callers), SECOND);
    expect(fixture.kis.asked).toBe(1);
    expect(new Set(served.map((token) => token.accessToken))).toEqual(new Set([fixture.issued(0)]));
  });

  it('stores the token, so that a restart sends no request', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.restart();
    const again = await fixture.during(fixture.ask());
    expect(fixture.kis.asked).toBe(1);
    expect(again.accessToken).toBe(fixture.issued(0));
  });

  it('makes a caller wait for at most the request timeout plus two seconds, then states when to try again', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.latencyMs = HOUR;
    const { error, tookMs } = await fixture.timed(fixture.ask());
    expect(error).toMatchObject({ code: 'KIS_TIMEOUT', retryAt: expect.any(Date) });
    expect(tookMs).toBeLessThanOrEqual(22 * SECOND);
  });

  it('makes a caller wait no longer for another process that never finishes', async () => {
    const fixture = new TokenServiceFixture();
    await fixture.foreignClaim();
    const { error, tookMs } = await fixture.timed(fixture.ask());
    expect(error).toBeInstanceOf(KisTokenCooldownError);
    expect(tookMs).toBe(22 * SECOND);
    expect(fixture.kis.asked).toBe(0);
  });

  it('forgets an attempt that failed: the next one after the pause succeeds', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.fault = down;
    await expect(fixture.during(fixture.ask(), SECOND)).rejects.toMatchObject({ code: 'KIS_UNAVAILABLE' });
    fixture.kis.fault = null;
    await expect(fixture.during(fixture.ask(), SECOND)).rejects.toMatchObject({
      code: 'KIS_UNAVAILABLE',
      message: expect.stringMatching(/KIS is down.*The next request is due in \d+ s\./),
    });
    await fixture.clock.advance(72 * SECOND);
    await expect(fixture.during(fixture.ask(), SECOND)).resolves.toBeInstanceOf(KisToken);
    expect(fixture.kis.asked).toBe(2);
  });

  it('states the time from which a call can succeed', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.fault = down;
    const { error } = await fixture.timed(fixture.ask());
    const retryAt = (error as KisUnavailableError).retryAt?.getTime() ?? NaN;
    fixture.kis.fault = null;
    await fixture.clock.advance(retryAt - fixture.clock.now() - 1);
    await expect(fixture.during(fixture.ask(), 0)).rejects.toMatchObject({ code: 'KIS_UNAVAILABLE' });
    await fixture.clock.advance(SECOND);
    await expect(fixture.during(fixture.ask(), SECOND)).resolves.toBeInstanceOf(KisToken);
  });

  it('looks into the store once for all who fail at one moment', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.fault = down;
    await fixture.timed(fixture.ask());
    const reads = fixture.store.operations.length;
    const calls = Array.from({ length: 1000 }, () => fixture.ask());
    await fixture.during(Promise.allSettled(calls), 0);
    const more = Array.from({ length: 1000 }, () => fixture.ask());
    await fixture.during(Promise.allSettled(more), 0);
    expect(fixture.store.operations.length - reads).toBeLessThanOrEqual(2);
  });

  it.each<[string, (tokens: KisTokenService, token: KisToken) => unknown]>([
    ['getToken', (tokens) => tokens.getToken('nobody')],
    ['replaceRefused', (tokens, token) => tokens.replaceRefused('nobody', token, REFUSAL)],
    ['refresh', (tokens) => tokens.refresh('nobody')],
    ['loadToken', (tokens) => tokens.loadToken('nobody')],
    ['deleteToken', (tokens) => tokens.deleteToken('nobody')],
    ['getTokenInfo', (tokens) => tokens.getTokenInfo('nobody')],
  ])('rejects and does not throw for an unknown account: %s', async (_method, call) => {
    const fixture = await TokenServiceFixture.open();
    const answer = call(fixture.tokens, fixture.now);
    await expect(answer).rejects.toThrow(KisAccountNotFoundError);
    expect(() => {
      fixture.tokens.noteServerDate('nobody', new Date().toUTCString(), 1);
    }).not.toThrow();
  });
});

describe('KisTokenService with a fresh token', () => {
  it('answers in the same tick, without a promise and without I/O, until it is due', async () => {
    const fixture = await TokenServiceFixture.open();
    const before = fixture.store.operations.length;
    for (let minute = 0; minute < 22 * 60; minute += 1) {
      expect(fixture.tokens.getToken()).toBeInstanceOf(KisToken);
      expect(fixture.tokens.getToken('main')).toBe(fixture.tokens.getToken());
      await fixture.clock.advance(MINUTE);
    }
    expect(fixture.store.operations).toHaveLength(before);
    expect(fixture.kis.asked).toBe(1);
  });
});

describe('KisTokenService with a token that is due', () => {
  it('serves it at once, and renews it exactly once in the background', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.kis.latencyMs = 10 * SECOND;
    await fixture.clock.advance(22.5 * HOUR);
    const before = fixture.now;
    for (let second = 0; second < 10; second += 1) {
      for (let caller = 0; caller < 100; caller += 1) expect(fixture.tokens.getToken()).toBe(before);
      await fixture.clock.advance(SECOND);
    }
    expect(fixture.kis.asked).toBe(2);
    expect(fixture.now.accessToken).toBe(fixture.issued(1));
    await fixture.run(2 * HOUR);
    expect(fixture.kis.asked).toBe(2);
  });

  it('is renewed by the scheduled job when there are no callers', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(22.5 * HOUR);
    const result = await fixture.during(fixture.tokens.refreshDue(), SECOND);
    expect(result).toEqual([{ alias: 'main', outcome: 'refreshed' }]);
    expect(fixture.kis.asked).toBe(2);
  });
});

describe('KisTokenService with a token inside its buffer', () => {
  const untilExpiring = 24 * HOUR - 4 * MINUTE;

  async function expiring(): Promise<TokenServiceFixture> {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(untilExpiring);
    return fixture;
  }

  it('waits for the attempt under way, and gives its token', async () => {
    const fixture = await expiring();
    fixture.kis.latencyMs = 1500;
    const { token, tookMs } = await fixture.timed(fixture.ask());
    expect(token?.accessToken).toBe(fixture.issued(1));
    expect(tookMs).toBe(1500);
    expect(fixture.heard('staleServed')).toHaveLength(0);
  });

  it('waits two seconds at most, then gives the token that is still good', async () => {
    const fixture = await expiring();
    fixture.kis.latencyMs = 15 * SECOND;
    const { token, tookMs } = await fixture.timed(fixture.ask(), 5 * SECOND);
    expect(token?.accessToken).toBe(fixture.issued(0));
    expect(tookMs).toBe(2 * SECOND);
    expect(fixture.heard('staleServed')).toHaveLength(1);
  });

  it('does not wait while nothing is under way', async () => {
    const fixture = await expiring();
    fixture.kis.fault = down;
    await fixture.timed(fixture.ask(), SECOND);
    const { token, tookMs } = await fixture.timed(fixture.ask(), SECOND);
    expect([token?.accessToken, tookMs]).toEqual([fixture.issued(0), 0]);
    expect(fixture.kis.asked).toBe(2);
  });

  it('sends one request for a thousand callers', async () => {
    const fixture = await expiring();
    const served = await fixture.during(
      Promise.all(Array.from({ length: 1000 }, () => fixture.ask())),
      3 * SECOND,
    );
    expect(new Set(served.map((token) => token.accessToken))).toEqual(new Set([fixture.issued(1)]));
    expect(fixture.kis.asked).toBe(2);
  });

  it('never serves a token in its last ten seconds', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.kis.latencyMs = 15 * SECOND;
    await fixture.clock.advance(24 * HOUR - 11 * SECOND - SECOND);
    const { token } = await fixture.timed(fixture.ask());
    expect(token?.accessToken).toBe(fixture.issued(1));
  });
});

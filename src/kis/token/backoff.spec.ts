import {
  KisApiError,
  KisCredentialsRejectedError,
  KisTimeoutError,
  KisTokenCooldownError,
  KisTokenRejectedError,
  KisUnavailableError,
} from '../kis.errors';
import { cooldownAfterFailure, pauseAfterUnsent } from './backoff';
import { shortestPause } from './claim-rules';

const POLICY = { issueIntervalMs: 60_000, bufferMs: 300_000 };
const DOWN = new KisUnavailableError('down');
const HOURS = 3_600_000;

function pause(
  failures: number,
  remainingMs: number,
  {
    error = DOWN,
    chance = 0,
    policy = POLICY,
  }: { error?: Error; chance?: number; policy?: typeof POLICY } = {},
): number {
  return cooldownAfterFailure({ error, failures, remainingMs }, policy, chance);
}

describe('shortestPause', () => {
  it('is the interval and a second', () => {
    expect(shortestPause(60_000)).toBe(61_000);
  });
});

describe('cooldownAfterFailure', () => {
  it.each([
    [0, 61_000],
    [1, 120_000],
    [2, 240_000],
    [3, 300_000],
    [4, 300_000],
    [1_000_000, 300_000],
  ])('after %d failures before, with hours left or nothing, is %d ms', (failures, ms) => {
    expect(pause(failures, 5 * HOURS)).toBe(ms);
    expect(pause(failures, 0)).toBe(ms);
    expect(pause(failures, -5 * HOURS)).toBe(ms);
  });

  it.each([
    [1, 0.5, 132_000],
    [1, 1, 144_000],
    [3, 0.5, 330_000],
    [3, 1, 360_000],
  ])('is spread over a fifth: %d failures, chance %d', (failures, chance, ms) => {
    expect(pause(failures, 5 * HOURS, { chance })).toBeCloseTo(ms, 3);
  });

  it.each([
    ['ends when the buffer begins', 300_000 + 200_000, 200_000],
    ['is never shorter than the interval for that', 300_000 + 5000, 61_000],
    ['is the interval at the beginning of the buffer', 300_000, 61_000],
    ['is the interval inside the buffer', 20_000, 61_000],
    ['is long again once the token cannot be sent', 10_000, 300_000],
  ])('%s', (_what, remainingMs, ms) => {
    expect(pause(5, remainingMs, { chance: 0 })).toBe(ms);
  });

  it('uses every interval only in the last five minutes, however wide the buffer is', () => {
    const wide = { issueIntervalMs: 60_000, bufferMs: 6 * HOURS };
    expect(pause(5, 2 * HOURS, { policy: wide })).toBe(300_000);
    expect(pause(5, 299_000, { policy: wide })).toBe(61_000);
  });

  it.each([
    ['key or secret', new KisCredentialsRejectedError('key')],
    ['the form of the request', new KisApiError('EGW00115')],
  ])('is ten to twelve minutes when KIS does not accept %s', (_what, error) => {
    expect(pause(0, 0, { error })).toBe(600_000);
    expect(pause(9, 20_000, { error, chance: 1 })).toBe(720_000);
  });

  it('grows from ten minutes to an hour while KIS returns a refused token again', () => {
    const error = new KisTokenRejectedError('token');
    expect([0, 1, 2, 3, 9].map((failures) => pause(failures, 0, { error }) / 60_000)).toEqual([
      10, 20, 40, 60, 60,
    ]);
  });

  it('is the interval after a request of another program, and grows when that recurs', () => {
    const error = new KisTokenCooldownError('EGW00133');
    expect([0, 1, 2, 3].map((failures) => pause(failures, 0, { error }))).toEqual([
      61_000, 120_000, 240_000, 300_000,
    ]);
  });

  it('is never shorter than an interval that is set to more', () => {
    const slow = { issueIntervalMs: 900_000, bufferMs: 300_000 };
    expect(pause(0, 0, { policy: slow, error: new KisTimeoutError('slow') })).toBe(901_000);
    expect(pause(0, 0, { policy: slow, error: new KisCredentialsRejectedError('key') })).toBe(901_000);
  });

  it('leaves at most twenty attempts in an hour, whenever the token ends', () => {
    for (let leftMs = -HOURS; leftMs <= 2 * HOURS; leftMs += 60_000) {
      let attempts = 0;
      for (let atMs = 0; atMs < HOURS; attempts += 1) atMs += pause(attempts, leftMs - atMs);
      expect(attempts).toBeLessThanOrEqual(20);
    }
  });
});

describe('pauseAfterUnsent', () => {
  it('grows from five seconds to half a minute, and a fifth at random', () => {
    expect([0, 1, 2, 3, 1_000_000].map((unsent) => pauseAfterUnsent(unsent, 0) / 1000)).toEqual([
      5, 10, 20, 30, 30,
    ]);
    expect(pauseAfterUnsent(3, 1)).toBe(36_000);
  });
});

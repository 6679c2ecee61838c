import { Logger } from '@nestjs/common';
import type { IssuedToken } from '../auth/kis-auth.client';
import { KisTokenEvents } from '../kis.events';
import { ManualKisClock } from '../testing/manual-clock';
import { sampleCredential } from '../testing/sample-tokens';
import { BrokerageClock } from './brokerage-clock';
import { provenIssueTime } from './proven-issue-time';

const ISSUE = Date.parse('2026-11-22T03:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function jwt(facts: object): string {
  return `eyJhbGciOiJIUzUxMiJ9.${Buffer.from(JSON.stringify(facts)).toString('base64url')}.c2ln`;
}

const signed = jwt({ iat: ISSUE / 1000, exp: (ISSUE + DAY) / 1000 });

function token(parts: Partial<IssuedToken> = {}): IssuedToken {
  return {
    accessToken: signed,
    tokenType: 'Bearer',
    statedExpiry: ISSUE + DAY,
    expiresInSeconds: 86_400,
    serverTime: null,
    ...parts,
  };
}

const TOKENS = [
  token(),
  token({ accessToken: 'opaque' }),
  token({ statedExpiry: null, expiresInSeconds: null }),
];

describe('provenIssueTime', () => {
  it.each([
    ['the one within the life of the token', ISSUE + 3 * HOUR, ISSUE - HOUR],
    ['the one within the life of the token', ISSUE + 23 * HOUR, ISSUE + 25 * HOUR],
    ['the one at its issue', ISSUE - 1000, ISSUE - 9 * HOUR],
  ])('is %s, when the other is not', (_what, within, outside) => {
    for (const issued of TOKENS) {
      const doubtMs = 2600;
      expect(provenIssueTime({ own: within, stated: outside, doubtMs }, issued)).toBe('own');
      expect(provenIssueTime({ own: outside, stated: within, doubtMs }, issued)).toBe('stated');
    }
  });

  it('is that of a header which names the moment of its issue, although it may have been issued earlier', () => {
    for (const issued of TOKENS) {
      const times = { own: ISSUE + 9 * HOUR, stated: ISSUE + 2000 };
      expect(provenIssueTime({ ...times, doubtMs: 2600 }, issued)).toBe('stated');
      expect(provenIssueTime({ ...times, doubtMs: 1900 }, issued)).toBeNull();
    }
  });

  it('is never that of a wall clock near its issue: the clock may be wrong, and the token returned again', () => {
    for (const issued of TOKENS) {
      for (const own of [ISSUE, ISSUE + 53_000, ISSUE - 119_000]) {
        expect(provenIssueTime({ own, stated: ISSUE + 10 * MINUTE, doubtMs: 2600 }, issued)).toBeNull();
      }
    }
  });

  it.each([
    ['both are in its life', token(), ISSUE + 3 * HOUR, ISSUE + 4 * HOUR],
    ['both are near its issue', token(), ISSUE + MINUTE, ISSUE],
    ['both are before it', token(), ISSUE - 3 * HOUR, ISSUE - 4 * HOUR],
    [
      'it has no dates',
      token({ accessToken: 'opaque', statedExpiry: null, expiresInSeconds: null }),
      ISSUE,
      ISSUE + 48 * HOUR,
    ],
  ])('is open when %s', (_why, issued, one, other) => {
    expect(provenIssueTime({ own: one, stated: other, doubtMs: 2600 }, issued)).toBeNull();
    expect(provenIssueTime({ own: other, stated: one, doubtMs: 2600 }, issued)).toBeNull();
  });
});

describe('BrokerageClock.timeOfIssue', () => {
  it.each([
    ['just before the response was read', 0],
    ['long before: the process was suspended', 110_000],
  ])('is not before the true time where a header decides that was written %s', (_when, ageMs) => {
    Logger.overrideLogger(false);
    const clock = new ManualKisClock(new Date(ISSUE + ageMs).toISOString());
    clock.step(-2 * DAY);
    const brokerage = new BrokerageClock(clock, new KisTokenEvents());
    const issued = token({ serverTime: ISSUE });
    const { at, isCertain } = brokerage.timeOfIssue(sampleCredential(), issued, ageMs + 200);
    expect(isCertain).toBe(true);
    expect(at).toBeGreaterThanOrEqual(ISSUE + ageMs);
    expect(at).toBeLessThan(ISSUE + ageMs + 2000);
  });
});

import type { IssuedToken } from '../auth/kis-auth.client';
import { likelierIssueTime } from './issue-time';

const ISSUE = Date.parse('2026-11-22T03:00:00Z');
const HOUR = 3_600_000;
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

describe('likelierIssueTime', () => {
  it.each([
    ['the moment of its issue', ISSUE + 1000, ISSUE + 3 * HOUR],
    ['the moment of its issue', ISSUE - 1000, ISSUE - 9 * HOUR],
    ['a moment of its life', ISSUE + 3 * HOUR, ISSUE - HOUR],
    ['a moment of its life', ISSUE + 23 * HOUR, ISSUE + 25 * HOUR],
  ])('is %s', (_what, likelier, other) => {
    for (const issued of [
      token(),
      token({ accessToken: 'opaque' }),
      token({ statedExpiry: null, expiresInSeconds: null }),
    ]) {
      expect(likelierIssueTime(likelier, other, issued)).toBe(likelier);
      expect(likelierIssueTime(other, likelier, issued)).toBe(likelier);
    }
  });

  it.each([
    ['both are in its life', token(), ISSUE + 3 * HOUR, ISSUE + 4 * HOUR],
    ['both are before it', token(), ISSUE - 3 * HOUR, ISSUE - 4 * HOUR],
    [
      'it has no dates',
      token({ accessToken: 'opaque', statedExpiry: null, expiresInSeconds: null }),
      ISSUE,
      ISSUE + 48 * HOUR,
    ],
  ])('is open when %s', (_why, issued, one, other) => {
    expect(likelierIssueTime(one, other, issued)).toBeNull();
  });
});

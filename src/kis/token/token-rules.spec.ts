import { NO_CLAIM } from './claim-rules';
import { KisToken, type KisTokenParts } from './kis-token';
import { isSuperseded, settleExpiry, supersedes, zoneOf } from './token-rules';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const NOON = Date.parse('2026-11-22T03:00:00Z');
const BUFFER = 300 * SECOND;

function token(parts: Partial<KisTokenParts> = {}): KisToken {
  return new KisToken({
    accessToken: 'a-token',
    tokenType: 'Bearer',
    issuedAt: NOON,
    expiresAt: NOON + DAY,
    refreshAt: NOON + 22 * HOUR,
    generation: 1,
    owner: 'somebody',
    ...parts,
  });
}

describe('zoneOf', () => {
  it.each([
    [DAY, 'fresh'],
    [2 * HOUR + 1, 'fresh'],
    [2 * HOUR, 'due'],
    [BUFFER + 1, 'due'],
    [BUFFER, 'expiring'],
    [10 * SECOND + 1, 'expiring'],
    [10 * SECOND, 'expired'],
    [0, 'expired'],
    [-DAY, 'expired'],
    [NaN, 'expired'],
  ])('calls a token with %d ms left %s', (remainingMs, zone) => {
    expect(zoneOf(token(), remainingMs, BUFFER)).toBe(zone);
  });

  it('knows no due time for a token that is to be renewed inside its buffer', () => {
    const late = token({ refreshAt: NOON + DAY - BUFFER });
    expect(zoneOf(late, BUFFER + 1, BUFFER)).toBe('fresh');
    expect(zoneOf(late, BUFFER, BUFFER)).toBe('expiring');
  });

  it('keeps the last ten seconds from callers even without a buffer', () => {
    expect(zoneOf(token(), 10 * SECOND, 0)).toBe('expired');
    expect(zoneOf(token(), 10 * SECOND + 1, 0)).toBe('due');
  });
});

describe('settleExpiry', () => {
  const silent = { stated: null, counted: null, signed: null };

  it.each([
    ['the stated one', { ...silent, stated: NOON + DAY }, NOON + DAY],
    ['the counted one', { ...silent, counted: NOON + DAY }, NOON + DAY],
    ['the signed one', { ...silent, signed: NOON + DAY }, NOON + DAY],
    ['the earliest, stated', { stated: NOON + 1, counted: NOON + 2, signed: NOON + 3 }, NOON + 1],
    ['the earliest, counted', { stated: NOON + 3, counted: NOON + 1, signed: NOON + 2 }, NOON + 1],
    ['the earliest, signed', { stated: NOON + 2, counted: NOON + 3, signed: NOON + 1 }, NOON + 1],
    ['one that is over already', { ...silent, stated: NOON - DAY, counted: NOON + DAY }, NOON - DAY],
    [
      'thirty days, when all sources agree',
      { ...silent, stated: NOON + 30 * DAY, counted: NOON + 30 * DAY },
      NOON + 30 * DAY,
    ],
    ['the sane one beside NaN', { ...silent, stated: NaN, counted: NOON + DAY }, NOON + DAY],
    ['the sane one beside infinity', { ...silent, counted: -Infinity, signed: NOON + DAY }, NOON + DAY],
    [
      'the sane one beside a thousand days',
      { ...silent, counted: NOON + 1000 * DAY, signed: NOON + DAY },
      NOON + DAY,
    ],
  ])('believes %s', (_what, witnesses, expiresAt) => {
    expect(settleExpiry(witnesses, NOON)).toMatchObject({ expiresAt, assumed: false });
  });

  it.each([
    ['no source is present', silent],
    ['all speak nonsense', { stated: NaN, counted: Infinity, signed: NOON + 1000 * DAY }],
  ])('assumes 24 hours, and says so, when %s', (_when, witnesses) => {
    expect(settleExpiry(witnesses, NOON)).toEqual({
      expiresAt: NOON + DAY,
      disagreementMs: 0,
      assumed: true,
    });
  });

  it('measures how far the witnesses are apart', () => {
    const verdict = settleExpiry(
      { stated: NOON + DAY, counted: NOON + DAY + 90, signed: NOON + DAY - 10 },
      NOON,
    );
    expect(verdict.disagreementMs).toBe(100);
  });
});

describe('supersedes', () => {
  const old = { accessToken: 'old', generation: 5, expiresAt: NOON + DAY };
  it.each([
    ['a higher generation', { accessToken: 'new', generation: 6, expiresAt: NOON + DAY }, true],
    [
      'a higher generation that ends earlier',
      { accessToken: 'new', generation: 6, expiresAt: NOON + HOUR },
      true,
    ],
    ['a lower generation', { accessToken: 'new', generation: 4, expiresAt: NOON + DAY }, false],
    [
      'a lower generation that ends two minutes later',
      { accessToken: 'new', generation: 4, expiresAt: NOON + DAY + 120_000 },
      false,
    ],
    [
      'a lower generation that ends clearly later',
      { accessToken: 'new', generation: 1, expiresAt: NOON + DAY + 120_001 },
      true,
    ],
    ['a twin that ends later', { accessToken: 'new', generation: 5, expiresAt: NOON + DAY + 1 }, true],
    ['a twin that ends earlier', { accessToken: 'new', generation: 5, expiresAt: NOON + DAY - 1 }, false],
    ['the same token', { accessToken: 'old', generation: 5, expiresAt: NOON + DAY }, false],
    ['the same token, issued again', { accessToken: 'old', generation: 6, expiresAt: NOON + DAY }, true],
    [
      'a token of another program that ends later',
      { accessToken: 'new', generation: 0, expiresAt: NOON + DAY + 1 },
      true,
    ],
    [
      'a token of another program that ends with it',
      { accessToken: 'new', generation: 0, expiresAt: NOON + DAY },
      false,
    ],
  ])('says of %s over generation 5: %s', (_what, candidate, newer) => {
    expect(supersedes(token(candidate), token(old))).toBe(newer);
  });

  it('compares expiries where the token in use is of another program', () => {
    const foreign = token({ accessToken: 'foreign', generation: 0 });
    expect(
      supersedes(token({ accessToken: 'ours', generation: 9, expiresAt: NOON + DAY - 1 }), foreign),
    ).toBe(false);
    expect(
      supersedes(token({ accessToken: 'ours', generation: 9, expiresAt: NOON + DAY + 1 }), foreign),
    ).toBe(true);
  });
});

describe('isSuperseded', () => {
  const older = token({ accessToken: 'older', generation: 1 });
  const newer = token({ accessToken: 'newer', generation: 2 });

  it.each([
    ['nothing', null, NO_CLAIM, older, false],
    ['an older token', older, NO_CLAIM, newer, false],
    ['a newer token', newer, NO_CLAIM, older, true],
    ['a newer token that KIS refused', newer, { ...NO_CLAIM, rejected: newer.fingerprint }, older, false],
    [
      'a refused token, from an earlier save of itself',
      newer,
      { ...NO_CLAIM, rejected: newer.fingerprint },
      newer.with({ generation: 1 }),
      true,
    ],
    [
      'a newer token while KIS refused the older one',
      newer,
      { ...NO_CLAIM, rejected: older.fingerprint },
      older,
      true,
    ],
    ['the token itself', newer, NO_CLAIM, newer, false],
  ])('asked to write over %s', (_what, stored, claim, incoming, guarded) => {
    expect(isSuperseded(stored, claim, incoming)).toBe(guarded);
  });

  it('prefers the later expiry where generations were counted from the start again', () => {
    const recounted = token({ accessToken: 'recounted', generation: 1, expiresAt: NOON + 2 * DAY });
    expect(isSuperseded(newer, NO_CLAIM, recounted)).toBe(false);
    expect(isSuperseded(recounted, NO_CLAIM, newer)).toBe(false);
  });
});

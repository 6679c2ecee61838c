import { NO_CLAIM, openClaim, settledClaim, type ClaimRequest, type KisClaim } from './claim-rules';

const AT = Date.parse('2026-11-22T03:00:00Z');

function request(parts: Partial<ClaimRequest> = {}): ClaimRequest {
  return { owner: 'me', holdMs: 81_000, above: 0, at: AT, replaces: false, ...parts };
}

const FAILURE = { code: 'KIS_TIMEOUT', message: 'no answer', at: AT } as const;

describe('openClaim', () => {
  it('opens the first claim', () => {
    expect(openClaim(NO_CLAIM, request())).toEqual({
      ...NO_CLAIM,
      generation: 1,
      owner: 'me',
      attemptAt: AT,
      open: true,
      issuedToday: 1,
    });
  });

  it.each([
    [0, 0, 1],
    [5, 0, 6],
    [5, 5, 6],
    [5, 9, 10],
  ])('counts upwards from generation %d and from a known token of %d', (generation, above, next) => {
    expect(openClaim({ ...NO_CLAIM, generation }, request({ above })).generation).toBe(next);
  });

  it.each([
    ['continues during the day', '2026-11-22T00:00:00+09:00', 4],
    ['starts again on the next day', '2026-11-21T23:59:59+09:00', 1],
    ['starts again after a time that is invalid', '', 1],
  ])('%s', (_what, before, issuedToday) => {
    const attemptAt = Date.parse(before);
    expect(openClaim({ ...NO_CLAIM, attemptAt, issuedToday: 3 }, request()).issuedToday).toBe(issuedToday);
  });

  it('keeps what is known of failures and refusals', () => {
    const before: KisClaim = { ...NO_CLAIM, failures: 4, lastError: FAILURE, rejected: 'abc', replacedAt: 5 };
    expect(openClaim(before, request())).toMatchObject({
      failures: 4,
      lastError: FAILURE,
      rejected: 'abc',
      replacedAt: 5,
    });
  });

  it('remembers when a refused token was replaced', () => {
    expect(openClaim({ ...NO_CLAIM, replacedAt: 5 }, request({ replaces: true })).replacedAt).toBe(AT);
  });
});

describe('settledClaim', () => {
  const mine = openClaim({ ...NO_CLAIM, failures: 2, lastError: FAILURE, rejected: 'abc' }, request());

  it('ends a success: no failures in a row any more', () => {
    const settled = settledClaim(mine, mine, { cooldownMs: 61_000, failure: null });
    expect(settled).toEqual({ ...mine, open: false, failures: 0, lastError: null, cooldownMs: 61_000 });
  });

  it('ends a failure: one more in a row', () => {
    const failure = { ...FAILURE, message: 'again' };
    expect(settledClaim(mine, mine, { cooldownMs: 61_000, failure })).toEqual({
      ...mine,
      open: false,
      failures: 3,
      lastError: failure,
      cooldownMs: 61_000,
    });
  });

  it('does not count a replacement that failed', () => {
    const opened = openClaim({ ...NO_CLAIM, replacedAt: 5 }, request({ replaces: true }));
    expect(settledClaim(opened, opened, { cooldownMs: 1, failure: FAILURE, replacedAt: 5 })?.replacedAt).toBe(
      5,
    );
    expect(settledClaim(opened, opened, { cooldownMs: 1, failure: null })?.replacedAt).toBe(AT);
  });

  it('releases an unused claim as if it had not been taken', () => {
    const before = { ...NO_CLAIM, failures: 2, replacedAt: 5, attemptAt: AT, issuedToday: 3 };
    const opened = openClaim(before, request({ replaces: true }));
    const unused = { cooldownMs: 0, failure: null, unused: true, replacedAt: before.replacedAt };
    expect(settledClaim(opened, opened, unused)).toEqual({
      ...opened,
      open: false,
      replacedAt: 5,
      issuedToday: 3,
    });
  });

  it.each([
    ['a later claim', { generation: mine.generation + 1 }],
    ["another's claim", { owner: 'another' }],
  ])('does not touch %s', (_what, change) => {
    expect(settledClaim({ ...mine, ...change }, mine, { cooldownMs: 0, failure: null })).toBeNull();
  });

  it('adopts a refusal that was recorded in the meantime', () => {
    const meanwhile = { ...mine, rejected: 'another' };
    expect(settledClaim(meanwhile, mine, { cooldownMs: 0, failure: null })?.rejected).toBe('another');
  });
});

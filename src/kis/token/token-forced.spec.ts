import { KisCredentialsRejectedError, KisTokenCooldownError } from '../kis.errors';
import { CapturedWarnings } from '../../../test/support/captured-warnings';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';

const warnings = new CapturedWarnings();

/** KIS has just refused the key of the first attempt. */
async function wrongKeyFixture(): Promise<TokenServiceFixture> {
  const fixture = new TokenServiceFixture();
  fixture.kis.fault = () => {
    throw new KisCredentialsRejectedError('KIS does not accept the app key.');
  };
  await fixture.during(fixture.tokens.refreshDue(), SECOND);
  return fixture;
}

describe('During the pause after KIS refused the key', () => {
  it.each([
    ['the process that requested it', (fixture: TokenServiceFixture) => fixture.tokens],
    ['another process, or this one after a restart', (fixture: TokenServiceFixture) => fixture.another()],
  ])('callers of %s get that refusal, and when the next request is due', async (_who, choose) => {
    const fixture = await wrongKeyFixture();
    const tokens = choose(fixture);
    for (const waitMs of [0, 30 * SECOND, 5 * MINUTE]) {
      await fixture.run(waitMs, [tokens]);
      await expect(fixture.during(Promise.resolve(tokens.getToken()), SECOND)).rejects.toMatchObject({
        code: 'KIS_CREDENTIALS_REJECTED',
        message: expect.stringMatching(/does not accept the app key.*The next request is due in \d+ s/),
        retryAt: expect.any(Date),
      });
    }
    expect(fixture.kis.asked).toBe(1);
  });

  it('a sweep waits, and does not report a failure each time', async () => {
    const fixture = await wrongKeyFixture();
    const other = fixture.another();
    for (let sweep = 0; sweep < 3; sweep += 1) {
      expect(await fixture.during(other.refreshDue(), 30 * SECOND)).toEqual([
        { alias: 'main', outcome: 'waiting' },
      ]);
    }
    expect(fixture.heard('refreshFailed')).toHaveLength(1);
  });

  it('a person who requests a token waits for the interval only', async () => {
    const fixture = await wrongKeyFixture();
    await fixture.clock.advance(50 * SECOND);
    await expect(fixture.during(fixture.tokens.refresh(), SECOND)).rejects.toBeInstanceOf(
      KisTokenCooldownError,
    );
    expect(fixture.kis.asked).toBe(1);
    fixture.kis.fault = null;
    await fixture.clock.advance(15 * SECOND);
    expect(await fixture.during(fixture.tokens.refresh(), SECOND)).toMatchObject({ outcome: 'refreshed' });
    expect(fixture.kis.asked).toBe(2);
  });

  it('a person who requests repeatedly and fails keeps the interval', async () => {
    const fixture = await wrongKeyFixture();
    for (let second = 0; second < HOUR / SECOND; second += 10) {
      await fixture.during(
        fixture.tokens.refresh().catch(() => undefined),
        10 * SECOND,
      );
    }
    const gaps = fixture.kis.issues
      .slice(1)
      .map(({ at }, index) => at - (fixture.kis.issues[index]?.at ?? 0));
    expect(gaps.length).toBeGreaterThan(40);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(MINUTE);
  });

  it('a person who requests during an attempt that only waits does not fail with it', async () => {
    const fixture = await wrongKeyFixture();
    await fixture.clock.advance(2 * MINUTE);
    fixture.kis.fault = null;
    const waiting = fixture.ask().catch(() => undefined);
    expect(await fixture.during(fixture.tokens.refresh(), SECOND)).toMatchObject({ outcome: 'refreshed' });
    await waiting;
  });
});

describe('After KIS has refused two tokens in a row', () => {
  /** The token that replaced a refused one is refused, too. */
  async function twiceRefusedFixture(): Promise<TokenServiceFixture> {
    const fixture = await TokenServiceFixture.open();
    fixture.kis.sameTokenMs = 0;
    await fixture.clock.advance(2 * HOUR);
    for (let refusal = 0; refusal < 2; refusal += 1) {
      const old = fixture.now;
      fixture.kis.revoked.add(old.accessToken);
      await fixture.during(
        fixture.replace(old).catch(() => undefined),
        2 * MINUTE,
      );
    }
    return fixture;
  }

  it('callers wait, but a forced request gets a new token, with a warning', async () => {
    const fixture = await twiceRefusedFixture();
    await expect(fixture.during(fixture.ask(), SECOND)).rejects.toMatchObject({ code: 'KIS_TOKEN_REJECTED' });
    const asked = fixture.kis.asked;
    warnings.take();
    expect(await fixture.during(fixture.tokens.refresh(), SECOND)).toMatchObject({ outcome: 'refreshed' });
    expect(warnings.take().join('\n')).toMatch(/refused the last two tokens.*because a person forces it/);
    expect(fixture.kis.asked).toBe(asked + 1);
    expect(fixture.kis.accepts(fixture.now.accessToken)).toBe(true);
  });
});

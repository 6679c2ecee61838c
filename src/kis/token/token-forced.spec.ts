import { KisCredentialsRejectedError, KisTokenCooldownError } from '../kis.errors';
import { CapturedWarnings } from '../../../test/support/captured-warnings';
import { HOUR, MINUTE, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';

const warnings = new CapturedWarnings();

/** KIS has just refused the key of the first attempt. */
async function wrongKeyDesk(): Promise<TokenDesk> {
  const desk = new TokenDesk();
  desk.kis.fault = () => {
    throw new KisCredentialsRejectedError('KIS does not accept the app key.');
  };
  await desk.during(desk.tokens.refreshDue(), SECOND);
  return desk;
}

describe('While nobody asks because KIS refused the key', () => {
  it.each([
    ['the process that asked', (desk: TokenDesk) => desk.tokens],
    ['another process, or this one after a restart', (desk: TokenDesk) => desk.another()],
  ])('callers of %s get that refusal, and when the next request is due', async (_who, choose) => {
    const desk = await wrongKeyDesk();
    const tokens = choose(desk);
    for (const waitMs of [0, 30 * SECOND, 5 * MINUTE]) {
      await desk.run(waitMs, [tokens]);
      await expect(desk.during(Promise.resolve(tokens.getToken()), SECOND)).rejects.toMatchObject({
        code: 'KIS_CREDENTIALS_REJECTED',
        message: expect.stringMatching(/does not accept the app key.*The next request is due in \d+ s/),
        retryAt: expect.any(Date),
      });
    }
    expect(desk.kis.asked).toBe(1);
  });

  it('a sweep waits, and does not tell of a failure each time', async () => {
    const desk = await wrongKeyDesk();
    const other = desk.another();
    for (let sweep = 0; sweep < 3; sweep += 1) {
      expect(await desk.during(other.refreshDue(), 30 * SECOND)).toEqual([
        { alias: 'main', outcome: 'waiting' },
      ]);
    }
    expect(desk.heard('refreshFailed')).toHaveLength(1);
  });

  it('a person who asks for a token waits for the minute only', async () => {
    const desk = await wrongKeyDesk();
    await desk.clock.advance(50 * SECOND);
    await expect(desk.during(desk.tokens.refresh(), SECOND)).rejects.toBeInstanceOf(KisTokenCooldownError);
    expect(desk.kis.asked).toBe(1);
    desk.kis.fault = null;
    await desk.clock.advance(15 * SECOND);
    expect(await desk.during(desk.tokens.refresh(), SECOND)).toMatchObject({ outcome: 'refreshed' });
    expect(desk.kis.asked).toBe(2);
  });

  it('a person who asks in vain again and again keeps the minute', async () => {
    const desk = await wrongKeyDesk();
    for (let second = 0; second < HOUR / SECOND; second += 10) {
      await desk.during(
        desk.tokens.refresh().catch(() => undefined),
        10 * SECOND,
      );
    }
    const gaps = desk.kis.issues.slice(1).map(({ at }, index) => at - (desk.kis.issues[index]?.at ?? 0));
    expect(gaps.length).toBeGreaterThan(40);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(MINUTE);
  });

  it('a person whose wish meets an attempt that only waits is not sent away with it', async () => {
    const desk = await wrongKeyDesk();
    await desk.clock.advance(2 * MINUTE);
    desk.kis.fault = null;
    const waiting = desk.ask().catch(() => undefined);
    expect(await desk.during(desk.tokens.refresh(), SECOND)).toMatchObject({ outcome: 'refreshed' });
    await waiting;
  });
});

describe('After KIS has refused two tokens in a row', () => {
  /** The token that replaced a refused one is refused, too. */
  async function twiceRefusedDesk(): Promise<TokenDesk> {
    const desk = await TokenDesk.open();
    desk.kis.sameTokenMs = 0;
    await desk.clock.advance(2 * HOUR);
    for (let refusal = 0; refusal < 2; refusal += 1) {
      const old = desk.now;
      desk.kis.revoked.add(old.accessToken);
      await desk.during(
        desk.replace(old).catch(() => undefined),
        2 * MINUTE,
      );
    }
    return desk;
  }

  it('callers wait, but a person gets a new token, with a warning', async () => {
    const desk = await twiceRefusedDesk();
    await expect(desk.during(desk.ask(), SECOND)).rejects.toMatchObject({ code: 'KIS_TOKEN_REJECTED' });
    const asked = desk.kis.asked;
    warnings.take();
    expect(await desk.during(desk.tokens.refresh(), SECOND)).toMatchObject({ outcome: 'refreshed' });
    expect(warnings.take().join('\n')).toMatch(/refused the last two tokens.*because a person asked/);
    expect(desk.kis.asked).toBe(asked + 1);
    expect(desk.kis.accepts(desk.now.accessToken)).toBe(true);
  });
});

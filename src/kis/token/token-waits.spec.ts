import { Logger } from '@nestjs/common';
import { JsonTokenStore, Rows } from '../../../test/support/kis/json-token-store';
import {
  FIXTURE_ACCOUNT,
  MINUTE,
  SECOND,
  TokenServiceFixture,
} from '../../../test/support/kis/token-service-fixture';
import { KisConfiguration } from '../kis.options';
import { NO_CLAIM, type ClaimAnswer } from './claim-rules';
import { KisToken } from './kis-token';
import { MemoryKisTokenStore } from './memory-kis-token.store';

beforeAll(() => {
  Logger.overrideLogger(false);
});

/** A service whose store has a damaged claim record that is obeyed for as long as a claim lasts. */
function withDamagedClaim(): TokenServiceFixture {
  const fixture = new TokenServiceFixture();
  const rows = new Rows();
  const until = fixture.clock.monotonic() + 81 * SECOND;
  rows.set(fixture.credential.id, { token: '', claim: '{"generation":"many"}', until });
  const store = new JsonTokenStore(rows, fixture.clock, new KisConfiguration({ accounts: [] }));
  fixture.tokens = fixture.another(store);
  return fixture;
}

describe('While the record of the last request is damaged, a caller', () => {
  it('is told at once when the next request is due', async () => {
    const fixture = withDamagedClaim();
    const endsAt = fixture.clock.now() + 81 * SECOND;
    const { error, tookMs } = await fixture.timed(fixture.ask(), 30 * SECOND);
    expect(error).toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
      message: expect.stringMatching(/record of the last token request was damaged.*due in 81 s/),
    });
    expect([tookMs, (error as { retryAt?: Date }).retryAt?.getTime()]).toEqual([0, endsAt]);
  });

  it('waits for a token when the next request is due within its time limit', async () => {
    const fixture = withDamagedClaim();
    await fixture.clock.advance(65 * SECOND);
    const { token, tookMs } = await fixture.timed(fixture.ask(), 30 * SECOND);
    expect(token).toBeInstanceOf(KisToken);
    expect(tookMs).toBeGreaterThanOrEqual(16 * SECOND);
    expect(fixture.kis.asked).toBe(1);
  });

  it('gets the token that the scheduled job requests as soon as that is due', async () => {
    const fixture = withDamagedClaim();
    await fixture.run(85 * SECOND);
    expect(fixture.now).toBeInstanceOf(KisToken);
    expect(fixture.kis.asked).toBe(1);
  });
});

describe('When the process that requested a token was killed, a caller', () => {
  it('is told at once when the next request is due, once the request must have ended', async () => {
    const fixture = new TokenServiceFixture();
    await fixture.foreignClaim();
    const endsAt = fixture.clock.now() + 81 * SECOND;
    await fixture.clock.advance(23 * SECOND);
    const { error, tookMs } = await fixture.timed(fixture.ask(), SECOND);
    expect(error).toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
      message: expect.stringMatching(/no result has been recorded since.*due in 58 s/),
      retryAt: new Date(endsAt),
    });
    expect(tookMs).toBe(0);
  });

  it('is not given the reason of an earlier failure', async () => {
    const fixture = new TokenServiceFixture();
    const { claim } = await fixture.foreignClaim();
    const failure = { code: 'KIS_CREDENTIALS_REJECTED', message: 'a wrong key', at: 0 } as const;
    await fixture.store.settle(fixture.credential, claim, { cooldownMs: 0, failure });
    await fixture.foreignClaim();
    await fixture.clock.advance(MINUTE / 2);
    const { error } = await fixture.timed(fixture.ask(), SECOND);
    expect(error).toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
      message: expect.not.stringMatching(/wrong key/),
    });
  });
});

describe('The error of a caller whose time limit has ended names', () => {
  it('the reason why the store grants no claim', async () => {
    class LockedStore extends MemoryKisTokenStore {
      override claim(): Promise<ClaimAnswer> {
        const claim = { ...NO_CLAIM, open: true };
        return Promise.resolve({ won: false, claim, remainingMs: SECOND, obstacle: 'It is locked.' });
      }
    }
    const fixture = new TokenServiceFixture();
    fixture.tokens = fixture.another(new LockedStore(fixture.clock));
    const { error, tookMs } = await fixture.timed(fixture.ask(), 30 * SECOND);
    expect(error).toMatchObject({ code: 'TOKEN_STORE_FAILED', message: 'It is locked.' });
    expect(tookMs).toBe(22 * SECOND);
  });

  it('a slow store', async () => {
    const fixture = new TokenServiceFixture({
      accounts: [{ ...FIXTURE_ACCOUNT, requestTimeoutMs: SECOND }],
    });
    fixture.store.fault = 'hangs';
    const { error, tookMs } = await fixture.timed(fixture.ask(), 30 * SECOND);
    expect(error).toMatchObject({
      code: 'KIS_TIMEOUT',
      message: expect.stringMatching(/the token store is slow: none has been requested/),
    });
    expect(tookMs).toBe(3 * SECOND);
  });
});

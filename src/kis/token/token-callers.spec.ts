import { Logger } from '@nestjs/common';
import { KisUnavailableError } from '../kis.errors';
import {
  FIXTURE_ACCOUNT,
  HOUR,
  MINUTE,
  REFUSAL,
  SECOND,
  TokenServiceFixture,
} from '../../../test/support/kis/token-service-fixture';
import { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('A caller that gives up', () => {
  it('ends its own wait at once with its reason, and no other caller’s', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.latencyMs = 5 * SECOND;
    const giveUp = new AbortController();
    const others = Promise.all([fixture.ask(), fixture.ask()]);
    const mine = fixture.ask(giveUp.signal);
    await fixture.clock.advance(SECOND);
    giveUp.abort(new Error('the user went home'));
    const { error, tookMs } = await fixture.timed(mine, 0);
    expect([String(error), tookMs]).toEqual(['Error: the user went home', 0]);
    const served = await fixture.during(others);
    expect(served.every((token) => token instanceof KisToken)).toBe(true);
    expect(fixture.kis.asked).toBe(1);
  });

  it('that was alone leaves the request to end: its token is kept', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.latencyMs = 5 * SECOND;
    const giveUp = new AbortController();
    const mine = fixture.ask(giveUp.signal);
    await fixture.clock.advance(SECOND);
    giveUp.abort();
    await expect(fixture.during(mine)).rejects.toThrow(/aborted/);
    expect(fixture.now.accessToken).toBe(fixture.issued(0));
  });

  it('before it began does not cause a request', async () => {
    const fixture = new TokenServiceFixture();
    await expect(fixture.during(fixture.ask(AbortSignal.abort(new Error('too late'))))).rejects.toThrow(
      'too late',
    );
    expect(fixture.kis.asked).toBe(0);
  });

  it('inside the buffer ends its wait, too', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(24 * HOUR - 4 * MINUTE);
    fixture.kis.latencyMs = 10 * SECOND;
    const giveUp = new AbortController();
    const mine = fixture.ask(giveUp.signal);
    await fixture.clock.advance(SECOND);
    giveUp.abort(new Error('enough'));
    const { error, tookMs } = await fixture.timed(mine, 0);
    expect([String(error), tookMs]).toEqual(['Error: enough', 0]);
  });

  it('while its refused token is replaced aborts only itself, even when the store hangs', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(7 * HOUR);
    const token = fixture.now;
    fixture.kis.revoked.add(token.accessToken);
    fixture.store.fault = 'hangs';
    const giveUp = new AbortController();
    const mine = fixture.tokens.replaceRefused('main', token, REFUSAL, { signal: giveUp.signal });
    const other = fixture.replace(token);
    await fixture.clock.advance(SECOND);
    giveUp.abort(new Error('enough'));
    const { error, tookMs } = await fixture.timed(mine, 0);
    expect([String(error), tookMs]).toEqual(['Error: enough', 0]);
    fixture.store.fault = 'none';
    expect((await fixture.during(other)).accessToken).toBe(fixture.issued(1));
    expect(fixture.kis.asked).toBe(2);
  });

  it('waits in timers of a minute at most, however long its limit is', async () => {
    const fixture = new TokenServiceFixture({
      accounts: [{ ...FIXTURE_ACCOUNT, requestTimeoutMs: 200 * SECOND }],
    });
    fixture.kis.latencyMs = 150 * SECOND;
    const { token, tookMs } = await fixture.timed(fixture.ask(), 5 * MINUTE);
    expect([token?.accessToken, tookMs]).toEqual([fixture.issued(0), 150 * SECOND]);
  });

  it('leaves no timer behind', async () => {
    const fixture = new TokenServiceFixture();
    const giveUp = new AbortController();
    const both = Promise.allSettled([fixture.ask(giveUp.signal), fixture.ask()]);
    await fixture.clock.advance(50);
    expect(fixture.clock.pendingTimers).toBeGreaterThan(0);
    giveUp.abort();
    await fixture.during(both, 2 * SECOND);
    expect(fixture.clock.pendingTimers).toBe(0);
  });
});

describe('A service that shuts down', () => {
  it('finishes the request under way, stores its token, and is done then', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.latencyMs = 5 * SECOND;
    const asking = fixture.ask();
    await fixture.clock.advance(SECOND);
    let doneAt = 0;
    const closing = fixture.tokens.beforeApplicationShutdown().then(() => {
      doneAt = fixture.clock.monotonic();
    });
    const began = fixture.clock.monotonic();
    await fixture.during(closing);
    expect(doneAt - began).toBe(4 * SECOND);
    await expect(asking).resolves.toBeInstanceOf(KisToken);
    fixture.restart();
    await fixture.during(fixture.ask(), 0);
    expect(fixture.kis.asked).toBe(1);
  });

  it('waits for a store that is slow', async () => {
    const fixture = new TokenServiceFixture();
    void fixture.ask();
    await fixture.clock.advance(50);
    fixture.store.fault = 'hangs';
    const closing = fixture.tokens.beforeApplicationShutdown();
    const { tookMs } = await fixture.timed(
      closing.then(() => fixture.now),
      2 * SECOND,
    );
    expect(tookMs).toBe(Infinity);
    fixture.store.fault = 'none';
    await fixture.during(closing, 0);
    expect((await fixture.store.inner.read(fixture.credential)).token?.accessToken).toBe(fixture.issued(0));
  });

  it('sends no request that had not begun, and releases its claim', async () => {
    const fixture = new TokenServiceFixture();
    const asking = fixture.ask();
    const closing = fixture.tokens.beforeApplicationShutdown();
    await fixture.during(Promise.allSettled([asking, closing]), SECOND);
    await expect(asking).rejects.toThrow(KisUnavailableError);
    expect(fixture.kis.asked).toBe(0);
    fixture.restart();
    await expect(fixture.during(fixture.ask(), SECOND)).resolves.toBeInstanceOf(KisToken);
  });

  it('is done only when the claim that it had just taken is released', async () => {
    const fixture = new TokenServiceFixture();
    fixture.store.fault = 'slow';
    const asking = fixture.ask();
    await fixture.clock.advance(250);
    const closing = fixture.tokens
      .beforeApplicationShutdown()
      .then(() => fixture.store.inner.read(fixture.credential));
    await fixture.during(Promise.allSettled([asking, closing]), SECOND);
    expect(await closing).toMatchObject({ claim: { open: false }, remainingMs: 0 });
    expect(fixture.kis.asked).toBe(0);
  });

  it('does not wait for the claim of another process', async () => {
    const fixture = new TokenServiceFixture();
    await fixture.foreignClaim();
    const asking = fixture.ask();
    await fixture.clock.advance(SECOND);
    const closing = fixture.tokens.beforeApplicationShutdown();
    await fixture.during(Promise.allSettled([asking, closing]), SECOND);
    await expect(asking).rejects.toThrow(/shutting down/);
    await fixture.clock.advance(5 * MINUTE);
    expect(fixture.kis.asked).toBe(0);
  });

  it('sends no further request, but serves the token that it has', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.during(fixture.tokens.beforeApplicationShutdown(), 0);
    await fixture.clock.advance(22.5 * HOUR);
    expect(fixture.now).toBeInstanceOf(KisToken);
    expect(await fixture.during(fixture.tokens.refreshDue())).toEqual([
      { alias: 'main', outcome: 'waiting' },
    ]);
    await expect(fixture.during(fixture.tokens.refresh())).rejects.toThrow(/shutting down/);
    expect(fixture.kis.asked).toBe(1);
  });
});

import { Logger } from '@nestjs/common';
import { KisUnavailableError } from '../kis.errors';
import { DESK_ACCOUNT, HOUR, MINUTE, REFUSAL, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';
import { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('A caller that gives up', () => {
  it('ends its own wait at once with its reason, and nobody else’s', async () => {
    const desk = new TokenDesk();
    desk.kis.latencyMs = 5 * SECOND;
    const giveUp = new AbortController();
    const others = Promise.all([desk.ask(), desk.ask()]);
    const mine = desk.ask(giveUp.signal);
    await desk.clock.advance(SECOND);
    giveUp.abort(new Error('the user went home'));
    const { error, tookMs } = await desk.timed(mine, 0);
    expect([String(error), tookMs]).toEqual(['Error: the user went home', 0]);
    const served = await desk.during(others);
    expect(served.every((token) => token instanceof KisToken)).toBe(true);
    expect(desk.kis.asked).toBe(1);
  });

  it('that was alone leaves the request to end: its token is kept', async () => {
    const desk = new TokenDesk();
    desk.kis.latencyMs = 5 * SECOND;
    const giveUp = new AbortController();
    const mine = desk.ask(giveUp.signal);
    await desk.clock.advance(SECOND);
    giveUp.abort();
    await expect(desk.during(mine)).rejects.toThrow(/aborted/);
    expect(desk.now.accessToken).toBe(desk.issued(0));
  });

  it('before it began does not cause a request', async () => {
    const desk = new TokenDesk();
    await expect(desk.during(desk.ask(AbortSignal.abort(new Error('too late'))))).rejects.toThrow('too late');
    expect(desk.kis.asked).toBe(0);
  });

  it('inside the buffer ends its wait, too', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(24 * HOUR - 4 * MINUTE);
    desk.kis.latencyMs = 10 * SECOND;
    const giveUp = new AbortController();
    const mine = desk.ask(giveUp.signal);
    await desk.clock.advance(SECOND);
    giveUp.abort(new Error('enough'));
    const { error, tookMs } = await desk.timed(mine, 0);
    expect([String(error), tookMs]).toEqual(['Error: enough', 0]);
  });

  it('while its refused token is replaced aborts only itself, even when the store hangs', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(7 * HOUR);
    const token = desk.now;
    desk.kis.revoked.add(token.accessToken);
    desk.store.fault = 'hangs';
    const giveUp = new AbortController();
    const mine = desk.tokens.replaceRefused('main', token, REFUSAL, { signal: giveUp.signal });
    const other = desk.replace(token);
    await desk.clock.advance(SECOND);
    giveUp.abort(new Error('enough'));
    const { error, tookMs } = await desk.timed(mine, 0);
    expect([String(error), tookMs]).toEqual(['Error: enough', 0]);
    desk.store.fault = 'none';
    expect((await desk.during(other)).accessToken).toBe(desk.issued(1));
    expect(desk.kis.asked).toBe(2);
  });

  it('has waited in timers of a minute at most, however patient it is', async () => {
    const desk = new TokenDesk({ accounts: [{ ...DESK_ACCOUNT, requestTimeoutMs: 200 * SECOND }] });
    desk.kis.latencyMs = 150 * SECOND;
    const { token, tookMs } = await desk.timed(desk.ask(), 5 * MINUTE);
    expect([token?.accessToken, tookMs]).toEqual([desk.issued(0), 150 * SECOND]);
  });

  it('leaves no timer behind', async () => {
    const desk = new TokenDesk();
    const giveUp = new AbortController();
    const both = Promise.allSettled([desk.ask(giveUp.signal), desk.ask()]);
    await desk.clock.advance(50);
    expect(desk.clock.pendingTimers).toBeGreaterThan(0);
    giveUp.abort();
    await desk.during(both, 2 * SECOND);
    expect(desk.clock.pendingTimers).toBe(0);
  });
});

describe('A service that shuts down', () => {
  it('finishes the request under way, stores its token, and is done then', async () => {
    const desk = new TokenDesk();
    desk.kis.latencyMs = 5 * SECOND;
    const asking = desk.ask();
    await desk.clock.advance(SECOND);
    let doneAt = 0;
    const closing = desk.tokens.beforeApplicationShutdown().then(() => {
      doneAt = desk.clock.monotonic();
    });
    const began = desk.clock.monotonic();
    await desk.during(closing);
    expect(doneAt - began).toBe(4 * SECOND);
    await expect(asking).resolves.toBeInstanceOf(KisToken);
    desk.restart();
    await desk.during(desk.ask(), 0);
    expect(desk.kis.asked).toBe(1);
  });

  it('waits for a store that is slow', async () => {
    const desk = new TokenDesk();
    void desk.ask();
    await desk.clock.advance(50);
    desk.store.fault = 'hangs';
    const closing = desk.tokens.beforeApplicationShutdown();
    const { tookMs } = await desk.timed(
      closing.then(() => desk.now),
      2 * SECOND,
    );
    expect(tookMs).toBe(Infinity);
    desk.store.fault = 'none';
    await desk.during(closing, 0);
    expect((await desk.store.inner.read(desk.credential)).token?.accessToken).toBe(desk.issued(0));
  });

  it('sends no request that had not begun, and gives its turn back', async () => {
    const desk = new TokenDesk();
    const asking = desk.ask();
    const closing = desk.tokens.beforeApplicationShutdown();
    await desk.during(Promise.allSettled([asking, closing]), SECOND);
    await expect(asking).rejects.toThrow(KisUnavailableError);
    expect(desk.kis.asked).toBe(0);
    desk.restart();
    await expect(desk.during(desk.ask(), SECOND)).resolves.toBeInstanceOf(KisToken);
  });

  it('is done only when the turn that it had just taken is given back', async () => {
    const desk = new TokenDesk();
    desk.store.fault = 'slow';
    const asking = desk.ask();
    await desk.clock.advance(250);
    const closing = desk.tokens
      .beforeApplicationShutdown()
      .then(() => desk.store.inner.read(desk.credential));
    await desk.during(Promise.allSettled([asking, closing]), SECOND);
    expect(await closing).toMatchObject({ claim: { open: false }, remainingMs: 0 });
    expect(desk.kis.asked).toBe(0);
  });

  it('does not wait for the turn of another process', async () => {
    const desk = new TokenDesk();
    await desk.foreignClaim();
    const asking = desk.ask();
    await desk.clock.advance(SECOND);
    const closing = desk.tokens.beforeApplicationShutdown();
    await desk.during(Promise.allSettled([asking, closing]), SECOND);
    await expect(asking).rejects.toThrow(/shutting down/);
    await desk.clock.advance(5 * MINUTE);
    expect(desk.kis.asked).toBe(0);
  });

  it('asks no more, but serves the token that it has', async () => {
    const desk = await TokenDesk.open();
    await desk.during(desk.tokens.beforeApplicationShutdown(), 0);
    await desk.clock.advance(22.5 * HOUR);
    expect(desk.now).toBeInstanceOf(KisToken);
    expect(await desk.during(desk.tokens.refreshDue())).toEqual([{ alias: 'main', outcome: 'waiting' }]);
    await expect(desk.during(desk.tokens.refresh())).rejects.toThrow(/shutting down/);
    expect(desk.kis.asked).toBe(1);
  });
});

import { ManualKisClock } from '../testing/manual-clock';
import { FlakyKisTokenStore } from '../../../test/support/kis/flaky-store';
import { sampleCredential } from '../testing/sample-tokens';
import { describeKisTokenStore } from './kis-token.store.contract';
import { MemoryKisTokenStore } from './memory-kis-token.store';
import { TimeLimitedTokenStore } from './time-limited-token.store';

const TIMEOUT_MS = 1000;

describeKisTokenStore('TimeLimitedTokenStore', (clock) => {
  const inner = new MemoryKisTokenStore(clock);
  const open = (): TimeLimitedTokenStore => new TimeLimitedTokenStore(inner, clock, TIMEOUT_MS);
  return Promise.resolve({ store: open(), another: open, close: () => Promise.resolve() });
});

describe('TimeLimitedTokenStore, over a store that hangs', () => {
  const credential = sampleCredential();
  const request = { owner: 'owner', holdMs: 81_000, above: 0, at: 0, replaces: false };
  let clock: ManualKisClock;
  let inner: FlakyKisTokenStore;
  let store: TimeLimitedTokenStore;

  beforeEach(() => {
    clock = new ManualKisClock();
    inner = new FlakyKisTokenStore(clock);
    store = new TimeLimitedTokenStore(inner, clock, TIMEOUT_MS);
    inner.fault = 'hangs';
  });

  /** How a wish has ended by now. */
  function outcomeOf(wish: Promise<unknown>): { now: string } {
    const outcome = { now: 'waits' };
    wish.then(
      () => (outcome.now = 'done'),
      (error: unknown) => (outcome.now = String(error)),
    );
    return outcome;
  }

  it('waits for as long as its limit, then reports what to check', async () => {
    const outcome = outcomeOf(store.claim(credential, request));
    await clock.advance(TIMEOUT_MS - 1);
    expect(outcome.now).toBe('waits');
    await clock.advance(1);
    expect(outcome.now).toMatch(/has not answered for 1 s\. Check its disk, mount or server/);
  });

  it('begins no further operation for this credential until the overdue one has ended, but does for others', async () => {
    outcomeOf(store.read(credential));
    await clock.advance(TIMEOUT_MS);
    const next = outcomeOf(store.read(credential));
    outcomeOf(store.read(sampleCredential({ mode: 'REAL' })));
    await clock.advance(TIMEOUT_MS / 8);
    expect(next.now).toMatch(/has not answered/);
    expect(inner.operations).toEqual(['read', 'read']);
    inner.fault = 'none';
    await clock.advance(0);
    await expect(store.read(credential)).resolves.toMatchObject({ absence: 'missing' });
  });

  it('does not count the time in which the process itself was stopped', async () => {
    const outcome = outcomeOf(store.read(credential));
    await clock.advance(1);
    clock.standStill(60_000);
    await clock.advance(1);
    expect(outcome.now).toBe('waits');
    inner.fault = 'none';
    await clock.advance(0);
    expect(outcome.now).toBe('done');
  });

  it('sets no timer that outlives the answer', async () => {
    inner.fault = 'none';
    await store.read(credential);
    expect(clock.pendingTimers).toBe(0);
  });
});

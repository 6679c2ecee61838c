import fc from 'fast-check';
import { KisConfiguration } from '../kis.options';
import type { KisCredential } from '../kis-credential';
import { accountAt } from '../testing/local-kis';
import { ManualKisClock } from '../testing/manual-clock';
import { LocalKisRequestPacer } from './local-kis-request-pacer';
import { PermitLog } from './permit-log';

const ORIGIN = 'http://127.0.0.1:1';

function setUp(...perSecond: number[]) {
  const clock = new ManualKisClock();
  const configuration = new KisConfiguration({
    accounts: perSecond.map((rate, index) =>
      accountAt(ORIGIN, { alias: `a${index}`, appKey: `key-${index}`, requestsPerSecond: rate }),
    ),
  });
  const credentials = configuration.accounts.map((account) => account.credential);
  return { clock, pacer: new LocalKisRequestPacer(configuration, clock), credentials };
}

/** When each of the permits was given, in milliseconds from now on, in the order in which they were asked for. */
function permitTimes(
  pacer: LocalKisRequestPacer,
  credential: KisCredential,
  clock: ManualKisClock,
  count: number,
) {
  const start = clock.monotonic();
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    void pacer.acquire(credential).then(() => (times[index] = clock.monotonic() - start));
  }
  return times;
}

describe('LocalKisRequestPacer', () => {
  it('gives at most the allowed number in any stretch of 1,050 ms, and no fewer than that', async () => {
    const { clock, pacer, credentials } = setUp(18);
    const [credential] = credentials as [KisCredential];
    const times = permitTimes(pacer, credential, clock, 54);

    await clock.advance(10_000);

    expect(times.filter((at) => at === 0)).toHaveLength(18);
    expect(times.filter((at) => at === 1050)).toHaveLength(18);
    expect(times.filter((at) => at === 2100)).toHaveLength(18);
    expect(clock.pendingTimers).toBe(0);
  });

  it('serves first come, first served', async () => {
    const { clock, pacer, credentials } = setUp(2);
    const [credential] = credentials as [KisCredential];
    const times = permitTimes(pacer, credential, clock, 9);

    await clock.advance(10_000);

    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times).toHaveLength(9);
  });

  it.each([
    [0.5, [0, 2050, 4100]],
    [1.5, [0, 717, 1434]],
    [1, [0, 1050, 2100]],
  ])('keeps a rate of %d a second', async (rate, expected) => {
    const { clock, pacer, credentials } = setUp(rate);
    const [credential] = credentials as [KisCredential];
    const times = permitTimes(pacer, credential, clock, 3);

    await clock.advance(5000);

    expect(times).toEqual(expected);
  });

  it('paces each app key for itself', async () => {
    const { clock, pacer, credentials } = setUp(1, 1);
    const [first, second] = credentials as [KisCredential, KisCredential];
    const times = [permitTimes(pacer, first, clock, 1), permitTimes(pacer, second, clock, 1)];

    await clock.advance(0);

    expect(times).toEqual([[0], [0]]);
  });

  it('lets an aborted waiter leave at once, without a permit and without a timer', async () => {
    const { clock, pacer, credentials } = setUp(1);
    const [credential] = credentials as [KisCredential];
    await pacer.acquire(credential);
    const giveUp = new AbortController();
    const aborted = pacer.acquire(credential, giveUp.signal);
    const times = permitTimes(pacer, credential, clock, 1);

    giveUp.abort(new Error('enough'));

    await expect(aborted).rejects.toThrow('enough');
    await clock.advance(1050);
    expect(times).toEqual([1050]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes the timer away when the last waiter leaves', async () => {
    const { clock, pacer, credentials } = setUp(1);
    const [credential] = credentials as [KisCredential];
    await pacer.acquire(credential);
    const giveUp = new AbortController();
    const aborted = pacer.acquire(credential, giveUp.signal);
    expect(clock.pendingTimers).toBe(1);

    giveUp.abort(new Error('enough'));

    await expect(aborted).rejects.toThrow('enough');
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes no permit for a caller who has aborted before', async () => {
    const { pacer, credentials, clock } = setUp(1);
    const [credential] = credentials as [KisCredential];

    await expect(pacer.acquire(credential, AbortSignal.abort(new Error('too late')))).rejects.toThrow(
      'too late',
    );

    const times = permitTimes(pacer, credential, clock, 1);
    await clock.advance(0);
    expect(times).toEqual([0]);
  });

  it('forgets the signal of a caller who was served', async () => {
    const { clock, pacer, credentials } = setUp(1);
    const [credential] = credentials as [KisCredential];
    await pacer.acquire(credential);
    const giveUp = new AbortController();
    const served = pacer.acquire(credential, giveUp.signal);

    await clock.advance(1050);
    giveUp.abort();

    await expect(served).resolves.toBeUndefined();
  });

  it('refuses a caller who would wait more than 30 s, and says when to come again', async () => {
    const { clock, pacer, credentials } = setUp(1);
    const [credential] = credentials as [KisCredential];
    const times = permitTimes(pacer, credential, clock, 29);

    await expect(pacer.acquire(credential)).rejects.toMatchObject({
      code: 'KIS_RATE_LIMITED',
      retryAt: new Date(clock.now() + 29 * 1050 - 30_000),
    });

    await clock.advance(40_000);
    expect(times.filter((at) => at <= 30_000)).toHaveLength(29);
  });

  it('lets nobody overtake while a late timer keeps the queue waiting', async () => {
    const { pacer, credentials, clock } = setUp(1);
    const [credential] = credentials as [KisCredential];
    await pacer.acquire(credential);
    const order: string[] = [];
    const waiting = pacer.acquire(credential).then(() => order.push('first'));
    const start = clock.monotonic();
    jest.spyOn(clock, 'monotonic').mockReturnValue(start + 1060);

    const late = pacer.acquire(credential).then(() => order.push('second'));
    jest.restoreAllMocks();
    await clock.advance(5000);

    await Promise.all([waiting, late]);
    expect(order).toEqual(['first', 'second']);
  });

  it('is not led astray by steps of the wall clock', async () => {
    const { clock, pacer, credentials } = setUp(1);
    const [credential] = credentials as [KisCredential];
    await pacer.acquire(credential);
    clock.step(-3_600_000);
    const times = permitTimes(pacer, credential, clock, 1);

    await clock.advance(1050);

    expect(times).toEqual([1050]);
  });
});

describe('PermitLog', () => {
  it('never gives more than the allowed number in any stretch of 1,050 ms, however it is asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.nat({ max: 400 }), { maxLength: 200 }),
        (rate, gaps) => {
          const log = new PermitLog(rate);
          let now = 0;
          const given = gaps.flatMap((gap) => (log.take((now += gap)) ? [now] : []));
          return given.every(
            (at) => given.filter((other) => other >= at && other < at + 1050).length <= rate,
          );
        },
      ),
    );
  });

  it('gives the permit that it has promised', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 20, noNaN: true }),
        fc.array(fc.nat({ max: 400 })),
        (rate, gaps) => {
          const log = new PermitLog(rate);
          let now = 0;
          for (const gap of gaps) log.take((now += gap));
          return log.take(now + log.waitMs(now, 0));
        },
      ),
    );
  });
});

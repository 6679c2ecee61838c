import { KisConfiguration } from '../../kis.options';
import type { KisCredential } from '../../kis-credential';
import { accountAt } from '../../testing/local-kis';
import { ManualKisClock } from '../../testing/manual-clock';
import type { KisPermit } from './kis-request-pacer';
import { LanedKisRequestPacer } from './laned-kis-request-pacer';
import { MemoryPermitLog } from './memory-permit-log';
import { PermitLog, type PermitAnswer } from './permit-log';

const ORIGIN = 'http://127.0.0.1:1';

/** A pacer for app keys that may call so often. */
function setUp(...perSecond: [number, ...number[]]) {
  const clock = new ManualKisClock();
  const configuration = new KisConfiguration({
    accounts: perSecond.map((rate, index) =>
      accountAt(ORIGIN, { alias: `a${index}`, appKey: `key-${index}`, requestsPerSecond: rate }),
    ),
  });
  const pacer = new LanedKisRequestPacer(configuration, new MemoryPermitLog(clock), clock);
  return { clock, pacer, credential: configuration.account('a0').credential, configuration };
}

type Scene = ReturnType<typeof setUp>;

/** When each of the permits was given, in milliseconds from now on, in the order in which they were asked for. */
function permitTimes(
  { pacer, clock }: Scene,
  credential: KisCredential,
  count: number,
  use: (permit: KisPermit) => void = (permit) => {
    permit.answered();
  },
) {
  const start = clock.monotonic();
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    void pacer.acquire(credential).then((permit) => {
      times[index] = clock.monotonic() - start;
      use(permit);
    });
  }
  return times;
}

describe('LanedKisRequestPacer', () => {
  it('gives the allowed number in a second, and the next ones a second after the answers', async () => {
    const scene = setUp(18);
    const times = permitTimes(scene, scene.credential, 54);

    await scene.clock.advance(10_000);

    for (const at of [0, 1005, 2010]) expect(times.filter((each) => each === at)).toHaveLength(18);
    expect(scene.clock.pendingTimers).toBe(0);
  });

  it('counts a permit from its answer, which comes later than the call arrives', async () => {
    const scene = setUp(1);
    const { clock } = scene;
    const times = permitTimes(scene, scene.credential, 3, (permit) => {
      clock.after(100, () => {
        permit.answered();
      });
    });

    await clock.advance(5000);

    expect(times).toEqual([0, 1105, 2210]);
  });

  it('counts a call that is not answered as having arrived after a second: calls that hang stop no others', async () => {
    const scene = setUp(2);
    const times = permitTimes(scene, scene.credential, 4, () => undefined);

    await scene.clock.advance(5000);

    expect(times).toEqual([0, 0, 2005, 2005]);
  });

  it('heeds the first answer only', async () => {
    const scene = setUp(1);
    const { clock, pacer, credential } = scene;
    const permit = await pacer.acquire(credential);
    permit.answered();
    await clock.advance(900);
    permit.answered();

    const times = permitTimes(scene, credential, 1);
    await clock.advance(200);

    expect(times).toEqual([105]);
  });

  it('serves first come, first served', async () => {
    const scene = setUp(2);
    const times = permitTimes(scene, scene.credential, 9);

    await scene.clock.advance(10_000);

    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times).toHaveLength(9);
  });

  it.each([
    [0.5, [0, 2005, 4010]],
    [1.5, [0, 672, 1344]],
    [1, [0, 1005, 2010]],
  ])('keeps a rate of %d a second', async (rate, expected) => {
    const scene = setUp(rate);
    const times = permitTimes(scene, scene.credential, 3);

    await scene.clock.advance(5000);

    expect(times).toEqual(expected);
  });

  it('paces each app key for itself', async () => {
    const scene = setUp(1, 1);
    const others = scene.configuration.account('a1').credential;
    const times = [permitTimes(scene, scene.credential, 1), permitTimes(scene, others, 1)];

    await scene.clock.advance(0);

    expect(times).toEqual([[0], [0]]);
  });

  it('lets an aborted waiter leave at once, without a permit and without a timer', async () => {
    const scene = setUp(1);
    const { clock, pacer, credential } = scene;
    (await pacer.acquire(credential)).answered();
    const giveUp = new AbortController();
    const aborted = pacer.acquire(credential, giveUp.signal);
    const times = permitTimes(scene, credential, 1);

    giveUp.abort(new Error('enough'));

    await expect(aborted).rejects.toThrow('enough');
    await clock.advance(1005);
    expect(times).toEqual([1005]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes the timer away when the last waiter leaves', async () => {
    const { clock, pacer, credential } = setUp(1);
    (await pacer.acquire(credential)).answered();
    const giveUp = new AbortController();
    const aborted = pacer.acquire(credential, giveUp.signal);
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(1);

    giveUp.abort(new Error('enough'));

    await expect(aborted).rejects.toThrow('enough');
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes no permit for a caller who has aborted before', async () => {
    const scene = setUp(1);
    const late = scene.pacer.acquire(scene.credential, AbortSignal.abort(new Error('too late')));
    await expect(late).rejects.toThrow('too late');

    const times = permitTimes(scene, scene.credential, 1);
    await scene.clock.advance(0);
    expect(times).toEqual([0]);
  });

  it('gives the permit of a caller who aborts while the log is asked to the next one at once', async () => {
    const scene = setUp(1);
    const giveUp = new AbortController();
    const aborted = scene.pacer.acquire(scene.credential, giveUp.signal);
    giveUp.abort(new Error('enough'));
    const times = permitTimes(scene, scene.credential, 1);

    await expect(aborted).rejects.toThrow('enough');
    await scene.clock.advance(10);

    expect(times).toHaveLength(1);
  });

  it('forgets the signal of a caller who was served', async () => {
    const { clock, pacer, credential } = setUp(1);
    (await pacer.acquire(credential)).answered();
    const giveUp = new AbortController();
    const removed = jest.spyOn(giveUp.signal, 'removeEventListener');
    const served = pacer.acquire(credential, giveUp.signal);

    await clock.advance(1005);
    giveUp.abort();

    await expect(served).resolves.toBeDefined();
    expect(removed).toHaveBeenCalledTimes(1);
  });

  it('refuses a caller who would wait more than 30 s, and says when to come again', async () => {
    const scene = setUp(1);
    const { clock, pacer, credential } = scene;
    const times = permitTimes(scene, credential, 30);
    await clock.advance(0);

    await expect(pacer.acquire(credential)).rejects.toMatchObject({
      code: 'KIS_RATE_LIMITED',
      retryAt: new Date(clock.now() + 30 * 1005 - 30_000),
    });

    await clock.advance(40_000);
    expect(times.filter((at) => at <= 30_000)).toHaveLength(30);
  });

  it('lets nobody overtake while a late timer keeps the queue waiting', async () => {
    const { pacer, credential, clock } = setUp(1);
    (await pacer.acquire(credential)).answered();
    const order: string[] = [];
    const first = pacer.acquire(credential).then(() => order.push('first'));
    await clock.advance(0);
    const start = clock.monotonic();
    jest.spyOn(clock, 'monotonic').mockReturnValue(start + 1060);

    const second = pacer.acquire(credential).then(() => order.push('second'));
    jest.restoreAllMocks();
    await clock.advance(5000);

    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });

  it('is not led astray by steps of the wall clock', async () => {
    const scene = setUp(1);
    (await scene.pacer.acquire(scene.credential)).answered();
    scene.clock.step(-3_600_000);
    const times = permitTimes(scene, scene.credential, 1);

    await scene.clock.advance(1005);

    expect(times).toEqual([1005]);
  });
});

/** A log that others empty before us, or that is not to be had. */
class UnwillingLog extends PermitLog {
  answer = (): Promise<PermitAnswer> => Promise.resolve({ given: 0, waitMs: 700, sharers: 2 });
  looks = 0;

  look(): Promise<PermitAnswer> {
    this.looks += 1;
    return this.answer();
  }
}

describe('LanedKisRequestPacer over a log that gives nothing', () => {
  const clock = new ManualKisClock();
  const configuration = new KisConfiguration({ accounts: [accountAt(ORIGIN, { requestsPerSecond: 5 })] });
  const { credential } = configuration.account();

  it('tells a caller after 30 s that it was too much', async () => {
    const log = new UnwillingLog();
    const waiting = new LanedKisRequestPacer(configuration, log, clock).acquire(credential);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'KIS_RATE_LIMITED' });

    await clock.advance(31_000);

    await refused;
    expect(clock.pendingTimers).toBe(0);
  });

  it('asks it no oftener than it says', async () => {
    const log = new UnwillingLog();
    const giveUp = new AbortController();
    const waiting = new LanedKisRequestPacer(configuration, log, clock).acquire(credential, giveUp.signal);

    await clock.advance(7000);
    giveUp.abort(new Error('enough'));

    await expect(waiting).rejects.toThrow('enough');
    expect(log.looks).toBe(11);
  });

  it('leaves nobody waiting when it fails', async () => {
    const log = new UnwillingLog();
    log.answer = () => Promise.reject(new Error('no log'));
    const pacer = new LanedKisRequestPacer(configuration, log, clock);

    await expect(pacer.acquire(credential)).rejects.toThrow('no log');
    await expect(pacer.acquire(credential)).rejects.toThrow('no log');
  });
});

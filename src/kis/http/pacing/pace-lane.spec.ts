import { ManualKisClock } from '../../testing/manual-clock';
import { PacerFixture } from '../../../../test/support/kis/pacer-fixture';
import { sampleCredential } from '../../testing/sample-tokens';
import { paceOf } from './pace';
import { PaceLane } from './pace-lane';
import { PermitLog, type PermitAnswer } from './permit-log';

describe('PaceLane', () => {
  it('ends the wait of an aborted caller at once, without a permit and without a timer', async () => {
    const fixture = new PacerFixture(1);
    const { clock, pacer, credential } = fixture;
    (await pacer.acquire(credential)).answered();
    const giveUp = new AbortController();
    const aborted = pacer.acquire(credential, giveUp.signal);
    const times = fixture.permitTimes(1);

    giveUp.abort(new Error('enough'));

    await expect(aborted).rejects.toThrow('enough');
    await clock.advance(1005);
    expect(times).toEqual([1005]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('cancels the timer when the last waiting caller aborts', async () => {
    const { clock, pacer, credential } = new PacerFixture(1);
    (await pacer.acquire(credential)).answered();
    const giveUp = new AbortController();
    const aborted = pacer.acquire(credential, giveUp.signal);
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(1);

    giveUp.abort(new Error('enough'));

    await expect(aborted).rejects.toThrow('enough');
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes no permit for a caller that has already aborted', async () => {
    const fixture = new PacerFixture(1);
    const late = fixture.pacer.acquire(fixture.credential, AbortSignal.abort(new Error('too late')));
    await expect(late).rejects.toThrow('too late');

    const times = fixture.permitTimes(1);
    await fixture.clock.advance(0);
    expect(times).toEqual([0]);
  });

  it('passes the permit on at once when its caller aborts during the request to the log', async () => {
    const fixture = new PacerFixture(1);
    const giveUp = new AbortController();
    const aborted = fixture.pacer.acquire(fixture.credential, giveUp.signal);
    giveUp.abort(new Error('enough'));
    const times = fixture.permitTimes(1);

    await expect(aborted).rejects.toThrow('enough');
    await fixture.clock.advance(10);

    expect(times).toHaveLength(1);
  });

  it('removes its listener from the signal of a served caller', async () => {
    const { clock, pacer, credential } = new PacerFixture(1);
    (await pacer.acquire(credential)).answered();
    const giveUp = new AbortController();
    const removed = jest.spyOn(giveUp.signal, 'removeEventListener');
    const served = pacer.acquire(credential, giveUp.signal);

    await clock.advance(1005);
    giveUp.abort();

    await expect(served).resolves.toBeDefined();
    expect(removed).toHaveBeenCalledTimes(1);
  });

  it('refuses a caller that would wait more than 30 s, and states when to retry', async () => {
    const fixture = new PacerFixture(1);
    const { clock, pacer, credential } = fixture;
    const times = fixture.permitTimes(30);
    await clock.advance(0);

    await expect(pacer.acquire(credential)).rejects.toMatchObject({
      code: 'KIS_RATE_LIMITED',
      retryAt: new Date(clock.now() + 30 * 1005 - 30_000),
    });

    await clock.advance(40_000);
    expect(times.filter((at) => at <= 30_000)).toHaveLength(30);
  });

  it('serves orders before all waiting calls', async () => {
    const { pacer, credential, clock } = new PacerFixture(1);
    (await pacer.acquire(credential)).answered();
    const order: string[] = [];
    const take = (name: string, isUrgent: boolean) =>
      pacer.acquire(credential, undefined, isUrgent).then((permit) => {
        order.push(name);
        permit.answered();
      });
    const all = [take('read', false), take('another read', false), take('order', true)];
    await clock.advance(10_000);

    await Promise.all(all);
    expect(order).toEqual(['order', 'read', 'another read']);
  });

  it('lets no caller overtake while a late timer delays the queue', async () => {
    const { pacer, credential, clock } = new PacerFixture(1);
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

  it('gives a permit at once only while no call waits and one is left, and counts it', async () => {
    const { pacer, credential, clock } = new PacerFixture(2);
    const permits = [1, 2, 3].map(() => pacer.tryAcquire(credential));
    expect(permits.map((permit) => permit !== null)).toEqual([true, true, false]);
    for (const permit of permits) permit?.answered();
    const waiting = [1, 2, 3].map(() => pacer.acquire(credential));

    await clock.advance(1005);

    expect(pacer.tryAcquire(credential)).toBeNull();
    await clock.advance(3000);
    await Promise.all(waiting);
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

describe('PaceLane over a log that grants nothing', () => {
  const clock = new ManualKisClock();
  const laneOver = (log: PermitLog) => new PaceLane(sampleCredential(), paceOf(5), 'me', log, clock);

  it('fails a caller after 30 s as one call too many', async () => {
    const log = new UnwillingLog();
    const waiting = laneOver(log).acquire(undefined);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'KIS_RATE_LIMITED' });

    await clock.advance(31_000);

    await refused;
    expect(clock.pendingTimers).toBe(0);
  });

  it('requests no more often than the log states', async () => {
    const log = new UnwillingLog();
    const giveUp = new AbortController();
    const waiting = laneOver(log).acquire(giveUp.signal);

    await clock.advance(7000);
    giveUp.abort(new Error('enough'));

    await expect(waiting).rejects.toThrow('enough');
    expect(log.looks).toBe(11);
  });

  it('fails all waiting callers when the log fails', async () => {
    const log = new UnwillingLog();
    log.answer = () => Promise.reject(new Error('no log'));
    const lane = laneOver(log);

    await expect(lane.acquire(undefined)).rejects.toThrow('no log');
    await expect(lane.acquire(undefined)).rejects.toThrow('no log');
  });
});

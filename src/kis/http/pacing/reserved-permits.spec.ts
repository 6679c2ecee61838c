import fc from 'fast-check';
import { PacerFixture } from '../../../../test/support/kis/pacer-fixture';
import { MemoryPermitLog } from './memory-permit-log';

/** One after the other is used and its call answered at once. */
async function urgentCall({ pacer, credential }: PacerFixture): Promise<void> {
  (await pacer.acquire(credential, undefined, true)).answered();
}

const WINDOW_MS = 1000;

const task = fc.record({
  startMs: fc.nat({ max: 3000 }),
  /** A read, or an order with so many calls, which may be fewer or more than it has reserved. */
  urgentCalls: fc.option(fc.nat({ max: 6 }), { nil: null }),
  /** Between two calls. */
  gapMs: fc.nat({ max: 400 }),
  answerMs: fc.nat({ max: 200 }),
});

type Task = typeof task extends fc.Arbitrary<infer T> ? T : never;

/** Reads and orders of one process, and when their calls were sent. */
class Traffic {
  readonly sent: number[] = [];
  private readonly fixture: PacerFixture;
  private running = 0;

  constructor(perSecond: number, tasks: readonly Task[]) {
    this.fixture = new PacerFixture(perSecond);
    for (const each of tasks) {
      this.running += 1;
      this.fixture.clock.after(each.startMs, () => {
        void (each.urgentCalls === null ? this.call(each, false) : this.order(each)).then(() => {
          this.running -= 1;
        });
      });
    }
  }

  /** @returns how many tasks have not ended in the time that all of them can need. */
  async run(): Promise<number> {
    for (let passed = 0; passed < 60_000 && this.running > 0; passed += 5)
      await this.fixture.clock.advance(5);
    await this.fixture.clock.advance(5);
    return this.running + this.fixture.clock.pendingTimers;
  }

  private async order(one: Task): Promise<void> {
    const { pacer, credential } = this.fixture;
    const reservation = pacer.reserve(credential, 4);
    for (let call = 0; call < (one.urgentCalls ?? 0); call += 1) {
      await this.pause(one.gapMs);
      await this.call(one, true);
    }
    reservation.release();
  }

  private async call({ answerMs }: Task, isUrgent: boolean): Promise<void> {
    const { clock, pacer, credential } = this.fixture;
    const permit = await pacer.acquire(credential, undefined, isUrgent);
    this.sent.push(clock.monotonic());
    await this.pause(answerMs);
    permit.answered();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.fixture.clock.after(ms, resolve);
    });
  }
}

describe('reserved permits', () => {
  afterEach(() => jest.restoreAllMocks());

  it('are requested in one step, and urgent calls get them without another one', async () => {
    const looks = jest.spyOn(MemoryPermitLog.prototype, 'look');
    const fixture = new PacerFixture(10);
    const reservation = fixture.pacer.reserve(fixture.credential, 4);
    await fixture.clock.advance(0);

    for (let call = 0; call < 4; call += 1) await urgentCall(fixture);
    await fixture.clock.advance(0);
    expect(looks).toHaveBeenCalledTimes(1);
    reservation.release();

    expect(looks.mock.calls.map(([, , { wanted, answered }]) => [wanted.length, answered.length])).toEqual([
      [4, 0],
      [0, 4],
    ]);
  });

  it('count like all others: no second has more calls than allowed', async () => {
    const fixture = new PacerFixture(3);
    const reservation = fixture.pacer.reserve(fixture.credential, 4);
    const reads = fixture.permitTimes(4);
    await fixture.clock.advance(0);

    await urgentCall(fixture);
    await fixture.clock.advance(0);
    expect(reads).toEqual([]);

    reservation.release();
    await fixture.clock.advance(2000);
    expect(reads).toEqual([0, 0, 1005, 1005]);
  });

  it('exceed the pace in no second, whatever is reserved, used and released, and delay no call', async () => {
    const rate = fc.integer({ min: 1, max: 8 });
    const tasks = fc.array(task, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(rate, tasks, async (perSecond, all) => {
        const traffic = new Traffic(perSecond, all);
        expect(await traffic.run()).toBe(0);
        const { sent } = traffic;
        const busiest = sent.map((from) => sent.filter((at) => at >= from && at < from + WINDOW_MS).length);
        expect(Math.max(0, ...busiest)).toBeLessThanOrEqual(perSecond);
      }),
      { numRuns: 12 },
    );
  });

  it('are given to no call that is not urgent', async () => {
    const fixture = new PacerFixture(1);
    const reservation = fixture.pacer.reserve(fixture.credential, 1);
    const reads = fixture.permitTimes(1);
    await fixture.clock.advance(100);
    expect(reads).toEqual([]);

    reservation.release();
    await fixture.clock.advance(0);
    expect(reads).toEqual([100]);
  });

  it('are given back when they are too old, and the call gets another one', async () => {
    const looks = jest.spyOn(MemoryPermitLog.prototype, 'look');
    const fixture = new PacerFixture(5);
    const reservation = fixture.pacer.reserve(fixture.credential, 1);
    await fixture.clock.advance(301);

    await urgentCall(fixture);
    reservation.release();

    const [, second] = looks.mock.calls;
    expect(second?.[2]).toMatchObject({ wanted: [expect.any(String)], answered: [{ agoMs: 1005 }] });
  });

  it('hold a place in the queue before calls that are not urgent', async () => {
    const fixture = new PacerFixture(1);
    const { clock, pacer, credential } = fixture;
    (await pacer.acquire(credential)).answered();
    const reads = fixture.permitTimes(1);
    const reservation = pacer.reserve(credential, 1);
    await clock.advance(500);

    const urgent = urgentCall(fixture).then(() => clock.monotonic());
    await clock.advance(2500);

    await urgent;
    reservation.release();
    expect(reads).toEqual([2010]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('leave no timer and no place when they are released, or their caller aborts, before their turn', async () => {
    const { clock, pacer, credential } = new PacerFixture(1);
    (await pacer.acquire(credential)).answered();
    const giveUp = new AbortController();
    const reservation = pacer.reserve(credential, 4);
    const aborted = pacer.acquire(credential, giveUp.signal, true);
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(1);

    giveUp.abort(new Error('enough'));
    reservation.release();

    await expect(aborted).rejects.toThrow('enough');
    expect(clock.pendingTimers).toBe(0);
    const permit = pacer.acquire(credential);
    await clock.advance(1005);
    await expect(permit).resolves.toBeDefined();
  });

  it('are lost with the log, and urgent calls then fare as all others', async () => {
    const { clock, pacer, credential } = new PacerFixture(5);
    jest.spyOn(MemoryPermitLog.prototype, 'look').mockRejectedValueOnce(new Error('no log'));
    const reservation = pacer.reserve(credential, 2);
    await clock.advance(0);

    await expect(pacer.acquire(credential, undefined, true)).resolves.toBeDefined();
    reservation.release();
  });
});

import { Logger } from '@nestjs/common';
import { CALLS, Caller, credential, ServedLog } from '../../../../test/support/kis/pace-callers';
import { ManualKisClock } from '../../testing/manual-clock';
import { FallbackPermitLog } from './fallback-permit-log';
import { paceOf } from './pace';
import { PaceLane } from './pace-lane';

describe('a pace that is shared', () => {
  let clock: ManualKisClock;
  let log: ServedLog;
  let arrivals: number[];
  let lines: string[];

  beforeEach(() => {
    clock = new ManualKisClock(undefined, 3);
    log = new ServedLog(clock);
    arrivals = [];
    lines = [];
    const tell = (line: unknown): void => void lines.push(String(line));
    const silent = (): void => undefined;
    Logger.overrideLogger({ log: tell, warn: tell, error: tell, debug: silent, verbose: silent });
  });

  function hire(count: number): Caller[] {
    const callers = Array.from(
      { length: count },
      (_, index) => new Caller(clock, log, `p${index}`, arrivals),
    );
    // Each of them sends as many calls as it gets permits for.
    for (const caller of callers) for (let line = 0; line < 5; line += 1) void caller.resume();
    return callers;
  }

  /** Of a process that sends nothing by itself. */
  function laneOf(name: string): PaceLane {
    const fallback = new FallbackPermitLog(log.connection(), clock);
    return new PaceLane(credential, paceOf(CALLS), name, fallback, clock);
  }

  const busiestSecond = (): number =>
    Math.max(...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + 1000).length));

  async function arrivalsWithin(durationMs: number): Promise<number> {
    const before = arrivals.length;
    await clock.advance(durationMs);
    return arrivals.length - before;
  }

  it('holds for all processes together', async () => {
    hire(4);

    expect(await arrivalsWithin(10_100)).toBeGreaterThan(0.95 * CALLS * 10);
    expect(busiestSecond()).toBe(CALLS);
    expect(lines).toEqual([]);
  });

  it('goes to orders first, whichever process they wait in, and to reads as soon as none waits', async () => {
    hire(3);
    await clock.advance(5000);
    const lane = laneOf('orders');
    const readsBetween: number[] = [];

    for (let order = 0; order < 10; order += 1) {
      const taking = lane.acquire(undefined, true);
      await clock.advance(0); // The log knows that it waits.
      const before = arrivals.length;
      void taking.then((permit) => {
        // Those of the same moment took nothing from it.
        readsBetween.push(arrivals.slice(before).filter((at) => at < clock.monotonic()).length);
        permit.answered();
      });
      for (let passed = 0; passed < 3000 && readsBetween.length === order; passed += 1)
        await clock.advance(1);
    }

    expect(readsBetween).toEqual(Array(10).fill(0));
    expect(await arrivalsWithin(10_100)).toBeGreaterThan(0.95 * CALLS * 10);
  });

  it('withholds nothing from reads when an order is given up', async () => {
    hire(3);
    await clock.advance(5000);
    const giveUp = new AbortController();
    const waiting = Array.from({ length: CALLS }, () => laneOf('orders').acquire(giveUp.signal, true));
    const settled = Promise.allSettled(waiting);
    await clock.advance(0);

    giveUp.abort(new Error('enough'));
    await settled;

    expect(await arrivalsWithin(1010)).toBeGreaterThanOrEqual(CALLS - 1);
  });

  it('is divided at once while the log is away, for as long as that lasts', async () => {
    hire(4);
    await clock.advance(2300);

    log.goAway();

    expect(await arrivalsWithin(2005)).toBe(0);
    expect(await arrivalsWithin(20_000)).toBeGreaterThan(0.9 * CALLS * 20);
    expect(busiestSecond()).toBe(CALLS);
  });

  it.each([0, 130, 700, 990])(
    'goes on at once for a process that shares it with no other, and is kept (%d ms after a look)',
    async (afterMs) => {
      hire(1);
      await clock.advance(5300 + afterMs);

      log.goAway();

      expect(await arrivalsWithin(1005)).toBeGreaterThan(0.9 * CALLS);
      await clock.advance(10_000);
      expect(busiestSecond()).toBe(CALLS);
    },
  );

  it('delays a process that shares it with no other only briefly', async () => {
    const [caller] = hire(1);
    await clock.advance(6000);
    const silent = new Promise<never>(() => undefined);
    if (caller) caller.connection.look = () => silent;

    await clock.advance(85);
    expect(await arrivalsWithin(1005)).toBeGreaterThan(0.9 * CALLS);

    await clock.advance(10_000);
    expect(busiestSecond()).toBe(CALLS);
    expect(lines).toEqual([]);
  });

  it('leaves the remainder unused when the limit cannot be divided evenly', async () => {
    hire(5);
    await clock.advance(2300);

    log.goAway();
    await clock.advance(2005);

    expect(await arrivalsWithin(10_050)).toBe(5 * 2 * 10);
  });

  it('is whole again when the log is back empty, and is never exceeded on the way', async () => {
    hire(4);
    for (let turn = 0; turn < 5; turn += 1) {
      await clock.advance(7130);
      log.goAway();
      await clock.advance(3170);
      log.comeBack();
    }
    await clock.advance(7000);

    expect(busiestSecond()).toBe(CALLS);
    expect(await arrivalsWithin(10_100)).toBeGreaterThan(0.95 * CALLS * 10);
  });

  it('is never exceeded although some processes notice later than others that the log is away, and that it is back', async () => {
    const callers = hire(4);
    await clock.advance(2300);
    for (const { connection } of callers) {
      connection.cut = true;
      await clock.advance(90);
    }
    await clock.advance(3000);
    log.comeBack();
    for (const { connection } of callers) {
      connection.cut = false;
      await clock.advance(400);
    }
    await clock.advance(10_000);

    expect(busiestSecond()).toBe(CALLS);
  });

  it('is divided by the same number as before when the log goes away again before all processes are back', async () => {
    const callers = hire(4);
    await clock.advance(2300);
    log.goAway();
    await clock.advance(3000);
    log.comeBack();
    for (const { connection } of callers.slice(1)) connection.cut = true;
    await clock.advance(1100);
    log.goAway();
    await clock.advance(10_000);

    expect(busiestSecond()).toBe(CALLS);
  });

  it('is reported once when the log is lost and once when it is back, without the key', async () => {
    hire(1);
    await clock.advance(500);
    log.goAway();
    await clock.advance(60_000);
    log.comeBack();
    await clock.advance(60_000);

    expect(lines).toEqual([
      expect.stringMatching(
        /^Calls of app key PSspecKey0… can no longer be counted .* ECONNREFUSED\. .* own share, 12 in 1005 ms/,
      ),
      'Calls of app key PSspecKey0… are counted together with those of other processes again.',
    ]);
  });

  it('is not shared above a hundred calls a second', async () => {
    const pace = paceOf(101);
    const looks = Array.from({ length: 2 }, (_, index) => {
      const connection = log.connection();
      connection.cut = true;
      const wanted = [`p${index}.1`];
      return new FallbackPermitLog(connection, clock).look(credential, pace, {
        owner: `p${index}`,
        wanted,
        answered: [],
      });
    });

    for (const answer of await Promise.all(looks))
      expect(answer).toEqual({ given: 1, waitMs: 0, sharers: 1 });
    expect(lines).toEqual([]);
  });

  it('delays no call when a process starts without a log', async () => {
    log.goAway();
    hire(1);

    expect(await arrivalsWithin(0)).toBe(CALLS);
    expect(await arrivalsWithin(10_000)).toBe(CALLS * 9);
  });

  it('divides the share of a process that has ended among the others', async () => {
    const [dead] = hire(4);
    await clock.advance(2000);
    if (dead) dead.connection.look = () => new Promise(() => undefined);

    await clock.advance(2005);

    expect(await arrivalsWithin(10_100)).toBeGreaterThan(0.95 * CALLS * 10);
  });
});

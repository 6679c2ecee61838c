import fc from 'fast-check';
import type { KisCredential } from '../../kis-credential';
import { paceOf } from './pace';
import { ORDERS_LATE_MS, PermitBook } from './permit-book';
import type { PermitLog } from './permit-log';
import { ManualKisClock } from '../../testing/manual-clock';
import { sampleCredential } from '../../testing/sample-tokens';

/** A log as one process sees it, and as others do that share it. */
export interface PermitLogPlace {
  readonly log: PermitLog;
  another(): PermitLog;
  close(): Promise<void>;
}

const OWNERS = ['one', 'two', 'three'];

const step = fc.record({
  process: fc.nat({ max: OWNERS.length - 1 }),
  gapMs: fc.oneof(fc.nat({ max: 400 }), fc.constant(31_000)),
  wanted: fc.nat({ max: 6 }),
  urgent: fc.oneof(fc.constant(0), fc.nat({ max: 8 })),
  answers: fc.array(fc.record({ which: fc.nat({ max: 9 }), agoMs: fc.nat({ max: 500 }) }), { maxLength: 4 }),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What all permit logs promise: that they do together what one {@link PermitBook} does. */
export function describePermitLog(
  name: string,
  open: (clock: ManualKisClock) => Promise<PermitLogPlace>,
): void {
  describe(name, () => {
    let clock: ManualKisClock;
    let place: PermitLogPlace;
    let lastKey = 0;

    beforeEach(async () => {
      clock = new ManualKisClock(undefined, 1);
      place = await open(clock);
    });

    afterEach(() => place.close());

    const newCredential = (): KisCredential => sampleCredential({ appKey: `PSpace${(lastKey += 1)}` });

    it('grants each permit once among all processes that share it', async () => {
      const pace = paceOf(2);
      const credential = newCredential();
      const logs = [place.log, place.another(), place.another()];

      const given: number[] = [];
      for (const [index, log] of logs.entries()) {
        const answer = await log.look(credential, pace, {
          owner: `p${index}`,
          wanted: [`p${index}.1`],
          answered: [],
        });
        given.push(answer.given);
      }

      expect(given).toEqual([1, 1, 0]);
    });

    it('keeps app keys apart', async () => {
      const pace = paceOf(1);
      const request = { owner: 'one', wanted: ['one.1'], answered: [] };

      expect((await place.log.look(newCredential(), pace, request)).given).toBe(1);
      expect((await place.log.look(newCredential(), pace, request)).given).toBe(1);
    });

    it('returns an unused permit, also to the process that held it', async () => {
      const pace = paceOf(1);
      const credential = newCredential();
      const wanted = ['one.1'];
      await place.log.look(credential, pace, { owner: 'one', wanted, answered: [] });

      const answered = [{ id: 'one.1', agoMs: pace.windowMs }];
      const again = await place.log.look(credential, pace, { owner: 'one', wanted, answered });
      const other = await place
        .another()
        .look(credential, pace, { owner: 'two', wanted: ['two.1'], answered: [] });

      expect([again.given, other.given]).toEqual([1, 0]);
    });

    it('grants the next permit to an order that waits, also before the reads of another process', async () => {
      const pace = paceOf(2);
      const credential = newCredential();
      const [first, second] = [place.log, place.another()];
      const read = (id: string) => ({ owner: 'two', wanted: [id], answered: [] });
      const answered = [{ id: 'two.1', agoMs: 0 }];
      await second.look(credential, pace, { owner: 'two', wanted: ['two.1'], answered: [] });
      await second.look(credential, pace, { ...read('two.2'), answered });

      const order = { owner: 'one', wanted: ['one.1'], answered: [], urgent: 1 };
      const noted = await first.look(credential, pace, order);
      await clock.advance(noted.waitMs);
      const withheld = await second.look(credential, pace, read('two.3'));
      const taken = await first.look(credential, pace, order);

      expect([noted.given, withheld.given, taken.given]).toEqual([0, 0, 1]);
      expect(withheld.waitMs).toBeGreaterThan(0);
    });

    it('withholds nothing any more for a process that does not come back for its order', async () => {
      const pace = paceOf(1);
      const credential = newCredential();
      const read = (id: string) => ({ owner: 'two', wanted: [id], answered: [] });
      await place.log.look(credential, pace, read('two.1'));
      const order = { owner: 'one', wanted: ['one.1'], answered: [{ id: 'two.1', agoMs: 0 }], urgent: 1 };
      await place.another().look(credential, pace, order);

      await clock.advance(pace.windowMs);
      const withheld = await place.log.look(credential, pace, read('two.2'));
      await clock.advance(withheld.waitMs);
      const given = await place.log.look(credential, pace, read('two.3'));

      expect([withheld.given, given.given]).toEqual([0, 1]);
      expect(withheld.waitMs).toBeLessThanOrEqual(ORDERS_LATE_MS);
    });

    it('withholds nothing any more once the order is given up', async () => {
      const pace = paceOf(1);
      const credential = newCredential();
      await place.log.look(credential, pace, { owner: 'two', wanted: ['two.1'], answered: [] });
      const order = { owner: 'one', wanted: ['one.1'], answered: [{ id: 'two.1', agoMs: 0 }], urgent: 1 };
      await place.another().look(credential, pace, order);
      await place.another().look(credential, pace, { owner: 'one', wanted: [], answered: [] });

      await clock.advance(pace.windowMs);
      const read = { owner: 'two', wanted: ['two.2'], answered: [] };

      expect((await place.log.look(credential, pace, read)).given).toBe(1);
    });

    it('grants the same as a single book, whatever is requested by whom', async () => {
      const logs = [place.log, place.another(), place.another()];
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 12 }),
          fc.array(step, { maxLength: 25 }),
          async (rate, steps) => {
            await likeOneBook(logs, newCredential(), rate, steps);
          },
        ),
        { numRuns: 60 },
      );
    });

    async function likeOneBook(logs: PermitLog[], credential: KisCredential, rate: number, steps: Step[]) {
      const pace = paceOf(rate);
      const book = new PermitBook();
      for (const [index, { process, gapMs, wanted, urgent, answers }] of steps.entries()) {
        await clock.advance(gapMs);
        const owner = OWNERS[process] ?? '';
        const request = {
          owner,
          urgent,
          wanted: Array.from({ length: wanted }, (_, number) => `${index}.${number}`),
          answered: answers.map(({ which, agoMs }) => ({
            id: `${index - (which >> 1)}.${which & 1}`,
            agoMs,
          })),
        };
        book.forget(clock.monotonic(), pace);
        const expected = book.look(clock.monotonic(), pace, request);
        const answer = await logs[process]?.look(credential, pace, request);
        expect(answer).toEqual({ ...expected, waitMs: expect.closeTo(expected.waitMs, 2) as number });
      }
    }
  });
}

import fc from 'fast-check';
import { paceOf, shareOf } from './pace';
import { PermitBook } from './permit-book';

/** A call between its permit and its answer. */
interface Call {
  readonly arrivedAt: number;
  readonly answeredAt: number;
}

const delays = fc.record({
  gapMs: fc.nat({ max: 500 }),
  wayMs: fc.nat({ max: 999 }),
  workMs: fc.nat({ max: 400 }),
});

/** Callers who come one after the other, each with its own way to the brokerage, over one book. */
function callsThrough(
  book: PermitBook,
  perSecond: number,
  plan: readonly { gapMs: number; wayMs: number; workMs: number }[],
) {
  const pace = paceOf(perSecond);
  const calls: Call[] = [];
  const open = new Map<string, number>();
  let now = 1000;
  for (const [index, { gapMs, wayMs, workMs }] of plan.entries()) {
    now += gapMs;
    const answered = [...open].filter(([, at]) => at <= now).map(([id, at]) => ({ id, agoMs: now - at }));
    for (const { id } of answered) open.delete(id);
    const id = `${index}`;
    if (book.look(now, pace, { owner: 'one', wanted: [id], answered }).given === 0) continue;
    calls.push({ arrivedAt: now + wayMs, answeredAt: now + wayMs + workMs });
    open.set(id, now + wayMs + workMs);
  }
  return calls;
}

describe('PermitBook', () => {
  it('allows no more arrivals in any second than the limit, however long calls are delayed on their way', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(delays, { maxLength: 200 }), (rate, plan) => {
        const arrivals = callsThrough(new PermitBook(), rate, plan).map(({ arrivedAt }) => arrivedAt);
        return arrivals.every(
          (from) => arrivals.filter((at) => at >= from && at < from + 1000).length <= rate,
        );
      }),
    );
  });

  it('grants a permit no earlier than announced, and at that moment when all calls have been answered', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(delays),
        fc.nat({ max: 1000 }),
        (rate, plan, more) => {
          const book = new PermitBook();
          callsThrough(book, rate, plan);
          const pace = paceOf(rate);
          const now = 1000 + plan.reduce((sum, { gapMs }) => sum + gapMs, 0) + more;
          const ask = (at: number) =>
            book.look(at, pace, { owner: 'one', wanted: [`at ${at}`], answered: [] });
          const first = ask(now);
          if (first.given === 1) return true;
          const early = new PermitBook(new Map(book.arrivals), new Map(book.owners));
          const tooEarly = early.look(now + first.waitMs - 1, pace, {
            owner: 'one',
            wanted: ['early'],
            answered: [...book.arrivals.keys()].map((id) => ({ id, agoMs: first.waitMs - 1 })),
          });
          const unanswered = [...book.arrivals.values()].some((at) => at > now);
          return tooEarly.given === 0 && (unanswered || ask(now + first.waitMs).given === 1);
        },
      ),
    );
  });

  it('ignores an answer to an unknown permit, and one that would make a call count for longer', () => {
    const book = new PermitBook();
    const pace = paceOf(1);
    book.look(0, pace, { owner: 'one', wanted: ['a'], answered: [] });
    book.look(10, pace, { owner: 'one', wanted: [], answered: [{ id: 'a', agoMs: 5 }] });

    book.look(500, pace, {
      owner: 'one',
      wanted: [],
      answered: [
        { id: 'a', agoMs: 0 },
        { id: 'nobody', agoMs: 0 },
      ],
    });

    expect([...book.arrivals]).toEqual([['a', 5]]);
  });

  it('grants no process more than a fair share in one step', () => {
    const book = new PermitBook();
    const pace = paceOf(10);
    const ten = (owner: string) => ({
      owner,
      wanted: Array.from('abcdefghij', (each) => owner + each),
      answered: [],
    });

    expect(book.look(0, pace, { owner: 'one', wanted: [], answered: [] }).sharers).toBe(1);
    expect(book.look(1, pace, ten('two'))).toEqual({ given: 5, waitMs: 0, sharers: 2 });
    expect(book.look(2, pace, ten('three'))).toEqual({ given: 4, waitMs: 0, sharers: 3 });
    expect(book.look(3, pace, ten('one'))).toMatchObject({ given: 1, sharers: 3 });
  });

  it('forgets a process that has requested nothing for half a minute', () => {
    const book = new PermitBook();
    const pace = paceOf(1);
    const look = (owner: string, at: number) =>
      book.look(at, pace, { owner, wanted: [], answered: [] }).sharers;

    expect([look('one', 0), look('two', 20_000), look('two', 30_000), look('two', 30_001)]).toEqual([
      1, 2, 2, 1,
    ]);
  });

  it('counts no permit for longer because its clock was set back', () => {
    const book = new PermitBook();
    const pace = paceOf(1);
    book.look(3_600_000, pace, { owner: 'one', wanted: ['a'], answered: [] });
    const wanted = ['b'];

    expect(book.look(0, pace, { owner: 'one', wanted, answered: [] }).given).toBe(0);
    expect(book.look(2005, pace, { owner: 'one', wanted, answered: [] }).given).toBe(1);
  });

  it('grants nothing for a while after it was lost', () => {
    const pace = paceOf(3);
    const book = PermitBook.full(0, pace);
    const request = { owner: 'one', wanted: ['a', 'b', 'c'], answered: [] };

    expect(book.look(2004, pace, request).given).toBe(0);
    expect(book.look(2005, pace, request).given).toBe(3);
  });
});

describe('shareOf', () => {
  it('divides a limit so that all together never exceed it', () => {
    expect(shareOf(paceOf(18), 4)).toEqual({ calls: 4, windowMs: 1005 });
    expect(shareOf(paceOf(18), 18)).toEqual({ calls: 1, windowMs: 1005 });
    expect(shareOf(paceOf(18), 1)).toEqual(paceOf(18));
  });

  it('makes each process wait longer than a window when there are more processes than calls', () => {
    expect(shareOf(paceOf(2), 4)).toEqual({ calls: 1, windowMs: 2010 });
  });
});

import { decideAdmission, type AdmissionFacts, type ProgramArrival } from './order-admission';
import type { KisOrderCaps } from './order-caps';
import { orderRecord } from '../../../test/support/kis/order-samples';

const NO_CAPS: KisOrderCaps = { maxAmount: null, dailyMaxAmount: null, maxPerMinute: null };
const WANTED = orderRecord({ clientOrderId: 'wanted' });

function facts(change: Partial<AdmissionFacts>): AdmissionFacts {
  return { records: [], stopped: false, caps: NO_CAPS, now: WANTED.createdAt, ...change };
}

/** What was known when a request of a program arrived, by the clock of this boot. */
function arrivalOf({ known = [], unanswered = [], ms = 0 }: Arrival): ProgramArrival {
  return { at: { bootId: 'this boot', ms }, known: new Set(known), unanswered: new Set(unanswered) };
}

interface Arrival {
  readonly known?: readonly string[];
  readonly unanswered?: readonly string[];
  readonly ms?: number;
}

describe('decideAdmission', () => {
  it('writes a new order down', () => {
    expect(decideAdmission(WANTED, facts({}))).toEqual({ kind: 'admitted', record: WANTED });
  });

  it('gives a repetition the record of the first, whatever has become of it and whatever is forbidden now', () => {
    for (const outcome of ['sending', 'unknown', 'accepted', 'rejected', 'not-placed'] as const) {
      const first = orderRecord({ clientOrderId: 'wanted', outcome, createdAt: WANTED.createdAt - 5000 });
      const caps = { ...NO_CAPS, maxAmount: '1' };
      expect(decideAdmission(WANTED, facts({ records: [first], stopped: true, caps }))).toEqual({
        kind: 'repeated',
        record: first,
      });
    }
  });

  it.each([
    ['quantity', { quantity: '11' }],
    ['side', { side: 'sell' as const }],
    ['session', { session: 'after' as const }],
    ['time in force', { timeInForce: 'ioc' as const }],
    ['trigger', { triggerPrice: '1' }],
  ])('refuses an id that stands for an order of another %s', (_, change) => {
    const first = orderRecord({ clientOrderId: 'wanted', intent: { ...WANTED.intent, ...change } });
    expect(decideAdmission(WANTED, facts({ records: [first] }))).toMatchObject({ kind: 'id-reused' });
  });

  it('takes the same id on another day as another order', () => {
    const createdAt = WANTED.createdAt - 11 * 60_000;
    const yesterday = { clientOrderId: 'wanted', day: '2026-11-26', outcome: 'accepted', createdAt } as const;
    expect(decideAdmission(WANTED, facts({ records: [orderRecord(yesterday)] }))).toMatchObject({
      kind: 'admitted',
    });
  });

  it('takes the same order under the same id for a repetition when midnight has just passed', () => {
    const createdAt = WANTED.createdAt - 60_000;
    const yesterday = { clientOrderId: 'wanted', day: '2026-11-26', outcome: 'accepted', createdAt } as const;
    expect(decideAdmission(WANTED, facts({ records: [orderRecord(yesterday)] }))).toMatchObject({
      kind: 'repeated',
    });
    const { intent } = orderRecord();
    const other = orderRecord({ ...yesterday, intent: { ...intent, quantity: '11' } });
    expect(decideAdmission(WANTED, facts({ records: [other] }))).toMatchObject({ kind: 'admitted' });
  });

  it.each([
    ['ahead, and is known to be now', -300_000, 0, -300_000],
    ['behind, and is known to be now', 300_000, 0, 300_000],
    ['ahead, which only the first process has found out', 300_000, -300_000, 0],
    ['behind, and has been set since', 0, 300_000, 0],
  ])(
    'takes an equal order of a program for a repetition where the wall clock was %s',
    (_, laterMs, then, now) => {
      const program = 'bot';
      const first = orderRecord({ program, answered: false, outcome: 'not-placed', clockCorrectionMs: then });
      const createdAt = first.createdAt + 5000 + laterMs;
      const wanted = orderRecord({
        clientOrderId: 'wanted',
        program,
        createdAt,
        clockCorrectionMs: now,
      });
      const given = facts({ records: [first], now: createdAt });
      expect(decideAdmission(wanted, given)).toMatchObject({ kind: 'repeated' });
    },
  );

  it('does not take cancellations of one number on two markets for equal', () => {
    const target = { clientOrderId: null, orderNumber: '0000000007', branch: '', whole: true };
    const { intent } = orderRecord();
    const cancel = { action: 'cancel', target, outcome: 'unknown' } as const;
    const domestic = orderRecord({ ...cancel, clientOrderId: 'domestic' });
    const abroad = { ...intent, market: 'us', symbol: 'NAS:AAPL', venue: null } as const;
    const us = orderRecord({ ...cancel, clientOrderId: 'us', intent: abroad });
    expect(decideAdmission(us, facts({ records: [domestic] }))).toMatchObject({ kind: 'admitted' });
    expect(decideAdmission(us, facts({ records: [{ ...us, clientOrderId: 'other' }] }))).toMatchObject({
      kind: 'equal-unsettled',
    });
  });

  it.each(['sending', 'unknown'] as const)(
    'holds back an order equal to one that is %s, also of an earlier day',
    (outcome) => {
      const other = orderRecord({ clientOrderId: 'other', day: '2026-11-26', outcome });
      expect(decideAdmission(WANTED, facts({ records: [other] }))).toEqual({
        kind: 'equal-unsettled',
        record: other,
      });
    },
  );

  it('gives an order of a program the outcome of an equal one that was written down while it was being prepared', () => {
    const wanted = orderRecord({ program: 'bot' });
    const other = orderRecord({
      clientOrderId: 'other',
      program: 'bot',
      outcome: 'accepted',
      answered: true,
      createdAt: WANTED.createdAt - 2000,
    });
    const decided = (record: typeof other, known: readonly string[]): unknown =>
      decideAdmission(wanted, facts({ records: [record], arrival: arrivalOf({ known }) }));
    expect(decided(other, [])).toEqual({ kind: 'repeated', record: other });
    expect(decided(other, ['other'])).toMatchObject({ kind: 'admitted' });
    expect(decided({ ...other, program: 'notebook' }, [])).toMatchObject({ kind: 'admitted' });
    const daysAgo = { ...other, createdAt: WANTED.createdAt - 3 * 86_400_000 };
    expect(decided(daysAgo, [])).toMatchObject({ kind: 'admitted' });
  });

  it.each([
    ['before the answer to the first had left', 'this boot', 1001, [], 'repeated'],
    [
      'after the answer to the first had left, although the journal did not say so yet',
      'this boot',
      999,
      ['other'],
      'admitted',
    ],
    [
      'at another machine, where the journal said that the first was not answered',
      'that boot',
      999,
      ['other'],
      'repeated',
    ],
    [
      'at another machine, where the journal said that the first was answered',
      'that boot',
      1001,
      [],
      'admitted',
    ],
  ] as const)('judges an equal order of a program that arrived %s', (_, bootId, ms, unanswered, kind) => {
    const program = 'bot';
    const other = orderRecord({
      clientOrderId: 'other',
      program,
      outcome: 'accepted',
      answered: true,
      answeredAt: { bootId, ms },
      createdAt: WANTED.createdAt - 2000,
    });
    const arrival = arrivalOf({ known: ['other'], unanswered, ms: 1000 });
    const wanted = { ...WANTED, program, answered: false };
    expect(decideAdmission(wanted, facts({ records: [other], arrival }))).toMatchObject({ kind });
  });

  it('lets an equal order go once the first is settled, and a different one at once', () => {
    const settled = orderRecord({ clientOrderId: 'other', outcome: 'accepted' });
    const unlike = orderRecord({ outcome: 'unknown', intent: { ...WANTED.intent, price: '70100' } });
    expect(decideAdmission(WANTED, facts({ records: [settled, unlike] }))).toMatchObject({
      kind: 'admitted',
    });
  });

  it('stops everything but cancellations', () => {
    expect(decideAdmission(WANTED, facts({ stopped: true }))).toEqual({ kind: 'trading-stopped' });
    const cancel = orderRecord({ clientOrderId: 'cancel', action: 'cancel', amount: '0' });
    const caps = { maxAmount: '0', dailyMaxAmount: '0', maxPerMinute: 0 };
    expect(decideAdmission(cancel, facts({ stopped: true, caps }))).toMatchObject({ kind: 'admitted' });
  });

  it.each<[string, Partial<KisOrderCaps>, boolean]>([
    ['exactly the largest order', { maxAmount: '700000' }, true],
    ['one won too much', { maxAmount: '699999' }, false],
    ['exactly the day', { dailyMaxAmount: '1400000' }, true],
    ['one won beyond the day', { dailyMaxAmount: '1399999' }, false],
    ['the last order of the minute', { maxPerMinute: 2 }, true],
    ['one too many within the minute', { maxPerMinute: 1 }, false],
  ])('knows the caps: %s', (_, caps, passes) => {
    const other = orderRecord({ outcome: 'accepted', intent: { ...WANTED.intent, side: 'sell' } });
    const decision = decideAdmission(WANTED, facts({ records: [other], caps: { ...NO_CAPS, ...caps } }));
    const reason: unknown = expect.stringContaining(
      'it counts as 700000 won, after 700000 won today and 1 order(s)',
    );
    expect(decision).toMatchObject(passes ? { kind: 'admitted' } : { kind: 'capped', reason });
  });
});

import { listedOrder, orderRecord } from '../../../../test/support/kis/order-samples';
import { LATER, look, RULE, UNKNOWN } from '../../../../test/support/kis/settlement-looks';
import type { OrderRecord } from '../journal/order-record';
import { settledBy } from './settlement-rules';

describe('An order that is in none of the lists of KIS', () => {
  const ABSENT = orderRecord({ outcome: 'not-placed', absentSince: LATER, absentLooks: 9 });

  it('is corrected when it counted as not placed because it was absent; one that was never sent is not', () => {
    const absent = orderRecord({ outcome: 'not-placed', absentSince: LATER, absentLooks: 3 });
    expect(look(absent, [listedOrder()], LATER + 90_000)).toMatchObject({
      outcome: 'accepted',
      orderNumber: '0000000117',
    });
    const unsent = orderRecord({ outcome: 'not-placed' });
    expect(look(unsent, [listedOrder()], LATER)).toBe(unsent);
  });

  it('counts as not placed only after several looks over the whole time', () => {
    const looks = [0, 1000, 2000, 59_999, 60_000].map((ms) => LATER + ms);
    const outcomes: string[] = [];
    looks.reduce<OrderRecord>((record, at) => {
      const next = look(record, [], at);
      outcomes.push(next.outcome);
      return next;
    }, UNKNOWN);
    expect(outcomes).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'not-placed']);
  });

  it('needs several looks even when a long time lies between two', () => {
    const first = look(UNKNOWN, [], LATER);
    expect(look(first, [], LATER + 600_000).outcome).toBe('unknown');
  });

  it('stays as it is while its sender may still write down what KIS answered', () => {
    const sending = orderRecord();
    expect(look(sending, [], sending.sendingUntil - 1)).toBe(sending);
    expect(look(sending, [], sending.sendingUntil).outcome).toBe('unknown');
  });

  it.each([
    ['ahead', 300_000],
    ['behind', -300_000],
  ])(
    'counts as being sent for as long as it may be, although a clock that was %s has dated it',
    (_, byMs) => {
      const moment = { bootId: 'this boot', ms: 1000 };
      const dated = orderRecord({ openedAt: moment });
      const { createdAt, sendingUntil } = dated;
      const sentForMs = sendingUntil - createdAt;
      const lookAfter = (ms: number, bootId = 'this boot') => {
        const rule = { ...RULE, moment: { bootId, ms: moment.ms + ms } };
        const nothing = { listed: [], records: [dated], correctionMs: -byMs };
        return settledBy(dated, nothing, createdAt - byMs + ms, rule).outcome;
      };
      expect([lookAfter(sentForMs - 1), lookAfter(sentForMs)]).toEqual(['sending', 'unknown']);
      // The moments of another boot do not compare.
      expect(lookAfter(sentForMs, 'that boot')).toBe(byMs > 0 ? 'sending' : 'unknown');
    },
  );

  it('has been absent since the first look by the clock as it is now', () => {
    const ahead = orderRecord({ outcome: 'unknown', absentSince: LATER + 300_000, absentLooks: 2 });
    const [first, minuteLater] = [look(ahead, [], LATER), look(look(ahead, [], LATER), [], LATER + 60_000)];
    expect([first.outcome, first.absentSince, minuteLater.outcome]).toEqual(['unknown', LATER, 'not-placed']);
  });

  it('is accepted when it appears after many looks', () => {
    expect(look(ABSENT, [listedOrder()], LATER + 90_000)).toMatchObject({ outcome: 'accepted' });
  });

  it.each<[string, Partial<OrderRecord>]>([
    ['is on its way', { outcome: 'sending' }],
    ['is unknown', { outcome: 'unknown' }],
  ])('is not what appears while an equal order that %s can be it', (_, change) => {
    const equal = orderRecord({ clientOrderId: 'equal', ...change });
    expect(look(ABSENT, [listedOrder()], LATER + 90_000, [equal]).outcome).toBe('not-placed');
  });

  it('is unknown when two appear, and no longer counts as absent', () => {
    const absent = look(UNKNOWN, [], LATER);
    const two = [listedOrder(), listedOrder({ orderNumber: '0000000118' })];
    const ambiguous = look(absent, two, LATER + 1000);
    expect(ambiguous).toMatchObject({ outcome: 'unknown', absentSince: null, absentLooks: 0 });
    expect(look(ambiguous, two, LATER + 2000)).toBe(ambiguous);
  });

  it('does not count as absent while the time of the look is not certain', () => {
    const rule = { ...RULE, isTimeCertain: false };
    expect(settledBy(UNKNOWN, { listed: [], records: [UNKNOWN], correctionMs: 0 }, LATER, rule)).toBe(
      UNKNOWN,
    );
    const look = { listed: [listedOrder()], records: [UNKNOWN], correctionMs: 0 };
    const found = settledBy(UNKNOWN, look, LATER, rule);
    expect(found.outcome).toBe('accepted');
  });
});

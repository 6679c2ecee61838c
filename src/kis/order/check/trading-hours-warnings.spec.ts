import { orderRecord } from '../../../../test/support/kis/order-samples';
import type { KisOrderIntent } from '../order-intent';
import { tradingHoursWarnings } from './trading-hours-warnings';

const { intent: LIMIT } = orderRecord();

function warned(
  change: Partial<KisOrderIntent>,
  at: string,
  isTradingDay = true,
  mode: 'REAL' | 'MOCK' = 'REAL',
) {
  return tradingHoursWarnings({ ...LIMIT, ...change }, mode, Date.parse(at), () => isTradingDay);
}

const US = { market: 'us', symbol: 'NAS:AAPL', venue: null } as const;

describe('tradingHoursWarnings', () => {
  it.each<[string, Partial<KisOrderIntent>, string]>([
    ['at KRX in the opening auction', {}, '2026-11-27T08:45+09:00'],
    ['at KRX in the closing auction', {}, '2026-11-27T15:29+09:00'],
    ['at the after-market of KRX', { session: 'after' }, '2026-11-27T19:59+09:00'],
    ['at the pre-market of NXT', { venue: 'NXT', session: 'pre' }, '2026-11-27T08:00+09:00'],
    ['by SOR while one venue is open', { venue: 'SOR', session: 'after' }, '2026-11-27T15:45+09:00'],
    ['at the price of the day before', { type: 'pre-open-close' }, '2026-11-27T08:35+09:00'],
    ['in New York', US, '2026-11-27T23:45+09:00'],
    ['in New York after midnight in Korea', US, '2026-11-28T02:00+09:00'],
    ['of the daytime market', { ...US, session: 'daytime' }, '2026-11-27T11:00+09:00'],
  ])('warns of nothing %s', (_, change, at) => {
    expect(warned(change, at)).toEqual([]);
  });

  it.each<[string, Partial<KisOrderIntent>, string, RegExp]>([
    ['after the session', {}, '2026-11-27T15:30+09:00', /15:30 in Korea[^]*from 08:30 to 15:30/],
    ['before the pre-market', { venue: 'NXT', session: 'pre' }, '2026-11-27T07:59+09:00', /08:00 to 08:50/],
    ['on Thanksgiving', US, '2026-11-26T23:45+09:00', /US market is closed/],
    ['of the daytime market at night', { ...US, session: 'daytime' }, '2026-11-27T23:00+09:00', /closed/],
  ])('warns %s', (_, change, at, words) => {
    expect(warned(change, at)).toEqual([expect.stringMatching(words)]);
  });

  it('warns on a holiday, whatever the clock says, and of what MOCK does not take', () => {
    expect(warned({}, '2026-09-25T10:00+09:00', false)).toEqual([expect.stringContaining('does not trade')]);
    expect(warned({}, '2026-11-27T10:00+09:00', true, 'MOCK')).toEqual([]);
    expect(warned({}, '2026-11-27T15:30+09:00', true, 'MOCK')).toHaveLength(1);
  });
});

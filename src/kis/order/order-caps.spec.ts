import { orderRecord } from '../../../test/support/kis/order-samples';
import { usageOf } from './order-caps';

describe('usageOf', () => {
  it('counts buys and sells in full, but nothing that KIS refused or never got, and no cancellation', () => {
    const { createdAt: now, day, intent } = orderRecord();
    const records = [
      orderRecord({ outcome: 'accepted' }),
      orderRecord({ outcome: 'unknown', intent: { ...intent, side: 'sell' } }),
      orderRecord({ outcome: 'rejected' }),
      orderRecord({ outcome: 'not-placed' }),
      orderRecord({ action: 'cancel' }),
      orderRecord({ outcome: 'accepted', day: '2026-11-26', createdAt: now - 86_400_000 }),
      orderRecord({ outcome: 'accepted', createdAt: now - 60_000 }),
    ];
    expect(usageOf(records, day, now)).toEqual({ dailyAmount: '2100000', lastMinute: 2 });
  });
});

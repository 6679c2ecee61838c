import { statusOf, type ListedOrder } from './order-list';
import type { OrderRecord } from './order-record';
import { listedOrder, orderRecord } from '../../../test/support/kis/order-samples';
import { isCovered, settledBy } from './order-settlement';

const RULE = { absentForMs: 60_000, looks: 3 };
const UNKNOWN = orderRecord({ outcome: 'unknown' });
const LATER = UNKNOWN.sendingUntil;

function look(
  record: OrderRecord,
  listed: ListedOrder[],
  at: number,
  others: OrderRecord[] = [],
): OrderRecord {
  return settledBy(record, { listed, records: [record, ...others] }, at, RULE);
}

describe('settledBy', () => {
  it('finds the order and its number', () => {
    expect(look(UNKNOWN, [listedOrder()], LATER)).toMatchObject({
      outcome: 'accepted',
      orderNumber: '0000000117',
      branch: '06010',
      version: 2,
    });
  });

  it('finds an order that the exchange refused', () => {
    const refused = listedOrder({ rejectedQuantity: '10', openQuantity: '0' });
    expect(look(UNKNOWN, [refused], LATER)).toMatchObject({ outcome: 'rejected' });
  });

  it.each<[string, Partial<ListedOrder>]>([
    ['another stock', { symbol: '000660' }],
    ['the other side', { side: 'sell' }],
    ['another quantity', { quantity: '11' }],
    ['another price', { price: '70100' }],
    ['another type', { division: '11' }],
    ['another venue', { venue: 'NXT' }],
    ['an older order', { placedAt: UNKNOWN.createdAt - 3000 }],
    ['a modification', { originalNumber: '0000000001' }],
    ['a cancellation', { cancellation: true }],
  ])('does not take %s for it', (_, change) => {
    expect(look(UNKNOWN, [listedOrder(change)], LATER)).toMatchObject({
      outcome: 'unknown',
      absentLooks: 1,
    });
  });

  it('does not take an order for it that was listed before it was sent', () => {
    const record = orderRecord({ outcome: 'unknown', before: ['0000000117'] });
    expect(look(record, [listedOrder()], LATER).outcome).toBe('unknown');
  });

  it('does not take an order for it whose number another order has', () => {
    const other = orderRecord({ clientOrderId: 'other', outcome: 'accepted', orderNumber: '0000000117' });
    expect(look(UNKNOWN, [listedOrder()], LATER, [other]).outcome).toBe('unknown');
    const yesterday = { ...other, day: '2026-11-26' };
    expect(look(UNKNOWN, [listedOrder()], LATER, [yesterday]).outcome).toBe('accepted');
  });

  it('finds an order at once whose sender may still be waiting for the answer', () => {
    const sending = orderRecord();
    expect(look(sending, [listedOrder()], sending.createdAt + 1000)).toMatchObject({ outcome: 'accepted' });
  });

  it('corrects an order that counted as not placed because it was absent, and no other', () => {
    const absent = orderRecord({ outcome: 'not-placed', absentSince: LATER, absentLooks: 3 });
    expect(look(absent, [listedOrder()], LATER + 90_000)).toMatchObject({
      outcome: 'accepted',
      orderNumber: '0000000117',
    });
    const unsent = orderRecord({ outcome: 'not-placed' });
    expect(look(unsent, [listedOrder()], LATER)).toBe(unsent);
  });

  it('never guesses between two', () => {
    const two = [listedOrder(), listedOrder({ orderNumber: '0000000118' })];
    expect(look(UNKNOWN, two, LATER)).toMatchObject({ outcome: 'unknown', orderNumber: null });
  });

  it('takes absence for proof only after several looks over the whole time', () => {
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

  it('leaves an order alone while its sender may still write down what KIS answered', () => {
    const sending = orderRecord();
    expect(look(sending, [], sending.sendingUntil - 1)).toBe(sending);
    expect(look(sending, [], sending.sendingUntil).outcome).toBe('unknown');
  });

  it.each(['accepted', 'rejected'] as const)('changes nothing that is %s', (outcome) => {
    const record = orderRecord({ outcome });
    expect(look(record, [listedOrder()], LATER)).toBe(record);
  });

  it('finds a cancellation by the order that it cancels', () => {
    const target = { clientOrderId: null, orderNumber: '0000000001', branch: '06010', whole: true };
    const record = orderRecord({ outcome: 'unknown', action: 'cancel', target });
    const row = listedOrder({ cancellation: true, originalNumber: '0000000001', quantity: '4', price: '0' });
    expect(look(record, [row], LATER)).toMatchObject({ outcome: 'accepted' });
  });
});

describe('isCovered', () => {
  const domestic = new Set(['domestic'] as const);

  it.each<[string, number, ReadonlySet<'domestic' | 'us'>, boolean]>([
    ['asked for after the order', UNKNOWN.createdAt, domestic, true],
    ['asked for before the order was written down', UNKNOWN.createdAt - 1, domestic, false],
    ['of another market', LATER, new Set(['us'] as const), false],
  ])('a list %s', (_, lookedAt, markets, covered) => {
    expect(isCovered(UNKNOWN, markets, lookedAt)).toBe(covered);
  });
});

describe('statusOf', () => {
  it.each<[string, Partial<ListedOrder>, string]>([
    ['untouched', {}, 'accepted'],
    ['in part', { filledQuantity: '3', openQuantity: '7' }, 'partially-filled'],
    ['in full', { filledQuantity: '10', openQuantity: '0' }, 'filled'],
    ['cancelled', { openQuantity: '0', cancelledQuantity: '10' }, 'cancelled'],
    [
      'cancelled after a part',
      { filledQuantity: '3', openQuantity: '0', cancelledQuantity: '7' },
      'cancelled',
    ],
    ['refused', { openQuantity: '0', rejectedQuantity: '10' }, 'rejected'],
  ])('tells %s', (_, change, status) => {
    expect(statusOf(listedOrder(change))).toBe(status);
  });
});

import { listedOrder, orderRecord } from '../../../../test/support/kis/order-samples';
import { LATER, look, UNKNOWN } from '../../../../test/support/kis/settlement-looks';
import type { ListedOrder } from '../list/listed-order';
import { isCovered, settledByHand } from './settlement-rules';

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
    ['an older order', { placedAt: UNKNOWN.createdAt - 7000 }],
    ['a much later order', { placedAt: UNKNOWN.sendingUntil + 70_000 }],
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

  it('takes an order for it whose number an order of another market has', () => {
    const { intent } = UNKNOWN;
    const abroad = orderRecord({
      clientOrderId: 'other',
      outcome: 'accepted',
      orderNumber: '0000000117',
      intent: { ...intent, market: 'us', symbol: 'NAS:AAPL', venue: null },
    });
    expect(look(UNKNOWN, [listedOrder()], LATER, [abroad])).toMatchObject({
      outcome: 'accepted',
      orderNumber: '0000000117',
    });
  });

  it('does not take an order for it whose number another order has', () => {
    const other = orderRecord({ clientOrderId: 'other', outcome: 'accepted', orderNumber: '0000000117' });
    expect(look(UNKNOWN, [listedOrder()], LATER, [other]).outcome).toBe('unknown');
    const dayMs = 86_400_000;
    const yesterday = {
      ...other,
      day: '2026-11-26',
      createdAt: other.createdAt - dayMs,
      sendingUntil: other.sendingUntil - dayMs,
    };
    expect(look(UNKNOWN, [listedOrder()], LATER, [yesterday]).outcome).toBe('accepted');
  });

  it('finds an order at once whose sender may still be waiting for the answer', () => {
    const sending = orderRecord();
    expect(look(sending, [listedOrder()], sending.createdAt + 1000)).toMatchObject({ outcome: 'accepted' });
  });

  it('never guesses between two', () => {
    const two = [listedOrder(), listedOrder({ orderNumber: '0000000118' })];
    expect(look(UNKNOWN, two, LATER)).toMatchObject({ outcome: 'unknown', orderNumber: null });
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

  it('finds a change of all that is open, whatever was filled before it arrived, and one of a part by its quantity', () => {
    const target = { clientOrderId: null, orderNumber: '0000000001', branch: '06010' };
    const whole = orderRecord({ outcome: 'unknown', action: 'modify', target: { ...target, whole: true } });
    const part = { ...whole, target: { ...target, whole: false } };
    const row = listedOrder({ originalNumber: '0000000001', quantity: '4' });
    expect([look(whole, [row], LATER).outcome, look(part, [row], LATER).outcome]).toEqual([
      'accepted',
      'unknown',
    ]);
  });

  it('looks for an order by both clocks where the wall clock was corrected', () => {
    const clockCorrectionMs = -240_000;
    const corrected = orderRecord({ outcome: 'unknown', clockCorrectionMs });
    const row = listedOrder({ placedAt: corrected.createdAt + clockCorrectionMs });
    expect(look(corrected, [row], LATER).outcome).toBe('accepted');
    expect(look(UNKNOWN, [row], LATER).outcome).toBe('unknown');
  });

  it.each([-240_000, 240_000])(
    'finds an order that was dated before the wall clock was known to be wrong by %i ms',
    (correctionMs) => {
      const row = listedOrder({ placedAt: UNKNOWN.createdAt + correctionMs });
      expect(look(UNKNOWN, [row], LATER, [], correctionMs)).toMatchObject({ outcome: 'accepted' });
    },
  );
});

describe('settledByHand', () => {
  const two = [listedOrder(), listedOrder({ orderNumber: '0000000118' })];

  it('is the order that was chosen', () => {
    expect(settledByHand(UNKNOWN, listedOrder(), two, LATER)).toMatchObject({
      outcome: 'accepted',
      orderNumber: '0000000117',
      settledByHand: true,
    });
  });

  it('is none of those that are listed now, and may be one that appears later', () => {
    const settled = settledByHand(UNKNOWN, null, two, LATER);
    expect(settled).toMatchObject({ outcome: 'not-placed', settledByHand: true });
    expect(look(settled, two, LATER + 1000)).toBe(settled);
    const later = [...two, listedOrder({ orderNumber: '0000000119' })];
    expect(look(settled, later, LATER + 1000)).toMatchObject({ orderNumber: '0000000119' });
  });
});

describe('isCovered', () => {
  const domestic = new Set(['domestic'] as const);

  it.each<[string, number, ReadonlySet<'domestic' | 'us'>, boolean]>([
    ['asked for after the order', UNKNOWN.createdAt, domestic, true],
    ['asked for before the order was written down', UNKNOWN.createdAt - 1, domestic, false],
    ['of another market', LATER, new Set(['us'] as const), false],
  ])('a list %s', (_, lookedAt, markets, covered) => {
    expect(isCovered(UNKNOWN, markets, lookedAt, 0)).toBe(covered);
  });

  it('covers an order that was dated before the wall clock was known to be ahead', () => {
    const lookedAt = UNKNOWN.createdAt - 299_000;
    expect(isCovered(UNKNOWN, domestic, lookedAt, -300_000)).toBe(true);
    expect(isCovered({ ...UNKNOWN, clockCorrectionMs: -300_000 }, domestic, lookedAt, -300_000)).toBe(false);
  });
});

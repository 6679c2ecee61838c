import { listedOrder } from '../../../../test/support/kis/order-samples';
import { statusOf, type ListedOrder } from './listed-order';

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

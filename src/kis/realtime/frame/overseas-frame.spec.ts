import { eventsOf } from '../../../../test/support/kis/realtime-frames';

describe('a frame of the United States', () => {
  const MOMENT = ['20241226', '20241226', '143000', '20241227', '043000'];
  const TRADED = [
    ...['DNASAAPL', 'AAPL', '4', ...MOMENT],
    ...['258.1900', '260.1000', '257.6300', '259.0200', '5', '0.8200', '-0.32'],
    ...['259.0100', '259.0300', '100', '200', '40', '27262983', '7049000000', '20', '20', '104.00', '1'],
  ].join('^');
  const quoted = (levels: number): string =>
    [
      ...['DNASAAPL', 'AAPL', '4', ...MOMENT.slice(1), '1500', '2500', '10', '-10'],
      ...Array.from({ length: levels }, (_, level) => [
        ...[`${259 - level}.0100`, `${260 + level}.0300`, String(100 + level), String(200 + level), '0', '0'],
      ]).flat(),
    ].join('^');

  it('with a trade has the time of Korea and no side', () => {
    const data = {
      symbol: 'NAS:AAPL',
      venue: 'NAS',
      time: new Date('2024-12-26T19:30:00Z'),
      price: '259.0200',
      change: '-0.8200',
      changeRate: '-0.32',
      quantity: '40',
      side: null,
      volume: '27262983',
      open: '258.1900',
      high: '260.1000',
      low: '257.6300',
      ask: '259.0300',
      bid: '259.0100',
      session: 'regular',
    };
    expect(eventsOf('HDFSCNT0', TRADED)).toEqual([{ type: 'trade', data }]);
    expect(eventsOf('HDFSCNT0', `${TRADED}^X`)).toEqual([{ type: 'trade', data }]);
    const daytime = TRADED.replace('DNASAAPL', 'RBAQAAPL');
    expect(eventsOf('HDFSCNT0', daytime)).toMatchObject([{ data: { symbol: 'NAS:AAPL', venue: 'NAS' } }]);
  });

  it.each([1, 10])('with a book has %i levels a side, best first', (levels) => {
    expect(eventsOf('HDFSASP0', quoted(levels))).toMatchObject([
      {
        type: 'book',
        data: {
          symbol: 'NAS:AAPL',
          time: new Date('2024-12-26T19:30:00Z'),
          bids: { 0: { price: '259.0100', quantity: '100' }, length: levels },
          asks: { 0: { price: '260.0300', quantity: '200' }, length: levels },
          totalBidQuantity: '1500',
          totalAskQuantity: '2500',
        },
      },
    ]);
  });

  it.each([
    ['HDFSCNT0', TRADED.slice(0, TRADED.lastIndexOf('^'))],
    ['HDFSCNT0', TRADED.replace('DNASAAPL^', '')],
    ['HDFSASP0', quoted(1).slice(0, -2)],
  ])('of %s is not read with a column less, wherever it is missing', (trId, body) => {
    expect(typeof eventsOf(trId, body)).toBe('string');
  });
});

import fc from 'fast-check';
import {
  AT,
  BOOK,
  eventsOf,
  NOTICE,
  OVERSEAS_NOTICE,
  TRADE,
  TRADE_2025,
} from '../../../../test/support/kis/realtime-frames';
import { REALTIME_LAYOUTS } from '../../protocol/realtime-layouts';
import { splitFrame, readFrame } from './frame';

describe('a frame of trades', () => {
  const expected = {
    symbol: '005930',
    venue: 'KRX',
    time: new Date('2023-06-12T00:33:54Z'),
    price: '71900',
    change: '-100',
    changeRate: '-0.14',
    quantity: '1',
    side: 'buy',
    volume: '3052507',
    open: '72100',
    high: '72400',
    low: '71700',
    ask: '71900',
    bid: '71800',
    session: 'regular',
  };

  it.each([
    ['of today', TRADE, expected],
    ['of before 2026-09-14', TRADE_2025, { ...expected, session: null }],
    ['with columns that KIS has appended', `${TRADE}^X^Y`, expected],
  ])('%s is read by the place of its columns', (_, body, data) => {
    expect(eventsOf('H0STCNT0', body)).toEqual([{ type: 'trade', data }]);
  });

  it('with several records is cut by its width', () => {
    const second = TRADE.replace('005930', '000660');
    const events = eventsOf('H0UNCNT0', `${TRADE}^${second}`, 2);
    expect(events).toMatchObject([
      { data: { symbol: '005930', venue: 'ALL' } },
      { data: { symbol: '000660', session: 'regular' } },
    ]);
  });

  it.each([
    ['one column less than was ever known', TRADE_2025.slice(0, TRADE_2025.lastIndexOf('^')), 1],
    ['a count that does not divide', TRADE, 2],
    ['a count of 0', TRADE, 0],
    ['columns that are shifted by one', `X^${TRADE}`, 1],
  ])('with %s is not read', (_, body, count) => {
    expect(typeof eventsOf('H0STCNT0', body, count)).toBe('string');
  });
});

it('a frame of a book has ten levels a side, best first, and a time of today', () => {
  expect(eventsOf('H0STASP0', BOOK)).toMatchObject([
    {
      type: 'book',
      data: {
        time: new Date('2026-09-15T00:37:30Z'),
        asks: { 0: { price: '71900', quantity: '1' }, length: 10 },
        bids: { 0: { price: '72900', quantity: '11' }, length: 10 },
        totalAskQuantity: '55',
        totalBidQuantity: '155',
        expectedPrice: null,
      },
    },
  ]);
});

describe('a frame about the state of the market', () => {
  /** The example of the KIS portal, with 10 columns. */
  const EXAMPLE = '396300^N^(null)^^311^^^55^N^N';
  const QUIET = { symbol: '396300', phaseCode: null, halted: false, haltReason: null, interrupted: false };

  it.each([
    ['H0STMKO0', EXAMPLE, { ...QUIET, venue: 'KRX' }],
    ['H0NXMKO0', `${EXAMPLE}^2`, { ...QUIET, venue: 'NXT' }],
    [
      'H0UNMKO0',
      '396300^N^(null)^112^^^^55^Y^N^1',
      { ...QUIET, venue: 'ALL', phaseCode: '112', interrupted: true },
    ],
    [
      'H0STMKO0',
      '396300^Y^불성실공시^164^^^^58^N^N^1^X',
      { ...QUIET, venue: 'KRX', phaseCode: '164', halted: true, haltReason: '불성실공시' },
    ],
  ])('of %s is read: %s', (trId, body, data) => {
    expect(eventsOf(trId, body)).toEqual([{ type: 'market', data }]);
  });

  it('with a column less is not read', () => {
    expect(typeof eventsOf('H0STMKO0', EXAMPLE.slice(0, -2))).toBe('string');
  });
});

it('no text makes the reader throw', () => {
  const trId = fc.constantFrom(...Object.keys(REALTIME_LAYOUTS), '__proto__', 'constructor', '');
  const bodies = fc.oneof(
    fc.string(),
    fc
      .constantFrom(TRADE, BOOK, NOTICE, OVERSEAS_NOTICE)
      .chain((text) =>
        fc
          .tuple(fc.nat(text.length), fc.nat(6), fc.string({ maxLength: 4 }))
          .map(([at, length, put]) => text.slice(0, at) + put + text.slice(at + length)),
      ),
  );
  fc.assert(
    fc.property(trId, bodies, fc.oneof(fc.nat(9), fc.double()), (id, body, count) => {
      const reading = readFrame({ encrypted: false, trId: id, count, body }, AT);
      expect('events' in reading ? reading.events.length : reading.unreadable).toBeTruthy();
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(
      fc.string(),
      (text) => splitFrame(text) === null || text.startsWith('0|') || text.startsWith('1|'),
    ),
  );
});

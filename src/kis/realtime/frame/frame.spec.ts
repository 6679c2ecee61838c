import fc from 'fast-check';
import { REALTIME_LAYOUTS } from '../../protocol/realtime-layouts';
import { cutFrame, readFrame, type FrameText } from './frame';

const AT = Date.parse('2026-09-15T01:00:00Z');

/** The official example of a trade (workbook of 2026-09-11), 46 columns. */
const TRADE_2025 =
  '005930^093354^71900^5^-100^-0.14^72023.83^72100^72400^71700^71900^71800^1^3052507^219853241700^5105^6937^1832^84.90^1366314^1159996^1^0.39^20.28^090020^5^-200^090820^5^-500^092619^2^200^20230612^20^N^65945^216924^1118750^2199206^0.05^2424142^125.92^0^^72100';
const TRADE = `${TRADE_2025}^2`;
const BOOK = [
  ...['005930', '093730', '0'],
  ...Array.from({ length: 20 }, (_, index) => String(71_900 + index * 100)),
  ...Array.from({ length: 20 }, (_, index) => String(index + 1)),
  ...['55', '155', '0', '0', '0', '0', '0', '0', '3', '0.00', '3159115', '-11', '12', '0', '0', ''],
  ...['71850', '0', '', '2'],
].join('^');
const NOTICE =
  'simreal^5001234501^0000000001^^02^0^00^0^005930^0000000002^000070000^093000^0^2^2^00950^000000010^name^000000000^1^N^^^^삼성전자^000070000';
const NOTICE_2024 =
  'simreal^5001234501^0000000001^^02^0^00^0^005930^0000000002^000070000^093000^0^2^2^00950^000000010^name^삼성전자^^^삼성전자^000070000';
const OVERSEAS_NOTICE =
  'simreal^5001234501^0000000007^0000000006^02^2^2^AAPL^0000000003^001480100^^0^1^2^00950^^name^APPLE^6^10^^^^';

function frame(trId: string, body: string, count = 1): FrameText {
  const cut = cutFrame(`0|${trId}|${String(count).padStart(3, '0')}|${body}`);
  if (!cut) throw new Error('It is no frame.');
  return cut;
}

function eventsOf(trId: string, body: string, count = 1) {
  const reading = readFrame(frame(trId, body, count), AT);
  return 'events' in reading ? reading.events : reading.unreadable;
}

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

describe('a notice', () => {
  const fill = {
    market: 'domestic',
    accountNumber: '5001234501',
    orderNumber: '0000000001',
    originalNumber: null,
    event: 'filled',
    action: 'new',
    side: 'buy',
    symbol: '005930',
    quantity: '2',
    price: '70000',
    timeOfDay: '093000',
    divisionCode: '00',
  };

  it.each([
    ['of today', NOTICE],
    ['of before March 2025', NOTICE_2024],
    ['with columns that KIS has appended', `${NOTICE}^X`],
  ])('%s is read', (_, body) => {
    expect(eventsOf('H0STCNI0', body)).toEqual([{ type: 'notice', data: fill }]);
  });

  it.each([24, 25])('with %i columns is not read: they are of no known layout', (width) => {
    const body = NOTICE.split('^').slice(0, width).join('^');
    expect(typeof eventsOf('H0STCNI9', body)).toBe('string');
  });

  it('about a foreign order has the decimals that its exchange implies', () => {
    expect(eventsOf('H0GSCNI0', OVERSEAS_NOTICE)).toMatchObject([
      {
        data: {
          market: 'us',
          symbol: 'NAS:AAPL',
          price: '148.01',
          quantity: '3',
          event: 'cancelled',
          timeOfDay: null,
        },
      },
    ]);
    expect(typeof eventsOf('H0GSCNI0', OVERSEAS_NOTICE.replace('APPLE^6', 'APPLE^?'))).toBe('string');
  });
});

it('no text makes reading throw', () => {
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
      (text) => cutFrame(text) === null || text.startsWith('0|') || text.startsWith('1|'),
    ),
  );
});

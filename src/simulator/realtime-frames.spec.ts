import { type SocketClient, SocketFixture, recordsOf } from '../../test/support/simulator/socket-fixture';

let fixture: SocketFixture;
let client: SocketClient;
beforeEach(async () => {
  fixture = await SocketFixture.open();
  client = await fixture.connect('real');
});
afterEach(() => fixture.close());

/** Registers, lets time pass and gives the records of the next frame. */
async function recordsAfter(trId: string, key: string, seconds = 3): Promise<string[][]> {
  await client.register(trId, key);
  fixture.pass(seconds);
  return recordsOf(await client.frame(trId));
}

const numbers = (columns: readonly string[] = []) => columns.map(Number);

describe('trades', () => {
  it('come several to a frame, with the columns of today', async () => {
    const records = await recordsAfter('H0STCNT0', '005930');
    expect(records.map((columns) => columns.length)).toEqual([47, 47]);
    const [first = [], second = []] = records;
    expect([first[0], first[1], second[1], second[46]]).toEqual(['005930', '100001', '100003', '2']);
    const [volume = 0, total = 0] = numbers([second[12] ?? '', second[13] ?? '']);
    expect(total - volume).toBe(Number(first[13]));
    expect(Number(second[2]) - Number(second[4])).toBe(Number(second[45]));
    expect(second[3]).toBe(Number(second[4]) > 0 ? '2' : '5');
    expect([second[10], second[11]]).toContain(second[2]);
  });

  it('agree with the price and the book of the other calls', async () => {
    const [, trade = []] = await recordsAfter('H0STCNT0', '005930');
    const query = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: '005930' };
    const path = '/uapi/domestic-stock/v1/quotations/inquire-price';
    const { json } = await fixture.orders.get('real', path, 'FHKST01010100', {}, query);
    expect(json['output']).toMatchObject({
      stck_prpr: trade[2],
      acml_vol: trade[13],
      acml_tr_pbmn: trade[14],
      stck_oprc: trade[7],
    });
  });

  it.each([
    ['2024', 46, 59],
    ['2025', 46, 59],
    ['2026', 47, 63],
  ] as const)('have the columns of %s when so set: %i, books %i', async (frameColumns, trades, books) => {
    fixture.simulator.update({ frameColumns });
    expect((await recordsAfter('H0STCNT0', '005930'))[0]).toHaveLength(trades);
    expect((await recordsAfter('H0STASP0', '005930'))[0]).toHaveLength(books);
  });

  it('have those of their time otherwise', async () => {
    fixture.server.pass(-73 * 86_400);
    expect((await recordsAfter('H0STCNT0', '005930'))[0]).toHaveLength(46);
  });

  it('can have columns too many or too few, and a wrong count', async () => {
    fixture.simulator.update({ extraColumns: 1 });
    expect((await recordsAfter('H0STCNT0', '005930'))[0]?.at(-1)).toBe('X0');
    fixture.simulator.update({ extraColumns: -1 });
    fixture.pass(3);
    expect(recordsOf(await client.frame('H0STCNT0'))[0]).toHaveLength(46);
    fixture.simulator.update({ extraColumns: 0, countOff: 1 });
    fixture.pass(3);
    const [, , count, body] = (await client.frame('H0STCNT0')).split('|');
    expect([count, body?.split('^').length]).toEqual(['003', 94]);
  });

  it('are as many to a frame as set', async () => {
    fixture.simulator.update({ recordsPerFrame: 5 });
    expect(await recordsAfter('H0STCNT0', '005930')).toHaveLength(5);
  });

  it('do not come while the market is closed, or for an unknown symbol', async () => {
    await client.register('H0STCNT0', '999999');
    await client.register('H0STCNT0', '005930');
    fixture.orders.at('15:25');
    fixture.simulator.push();
    fixture.pass(3);
    fixture.orders.at('15:35');
    fixture.simulator.push();
    await client.register('H0STASP0', '005930');
    const stale = client.frames.filter((frame) =>
      recordsOf(frame).some((columns) => (columns[1] ?? '') > '152000'),
    );
    expect(stale).toEqual([]);
  });

  it('of the after-market come with its mark', async () => {
    fixture.orders.at('17:00');
    const [trade = []] = await recordsAfter('H0STCNT0', '005930', 30);
    expect(trade[46]).toBe('3');
    fixture.orders.at('17:10');
    expect((await recordsAfter('H0NXCNT0', '005930', 30))[0]?.[46]).toBe('3');
  });

  it('of Nextrade come only for its stocks, unified ones for all of them', async () => {
    await client.register('H0NXCNT0', '069500');
    expect((await recordsAfter('H0UNCNT0', '069500'))[0]?.[0]).toBe('069500');
    expect(client.frames.filter((frame) => frame.includes('H0NXCNT0'))).toEqual([]);
  });

  it('come in a flood for load tests, also at night', async () => {
    fixture.orders.at('03:00');
    fixture.simulator.update({ loadFramesPerSecond: 50, recordsPerFrame: 1 });
    await client.register('H0STCNT0', '005930');
    for (let turn = 0; turn < 10; turn += 1) fixture.pass(0.02);
    for (let turn = 0; turn < 10; turn += 1)
      expect(recordsOf(await client.frame('H0STCNT0'))).toHaveLength(1);
  });
});

describe('books', () => {
  it('have ten levels on either side of the price', async () => {
    const [book = []] = await recordsAfter('H0STASP0', '005930');
    const [asks, bids] = [numbers(book.slice(3, 13)), numbers(book.slice(13, 23))];
    expect([...asks].sort((a, b) => a - b)).toEqual(asks);
    expect([...bids].sort((a, b) => b - a)).toEqual(bids);
    expect(Number(book[43])).toBe(numbers(book.slice(23, 33)).reduce((sum, value) => sum + value));
    expect(Number(book[59])).toBe(Math.floor(((asks[0] ?? 0) + (bids[0] ?? 0)) / 2));
    expect(book[62]).toBe('2');
  });

  it.each([
    ['H0NXASP0', { nxtBookColumns: 62 }, 62],
    ['H0NXASP0', { nxtBookColumns: 65 }, 65],
    ['H0UNASP0', { unifiedBookColumns: 66 }, 66],
    ['H0UNASP0', { unifiedBookColumns: 65 }, 65],
  ] as const)('of %s have as many columns as set: %j', async (trId, settings, width) => {
    fixture.simulator.update(settings);
    expect((await recordsAfter(trId, '005930'))[0]).toHaveLength(width);
  });
});

describe('auctions and phases', () => {
  it('have channels of their own', async () => {
    fixture.orders.at('15:19:30');
    await client.register('H0STMKO0', '005930');
    await client.register('H0STANC0', '005930');
    fixture.simulator.push();
    fixture.pass(40);
    const [state = []] = recordsOf(await client.frame('H0STMKO0'));
    expect([state.length, state[0], state[3]]).toEqual([11, '005930', '121']);
    const [expected = []] = recordsOf(await client.frame('H0STANC0'));
    expect([expected.length, expected[43]]).toEqual([46, 'B']);
    expect(Number(expected[2])).toBeGreaterThan(0);
    fixture.simulator.update({ marketStateColumns: 10 });
    fixture.orders.at('15:30:01');
    fixture.simulator.push();
    const [closed = []] = recordsOf(await client.frame('H0STMKO0'));
    expect([closed.length, closed[3]]).toEqual([10, '129']);
  });
});

describe('the United States', () => {
  const toRegularSession = () => {
    fixture.server.pass(86_400);
    fixture.orders.at('00:30');
  };

  it('have trades of 26 columns that begin with the key', async () => {
    toRegularSession();
    const [trade = []] = await recordsAfter('HDFSCNT0', 'DNASAAPL');
    expect(trade).toHaveLength(26);
    expect(trade.slice(0, 8)).toEqual([
      'DNASAAPL',
      'AAPL',
      '4',
      '20261123',
      '20261123',
      '103003',
      '20261124',
      '003003',
    ]);
    expect([trade[25], trade[11]]).toEqual(['1', expect.stringMatching(/^\d+\.\d{4}$/)]);
  });

  it('have books of one level or of ten', async () => {
    toRegularSession();
    expect((await recordsAfter('HDFSASP0', 'DNASAAPL'))[0]).toHaveLength(17);
    fixture.simulator.update({ foreignBookLevels: 10 });
    expect((await recordsAfter('HDFSASP0', 'DNASTSLA'))[0]).toHaveLength(71);
  });

  it('have keys of their own by day', async () => {
    await client.register('HDFSCNT0', 'DNASAAPL');
    const [trade = []] = await recordsAfter('HDFSCNT0', 'RBAQAAPL');
    expect(trade[0]).toBe('RBAQAAPL');
    expect(client.frames).toEqual([]);
  });
});

describe('the mock host', () => {
  it('has trades and books of the Korea Exchange, and no more', async () => {
    const mock = await fixture.connect('mock');
    const codes = [];
    for (const trId of ['H0STCNT0', 'H0STASP0', 'H0NXCNT0', 'H0UNASP0', 'HDFSCNT0', 'H0STMKO0']) {
      codes.push((await mock.register(trId, trId === 'HDFSCNT0' ? 'DNASAAPL' : '005930')).body?.msg_cd);
    }
    expect(codes).toEqual(['OPSP0000', 'OPSP0000', 'OPSP8991', 'OPSP8991', 'OPSP8991', 'OPSP8991']);
  });
});

describe('the frame control', () => {
  it('sends any text', async () => {
    await client.register('H0STCNT0', '005930');
    expect((await fixture.control('realtime/frame', { text: '0|H0STCNT0|001|x' })).json).toEqual({
      sentTo: 1,
    });
    expect(await client.frame()).toBe('0|H0STCNT0|001|x');
    expect((await fixture.control('realtime/frame', {})).status).toBe(400);
  });
});

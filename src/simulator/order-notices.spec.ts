import {
  type SocketClient,
  SocketFixture,
  type Control,
  decrypted,
} from '../../test/support/simulator/socket-fixture';

let fixture: SocketFixture;
let client: SocketClient;
let ack: Control;
beforeEach(async () => {
  fixture = await SocketFixture.open({ pushEveryMs: 600_000 });
  await fixture.orders.price('005930', 98_000);
  client = await fixture.connect('real');
  ack = await client.register('H0STCNI0', 'simreal');
});
afterEach(() => fixture.close());

const next = async () => decrypted(await client.frame('H0STCNI0'), ack);
/** RCTF_CLS, CNTG_QTY, CNTG_UNPR, RFUS_YN, CNTG_YN, ACPT_YN. */
const gist = (columns: readonly string[]) => [5, 9, 10, 12, 13, 14].map((index) => columns[index]);

describe('a notice of an order', () => {
  it('is encrypted with key and vector of its acknowledgement', async () => {
    expect(ack.header['encrypt']).toBe('Y');
    const number = await fixture.orders.placed('real', 'buy', { ORD_QTY: '3', ORD_UNPR: '97000' });
    const frame = await client.frame();
    expect(frame).toMatch(/^1\|H0STCNI0\|001\|[A-Za-z0-9+/]+=*$/);
    expect(decrypted(frame, ack)).toEqual([
      'simreal',
      '5001234501',
      number,
      '',
      '02',
      '0',
      '00',
      '0',
      '005930',
      '0000000003',
      '000097000',
      '100000',
      '0',
      '1',
      '1',
      '91252',
      '000000003',
      '시뮬레이터',
      '000000000',
      '1',
      'N',
      '',
      '',
      '',
      '삼성전자',
      '000097000',
    ]);
  });

  it('announces receipt and fills', async () => {
    fixture.simulator.update({ largestFill: 2 });
    await fixture.orders.placed('real', 'buy', { ORD_QTY: '3', ORD_UNPR: '98200' });
    expect(gist(await next())).toEqual(['0', '0000000003', '000098200', '0', '1', '1']);
    const fill = gist(await next());
    expect(fill).toEqual(['0', '0000000002', expect.stringMatching(/^00009\d{4}$/), '0', '2', '2']);
    fixture.pass(3);
    expect(gist(await next())[1]).toBe('0000000001');
  });

  it('announces modification and cancellation, received and confirmed', async () => {
    const number = await fixture.orders.placed('real', 'buy', { ORD_UNPR: '97000' });
    await next();
    await fixture.orders.revise('real', number, { RVSE_CNCL_DVSN_CD: '01', ORD_UNPR: '97500' });
    const modified = [await next(), await next()];
    expect(modified.map(gist)).toEqual([
      ['1', '0000000001', '000097500', '0', '1', '1'],
      ['1', '0000000001', '000097500', '0', '1', '2'],
    ]);
    expect(modified[0]?.[3]).toBe(number);
    await fixture.orders.revise('real', modified[0]?.[2] ?? '', {});
    expect(
      [gist(await next()), gist(await next())].map(([kind, , , , , acceptance]) => [kind, acceptance]),
    ).toEqual([
      ['2', '1'],
      ['2', '2'],
    ]);
    expect(client.frames).toEqual([]);
  });

  it('announces what IOC and FOK cancel, and what the exchange rejects', async () => {
    await fixture.orders.placed('real', 'buy', { ORD_DVSN: '12', ORD_UNPR: '97000', ORD_QTY: '5' });
    const fok = [await next(), await next()];
    expect(fok.map((columns) => [columns[7], columns[14]])).toEqual([
      ['2', '1'],
      ['2', '3'],
    ]);
    await fixture.orders.placed('real', 'sell', { ORD_UNPR: '150000' });
    await next();
    expect(gist(await next())).toEqual(['0', '0000000001', '000000000', '1', '1', '1']);
  });

  it('comes whether or not the answer of the order arrives', async () => {
    fixture.simulator.update({ orderFault: 'drop' });
    await expect(fixture.orders.order('real', 'buy', { ORD_UNPR: '97000' })).rejects.toThrow();
    expect(gist(await next())[4]).toBe('1');
  });

  it('has 23 columns in the layout of 2024', async () => {
    fixture.simulator.update({ frameColumns: '2024' });
    await fixture.orders.placed('real', 'buy', { ORD_UNPR: '97000' });
    const columns = await next();
    expect([columns.length, columns[18], columns[22]]).toEqual([23, '삼성전자', '000097000']);
  });

  it('can come late, or be lost', async () => {
    fixture.simulator.update({ noticeDelayMs: 5_000 });
    await fixture.orders.placed('real', 'buy', { ORD_UNPR: '97000' });
    fixture.pass(4);
    expect(client.frames).toEqual([]);
    fixture.pass(1);
    await next();
    fixture.simulator.update({ noticeDelayMs: 0, noticeLoss: 1 });
    await fixture.orders.placed('real', 'buy', { ORD_UNPR: '97000' });
    fixture.simulator.update({ noticeLoss: 0 });
    const number = await fixture.orders.placed('real', 'buy', { ORD_UNPR: '97000' });
    expect((await next())[2]).toBe(number);
  });

  it('is not sent again to clients that connect later', async () => {
    client.close();
    await fixture.orders.placed('real', 'buy', { ORD_UNPR: '97000' });
    client = await fixture.connect('real');
    ack = await client.register('H0STCNI0', 'simreal');
    fixture.pass(5);
    const number = await fixture.orders.placed('real', 'buy', { ORD_UNPR: '97000' });
    expect((await next())[2]).toBe(number);
  });

  it('is acknowledged as plain when so set', async () => {
    fixture.simulator.update({ noticeAckEncrypt: 'N' });
    const mock = await fixture.connect('mock');
    expect((await mock.register('H0STCNI9', 'simmock')).header['encrypt']).toBe('N');
  });

  it('of the mock host goes to the mock host', async () => {
    const mock = await fixture.connect('mock');
    const ofMock = await mock.register('H0STCNI9', 'simmock');
    await fixture.orders.placed('mock', 'buy', { ORD_UNPR: '97000' });
    expect(decrypted(await mock.frame('H0STCNI9'), ofMock)[1]).toBe('5011234501');
    expect(client.frames).toEqual([]);
  });
});

describe('an HTS id', () => {
  it('of somebody else ends the session without a close frame', async () => {
    const mock = await fixture.connect('mock');
    const ended = mock.ended();
    mock.request('H0STCNI9', 'somebody');
    expect(await ended).toBe(1006);
  });
});

describe('a notice of an overseas order', () => {
  it.each([
    [25, 25],
    [24, 24],
  ] as const)(
    'has implied decimals, and as many columns as set (%i)',
    async (foreignNoticeColumns, width) => {
      fixture.simulator.update({ foreignNoticeColumns });
      await fixture.orders.price('AAPL', 268);
      ack = await client.register('H0GSCNI0', 'simreal');
      fixture.server.pass(86_400);
      fixture.orders.at('00:30');
      await fixture.orders.overseas('real', 'buy', { ORD_QTY: '3', OVRS_ORD_UNPR: '269.5' });
      const received = decrypted(await client.frame('H0GSCNI0'), ack);
      const filled = decrypted(await client.frame('H0GSCNI0'), ack);
      expect([received.length, filled.length]).toEqual([width, width]);
      expect([received[6], received[8], received[9], received[12], received[15], received[18]]).toEqual([
        '2',
        '0000000003',
        '002695000',
        '1',
        '',
        '6',
      ]);
      expect([filled[9], filled[12], filled[15]]).toEqual([
        expect.stringMatching(/^00268\d{4}$/),
        '2',
        '000000003',
      ]);
    },
  );

  it('has 21 columns in the layout of 2024', async () => {
    fixture.simulator.update({ frameColumns: '2024' });
    ack = await client.register('H0GSCNI0', 'simreal');
    fixture.server.pass(86_400);
    fixture.orders.at('00:30');
    await fixture.orders.overseas('real', 'buy', { OVRS_ORD_UNPR: '200' });
    expect(decrypted(await client.frame('H0GSCNI0'), ack)).toHaveLength(21);
  });
});

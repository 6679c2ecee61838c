import { OrderLedger } from '../src/kis';
import type { Simulator } from '../src/simulator';
import { embeddedEnv, RunningApi, temporaryDirectory } from './support/running-api';

interface KisAnswer {
  readonly rt_cd: string;
  readonly msg_cd: string;
  readonly msg1: string;
}

const ORDER_CASH = '/uapi/domestic-stock/v1/trading/order-cash';
const RESERVE = '/uapi/domestic-stock/v1/trading/order-resv';
const CHANGE_RESERVED = '/uapi/domestic-stock/v1/trading/order-resv-rvsecncl';
const FUTURES = '/uapi/domestic-futureoption/v1/trading/order';
const ABROAD = '/uapi/overseas-stock/v1/trading/order';
const CANCELLED = { RVSE_CNCL_DVSN_CD: '02' };

interface Order {
  readonly clientOrderId: string;
  readonly status: string;
}

const json = (method: string, body: object) => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

describe('The gateway, with orders that it does not understand', () => {
  let directory: { path: string; remove: () => void };
  let api: RunningApi;
  let simulator: Simulator;
  let account: { readonly CANO: string; readonly ACNT_PRDT_CD: string };
  let headers: Record<string, string>;
  let sentBefore: number;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    const env = { KIS_GATEWAY: 'true', KIS_ORDER_SETTLE_SECONDS: '1' };
    api = await RunningApi.start({ env: { ...embeddedEnv(directory.path), ...env } });
    ({ simulator } = api);
    const { appKey, appSecret, accountNumber, accountCode } = simulator.demo.mock;
    account = { CANO: accountNumber, ACNT_PRDT_CD: accountCode };
    simulator.update({ fills: 'manual', sessions: 'open' });
    const pair = { appkey: appKey, appsecret: appSecret };
    const token = await api.ask<{ access_token: string }>('/kis/mock/oauth2/tokenP', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'client_credentials', ...pair }),
    });
    headers = {
      ...pair,
      'content-type': 'application/json',
      authorization: `Bearer ${token.body.access_token}`,
      custtype: 'P',
    };
  });

  afterAll(async () => {
    await api.close();
    directory.remove();
  });

  beforeEach(() => {
    sentBefore = sent();
  });

  afterEach(async () => {
    await trading(true);
  });

  const sent = (): number =>
    simulator.requests.all.filter(({ method, path }) => method === 'POST' && path.startsWith('/uapi/'))
      .length;

  const post = (path: string, trId: string, body: object | Buffer) =>
    api.ask<KisAnswer>(`/kis/mock${path}`, {
      method: 'POST',
      headers: { ...headers, tr_id: trId },
      body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify({ ...account, ...body }),
    });

  const trading = (enabled: boolean) =>
    api.ask('/api/trading', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ enabled }),
    });

  const apple = (change: object) => ({
    OVRS_EXCG_CD: 'NASD',
    PDNO: 'AAPL',
    ORD_QTY: '1',
    OVRS_ORD_UNPR: '100',
    ORD_SVR_DVSN_CD: '0',
    ORD_DVSN: '00',
    ...change,
  });

  it('says that the outcome is not known after an error that nobody has foreseen, and never with HTTP 500', async () => {
    const ledger = api.app.get(OrderLedger, { strict: false });
    const read = jest.spyOn(ledger, 'read').mockRejectedValue(new TypeError('unforeseen'));
    const order = { PDNO: '005930', ORD_DVSN: '00', ORD_QTY: '1', ORD_UNPR: '70000' };
    const { status, body } = await post(ORDER_CASH, 'VTTC0012U', order);
    read.mockRestore();
    expect([status, body.rt_cd, body.msg_cd, sent()]).toEqual([200, '1', 'KAPI0001', sentBefore]);
    expect(body.msg1).toContain('do not send it again');
    expect(api.log.join('\n')).toContain('TypeError: unforeseen');
  });

  describe('while trading is stopped', () => {
    beforeEach(() => trading(false));

    it('sends no POST that its TR id does not show to be an order', async () => {
      const { body } = await post(ORDER_CASH, 'VTTC0012R', {
        PDNO: '005930',
        ORD_QTY: '1',
        ORD_UNPR: '70000',
      });
      expect([body.msg_cd, sent()]).toEqual(['KAPI0002', sentBefore]);
    });

    it.each([
      ['VTTT1002U', ABROAD, 'NAS'],
      ['VTTT1002U', ABROAD, 'NASD'],
      ['VTTS0308U', ABROAD, 'TKSE'],
      ['VTTS1002U', ABROAD, 'SEHK'],
      ['VTTS3013U', `${ABROAD}-resv`, 'SEHK'],
      ['VTTT1004U', ABROAD, 'NASD'],
    ])('sends no new order %s to %s (%s) that calls itself a cancellation', async (trId, path, exchange) => {
      const answer = await post(path, trId, apple({ OVRS_EXCG_CD: exchange, ORGN_ODNO: '1', ...CANCELLED }));
      expect(answer.body).toMatchObject({ rt_cd: '1', msg_cd: 'KAPI0002' });
      expect(sent()).toBe(sentBefore);
    });

    it('sends no reserved order that calls itself a cancellation', async () => {
      const body = { PDNO: '005930', ORD_QTY: '1', ORD_UNPR: '70000', ORD_DVSN_CD: '00', ...CANCELLED };
      const answer = await post(RESERVE, 'CTSC0008U', body);
      expect(answer.body).toMatchObject({ rt_cd: '1', msg_cd: 'KAPI0002' });
      expect(sent()).toBe(sentBefore);
    });

    it('sends the cancellation of a reserved order', async () => {
      await post(CHANGE_RESERVED, 'CTSC0009U', { RSVN_ORD_SEQ: '9' });
      expect(sent()).toBe(sentBefore + 1);
    });
  });

  const samsung = (change: object) => ({
    ...account,
    PDNO: '005930',
    ORD_DVSN: '01',
    ORD_QTY: '1',
    ORD_UNPR: '0',
    ...change,
  });
  const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

  it.each([
    ['begins with a byte order mark', (text: Buffer) => Buffer.concat([BOM, text])],
    ['is UTF-16', (text: Buffer) => Buffer.from(text.toString(), 'utf16le')],
    ['ends early', (text: Buffer) => text.subarray(0, -1)],
  ])('sends no order whose body %s, whichever account it names', async (_, written) => {
    for (const change of [{}, { CANO: '99999999' }]) {
      const body = written(Buffer.from(JSON.stringify(samsung(change))));
      const answer = await post(ORDER_CASH, 'VTTC0012U', body);
      expect(answer.body).toMatchObject({ rt_cd: '1', msg_cd: 'KAPI0005' });
      expect(answer.body.msg1).toContain('JSON');
    }
    expect(sent()).toBe(sentBefore);
  });

  it.each([
    ['another account', { CANO: '99999999' }, 'another account'],
    ['another product of the account', { ACNT_PRDT_CD: '03' }, 'another account'],
    ['no eight digits', { CANO: '501-12' }, 'CANO must be eight digits'],
    ['nothing', { CANO: null }, 'CANO must be eight digits'],
    ['no digits', { ACNT_PRDT_CD: true }, 'ACNT_PRDT_CD two'],
  ])('says what is wrong with an order that names %s as its account', async (_, change, reason) => {
    const answer = await post(ORDER_CASH, 'VTTC0012U', samsung(change));
    expect(answer.body).toMatchObject({ rt_cd: '1', msg_cd: 'KAPI0002' });
    expect(answer.body.msg1).toContain(reason);
    expect(answer.body.msg1).not.toMatch(/Orders are off|주문이 꺼져/);
    expect(sent()).toBe(sentBefore);
  });

  /** The simulator offers none of these calls, so nothing says what became of them. */
  describe('whose outcome is unknown', () => {
    const cancel = (RSVN_ORD_SEQ: string) => post(CHANGE_RESERVED, 'CTSC0009U', { RSVN_ORD_SEQ });

    it('sends the cancellation of another reserved order, and the same one not again', async () => {
      expect((await cancel('1')).body.msg_cd).toBe('KAPI0001');
      expect(sent()).toBe(sentBefore + 1);
      await cancel('2');
      expect(sent()).toBe(sentBefore + 2);
      expect((await cancel('1')).body.msg_cd).toBe('KAPI0001');
      expect(sent()).toBe(sentBefore + 2);
    });

    it('sends a cancellation after a reserved order', async () => {
      const body = { PDNO: '005930', ORD_QTY: '1', ORD_UNPR: '70000', ORD_DVSN_CD: '00' };
      expect((await post(RESERVE, 'CTSC0008U', body)).body.msg_cd).toBe('KAPI0001');
      await cancel('3');
      expect(sent()).toBe(sentBefore + 2);
    });

    it('sends an order of a future at another price', async () => {
      const future = (UNIT_PRICE: string) =>
        post(FUTURES, 'VTTO1101U', { SHTN_PDNO: '101W09', ORD_QTY: '1', UNIT_PRICE });
      expect((await future('340.50')).body.msg_cd).toBe('KAPI0001');
      await future('340.55');
      expect(sent()).toBe(sentBefore + 2);
    });

    it('lists and shows a cancellation until it is settled by hand, and cancels none', async () => {
      const orders = '/api/accounts/main/orders';
      const unknown = async () => (await api.ask<Order[]>(`${orders}?status=unknown`)).body;
      const before = (await unknown()).map(({ clientOrderId }) => clientOrderId);
      await cancel('4');
      const listed = (await unknown()).filter(({ clientOrderId }) => !before.includes(clientOrderId));
      expect(listed).toEqual([expect.objectContaining({ status: 'unknown' })]);
      const path = `${orders}/${listed[0]?.clientOrderId ?? ''}`;
      expect(await api.ask(path)).toMatchObject({ status: 200, body: { status: 'unknown' } });
      expect(await api.ask(path, { method: 'DELETE' })).toMatchObject({ status: 409 });
      expect(await api.ask(path, json('PATCH', { price: '70000' }))).toMatchObject({ status: 409 });
      await api.ask(`${path}/settlement`, json('POST', { outcome: 'not-placed' }));
      expect(await api.ask(path)).toMatchObject({ status: 200, body: { status: 'not-placed' } });
      expect((await unknown()).map(({ clientOrderId }) => clientOrderId)).toEqual(before);
    });
  });

  it.each([
    ['PUT', '/api/trading', '{"enabled": false, "enabled": true}'],
    [
      'POST',
      '/api/accounts/main/orders',
      '{"symbol":"005930","side":"buy","side":"sell","type":"market","quantity":"1"}',
    ],
  ])('%s %s takes no body with a member twice', async (method, path, body) => {
    const answer = await api.ask(path, { ...json(method, {}), body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    expect(answer.body).toMatchObject({ detail: expect.stringContaining('twice') as string });
    expect(sent()).toBe(sentBefore);
  });
});

import { embeddedEnv, RunningApi, temporaryDirectory } from './support/running-api';

interface KisAnswer {
  readonly rt_cd: string;
  readonly msg_cd: string;
  readonly output?: { readonly ODNO: string };
}

interface Trading {
  readonly accounts: readonly { readonly used: { readonly dailyAmount: string } }[];
}

const ORDER_CASH = '/uapi/domestic-stock/v1/trading/order-cash';
const CHANGE = '/uapi/domestic-stock/v1/trading/order-rvsecncl';
const ABROAD = '/uapi/overseas-stock/v1/trading/order';

const json = (method: string, body: object) => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

describe('The gateway, with a cap on the amount of an order', () => {
  const CAP = 2_000_000;
  /** What a share costs, and how many make less than the cap at this price and more at the upper limit. */
  let price: string;
  let quantity: string;
  let directory: { path: string; remove: () => void };
  let api: RunningApi;
  let post: (path: string, trId: string, body: object) => Promise<KisAnswer>;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    const env = { KIS_GATEWAY: 'true', KIS_ORDER_MAX_AMOUNT: String(CAP) };
    api = await RunningApi.start({ env: { ...embeddedEnv(directory.path), ...env } });
    api.simulator.update({ fills: 'manual', sessions: 'open' });
    ({ price } = (await api.ask<{ price: string }>('/api/quotes/005930')).body);
    quantity = String(Math.floor(CAP / Number(price)));
    const { appKey, appSecret, accountNumber, accountCode } = api.simulator.demo.mock;
    const pair = { appkey: appKey, appsecret: appSecret };
    const credentials = json('POST', { grant_type: 'client_credentials', ...pair });
    const token = await api.ask<{ access_token: string }>('/kis/mock/oauth2/tokenP', credentials);
    const headers = { ...pair, authorization: `Bearer ${token.body.access_token}`, custtype: 'P' };
    post = async (path, trId, body) => {
      const owner = { CANO: accountNumber, ACNT_PRDT_CD: accountCode };
      const init = json('POST', { ...owner, ...body });
      const sent = { ...init, headers: { ...init.headers, ...headers, tr_id: trId } };
      return (await api.ask<KisAnswer>(`/kis/mock${path}`, sent)).body;
    };
  });

  afterAll(async () => {
    await api.close();
    directory.remove();
  });

  const order = (change: object) => ({
    PDNO: '005930',
    ORD_DVSN: '00',
    ORD_QTY: quantity,
    ORD_UNPR: price,
    EXCG_ID_DVSN_CD: 'KRX',
    ...change,
  });
  const CAPPED = { rt_cd: '1', msg_cd: 'KAPI0003' };

  it.each([
    ['of a type that can become a market order', { ORD_DVSN: '02' }],
    ['of a type that is not known', { ORD_DVSN: '48', ORD_UNPR: '1' }],
    ['of a type that has ended', { ORD_DVSN: '07', ORD_UNPR: '1' }],
    ['of an empty type', { ORD_DVSN: '', ORD_UNPR: '1' }],
    ['of no type', { ORD_DVSN: null, ORD_UNPR: '1' }],
    ['of a type that is a number', { ORD_DVSN: 1, ORD_UNPR: '1' }],
  ])('sends no order %s', async (_, change) => {
    const before = api.simulator.orders.length;
    for (const trId of ['VTTC0012U', 'VTTC0011U'])
      expect(await post(ORDER_CASH, trId, order(change))).toMatchObject(CAPPED);
    expect(api.simulator.orders).toHaveLength(before);
  });

  it('sends no purchase abroad without a price, and none of a type that is not known', async () => {
    const apple = { OVRS_EXCG_CD: 'NASD', PDNO: 'AAPL', ORD_QTY: '1', ORD_SVR_DVSN_CD: '0' };
    for (const change of [
      { OVRS_ORD_UNPR: '0', ORD_DVSN: '00' },
      { OVRS_ORD_UNPR: '1', ORD_DVSN: '36' },
    ])
      expect(await post(ABROAD, 'VTTT1002U', { ...apple, ...change })).toMatchObject(CAPPED);
  });

  const modify = (ORGN_ODNO: string | undefined, ORD_DVSN: string, ORD_UNPR: string) =>
    post(CHANGE, 'VTTC0013U', {
      ...order({ ORD_DVSN, ORD_UNPR, ORD_QTY: '0', ORGN_ODNO }),
      KRX_FWDG_ORD_ORGNO: '',
      RVSE_CNCL_DVSN_CD: '01',
      QTY_ALL_ORD_YN: 'Y',
    });

  it('sends no modification to a type by which the order could cost more', async () => {
    const { output, rt_cd } = await post(ORDER_CASH, 'VTTC0012U', order({}));
    expect(rt_cd).toBe('0');
    for (const [division, unitPrice] of [
      ['01', '0'],
      ['01', '1'],
      ['03', '0'],
      ['04', '0'],
      ['02', price],
      ['48', '1'],
      ['', '1'],
    ] as const)
      expect(await modify(output?.ODNO, division, unitPrice)).toMatchObject(CAPPED);
    expect(await modify(output?.ODNO, '00', '0')).not.toMatchObject(CAPPED);
  });

  it('counts and writes down a modification as the type that it names', async () => {
    const used = async () => {
      const { accounts } = (await api.ask<Trading>('/api/trading')).body;
      return Number(accounts[0]?.used.dailyAmount);
    };
    const { output } = await post(ORDER_CASH, 'VTTC0012U', order({ ORD_QTY: '1' }));
    const before = await used();
    const modified = await modify(output?.ODNO, '01', '0');
    expect(modified).toMatchObject({ rt_cd: '0' });
    expect((await used()) - before).toBeGreaterThan(Number(price));
    const { body } = await api.ask<object>(`/api/accounts/main/orders/${modified.output?.ODNO ?? ''}`);
    expect(body).toMatchObject({ type: 'market', price: null, quantity: '1' });
  });

  it('counts such an order of our own API at the upper limit too', async () => {
    const body = { symbol: '005930', side: 'buy', type: 'conditional-limit', quantity, price };
    const check = await api.ask('/api/accounts/main/orders/check', json('POST', body));
    expect(check.body).toMatchObject({ ok: false, problems: [{ code: 'ORDER_CAP_EXCEEDED' }] });
    const placed = await api.ask('/api/accounts/main/orders', json('POST', body));
    expect(placed).toMatchObject({ status: 422, body: { code: 'ORDER_CAP_EXCEEDED' } });
  });
});

import type { Simulator } from '../src/simulator';
import { embeddedEnv, RunningApi, temporaryDirectory } from './support/running-api';

interface KisAnswer {
  readonly rt_cd: string;
  readonly msg_cd: string;
  readonly output?: { readonly ODNO: string };
}

interface ListedOrder {
  readonly orderNumber: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: string;
  readonly status: string;
  readonly quantity: string;
  readonly price: string;
  readonly replacedBy: string | null;
  readonly replaces: string | null;
}

const ORDER = '/uapi/overseas-stock/v1/trading/order';
const CHANGE = '/uapi/overseas-stock/v1/trading/order-rvsecncl';
const ORDER_CASH = '/uapi/domestic-stock/v1/trading/order-cash';

describe('Orders of US stocks through the gateway', () => {
  let directory: { path: string; remove: () => void };
  let api: RunningApi;
  let simulator: Simulator;
  let account: { readonly CANO: string; readonly ACNT_PRDT_CD: string };
  let headers: Record<string, string>;
  let price: string;

  async function start(more: Record<string, string>): Promise<void> {
    directory = await temporaryDirectory();
    const env = { KIS_GATEWAY: 'true', KIS_ORDER_SETTLE_SECONDS: '1', ...more };
    api = await RunningApi.start({ env: { ...embeddedEnv(directory.path), ...env } });
    ({ simulator } = api);
    const { appKey: appkey, appSecret: appsecret, accountNumber, accountCode } = simulator.demo.mock;
    account = { CANO: accountNumber, ACNT_PRDT_CD: accountCode };
    simulator.update({ fills: 'manual', sessions: 'open' });
    const token = await api.ask<{ access_token: string }>('/kis/mock/oauth2/tokenP', {
      method: 'POST',
      body: JSON.stringify({ grant_type: 'client_credentials', appkey, appsecret }),
    });
    const authorization = `Bearer ${token.body.access_token}`;
    headers = { appkey, appsecret, authorization, custtype: 'P', 'content-type': 'application/json' };
  }

  afterEach(async () => {
    await api.close();
    directory.remove();
  });

  const post = async (path: string, trId: string, fields: object): Promise<KisAnswer> => {
    const body = JSON.stringify({ ...account, ...fields });
    const init = { method: 'POST', headers: { ...headers, tr_id: trId }, body };
    const answer = await api.ask<KisAnswer>(`/kis/mock${path}`, init);
    expect(answer.status).toBe(200);
    return answer.body;
  };

  /** As the official samples write it. */
  const apple = (change: object = {}) => ({
    OVRS_EXCG_CD: 'NASD',
    PDNO: 'AAPL',
    ORD_QTY: '3',
    OVRS_ORD_UNPR: price,
    CTAC_TLNO: '',
    MGCO_APTM_ODNO: '',
    ORD_SVR_DVSN_CD: '0',
    ORD_DVSN: '00',
    ...change,
  });

  const placed = () => simulator.orders.length;

  async function listed(number: string | undefined): Promise<ListedOrder | undefined> {
    const { body } = await api.ask<ListedOrder[]>('/api/accounts/main/orders');
    return body.find(({ orderNumber }) => orderNumber === number);
  }

  it('are placed, modified and cancelled, once each, and stand in the journal', async () => {
    await start({});
    ({ price } = (await api.ask<{ price: string }>('/api/quotes/NAS:AAPL')).body);
    const first = await post(ORDER, 'VTTT1002U', apple());
    expect(first).toMatchObject({ rt_cd: '0' });
    expect(await listed(first.output?.ODNO)).toMatchObject({
      symbol: 'NAS:AAPL',
      side: 'buy',
      quantity: '3',
      status: 'accepted',
    });

    // Its answer is lost: the program receives the outcome from KIS's lists.
    simulator.update({ orderFault: 'drop', orderFaultReaches: true, orderFaultNext: 1 });
    const second = await post(ORDER, 'VTTT1002U', apple({ ORD_QTY: '2' }));
    expect(second).toMatchObject({ rt_cd: '0', output: { ODNO: simulator.orders.at(-1)?.orderNumber } });
    expect(placed()).toBe(2);

    const lower = (Number(price) - 1).toFixed(2);
    const change = { ORGN_ODNO: second.output?.ODNO, RVSE_CNCL_DVSN_CD: '01', OVRS_ORD_UNPR: lower };
    const changed = await post(CHANGE, 'VTTT1004U', apple({ ORD_QTY: '2', ...change }));
    expect(changed.rt_cd).toBe('0');
    const replacement = await listed(changed.output?.ODNO);
    expect(replacement).toMatchObject({ symbol: 'NAS:AAPL', quantity: '2' });
    expect(Number(replacement?.price)).toBe(Number(lower));
    expect(await listed(second.output?.ODNO)).toMatchObject({
      status: 'replaced',
      replacedBy: replacement?.clientOrderId,
    });

    const cancel = { ORGN_ODNO: first.output?.ODNO, RVSE_CNCL_DVSN_CD: '02', OVRS_ORD_UNPR: '0' };
    expect((await post(CHANGE, 'VTTT1004U', apple(cancel))).rt_cd).toBe('0');
    expect((await listed(first.output?.ODNO))?.status).toBe('cancelled');
    expect(api.log.filter((line) => line.includes('for program "account:main"')).length).toBeGreaterThan(3);
  });

  it('are not sent while KIS_ORDERS=false, and neither are orders of Korean stocks nor cancellations', async () => {
    await start({ KIS_ORDERS: 'false' });
    price = '100';
    const cancel = { ORGN_ODNO: '1', RVSE_CNCL_DVSN_CD: '02', ORD_QTY: '0', OVRS_ORD_UNPR: '0' };
    const domestic = { PDNO: '005930', ORD_DVSN: '00', ORD_QTY: '1', ORD_UNPR: '70000' };
    for (const [path, trId, fields] of [
      [ORDER, 'VTTT1002U', apple()],
      [CHANGE, 'VTTT1004U', apple(cancel)],
      [ORDER_CASH, 'VTTC0012U', domestic],
      [ORDER_CASH, 'VTTC0802U', domestic],
    ] as const) {
      expect(await post(path, trId, fields)).toMatchObject({ rt_cd: '1', msg_cd: 'KAPI0002' });
    }
    expect(
      simulator.requests.all.filter(({ method, path }) => method === 'POST' && /order/.test(path)),
    ).toEqual([]);
  });
});

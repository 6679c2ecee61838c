import type { Simulator } from '../src/simulator';
import { GatewayFixture, ORDER_CASH } from './support/gateway-fixture';
import type { RunningApi } from './support/running-api';

const LIMITS = { KIS_ORDER_MAX_AMOUNT: '100000000', KIS_ORDER_SETTLE_SECONDS: '1' };

describe('The gateway, with stock orders of programs', () => {
  let gateway: GatewayFixture;
  let api: RunningApi;
  let simulator: Simulator;

  beforeAll(async () => {
    gateway = await GatewayFixture.open(LIMITS);
    ({ api, simulator } = gateway);
  });

  afterAll(() => gateway.close());

  it('refuses an order with a key that may only read', async () => {
    const bot = await gateway.programKey('reader', 'read');
    const answer = await gateway.post(
      ORDER_CASH,
      gateway.order(),
      await gateway.headersFor(bot, 'VTTC0012U'),
    );
    expect(answer).toMatchObject({ status: 200, body: { rt_cd: '1', msg_cd: 'KAPI0004' } });
    expect(simulator.orders).toHaveLength(0);
    expect(api.log.join('\n')).toContain(
      'An order (VTTC0012U of program "reader") was refused with KAPI0004',
    );
  });

  it('hashes the body of an order for a key that may only read', async () => {
    const bot = await gateway.programKey('hasher', 'read');
    const before = simulator.requests.to('/uapi/hashkey').length;
    await gateway.post('/uapi/hashkey', gateway.order(), await gateway.headersFor(bot, 'VTTC0012U'));
    expect(simulator.requests.to('/uapi/hashkey')).toHaveLength(before + 1);
  });

  it('sends an order once, and names the program in the journal', async () => {
    const bot = await gateway.programKey('trader', 'trade');
    const before = simulator.orders.length;
    const answer = await gateway.post(
      ORDER_CASH,
      gateway.order(),
      await gateway.headersFor(bot, 'VTTC0802U'),
    );
    expect(answer.body).toMatchObject({
      rt_cd: '0',
      output: { ODNO: expect.stringMatching(/^\d{10}$/) as string },
    });
    const again = await gateway.post(ORDER_CASH, gateway.order(), await gateway.headersFor(bot, 'VTTC0802U'));
    expect(again.body.output['ODNO']).not.toBe(answer.body.output['ODNO']);
    expect(simulator.orders).toHaveLength(before + 2);
    expect(api.log.join('\n')).toContain('for program "trader"');
  });

  describe('with an order', () => {
    let headers: Record<string, string>;
    let before: number;

    beforeAll(async () => {
      headers = await gateway.headersFor(await gateway.programKey('trader', 'trade'), 'VTTC0012U');
    });

    beforeEach(() => {
      before = simulator.orders.length;
    });

    afterEach(() => {
      simulator.update({ orderFault: null });
    });

    const place = (change: object = {}) => gateway.post(ORDER_CASH, gateway.order(change), headers);
    const placed = () => simulator.orders.length - before;

    it('whose answer is lost tells the program what KIS’s lists say', async () => {
      simulator.update({ orderFault: 'drop', orderFaultReaches: true, orderFaultNext: 1 });
      const answer = await place();
      expect(answer).toMatchObject({ status: 200, body: { rt_cd: '0' } });
      expect(answer.body.output['ODNO']).toBe(simulator.orders.at(-1)?.orderNumber);
      expect(placed()).toBe(1);
    });

    it('that never reached KIS says so, and may be sent again', async () => {
      simulator.update({ orderFault: 'drop', orderFaultReaches: false, orderFaultNext: 1 });
      expect(await place()).toMatchObject({ status: 200, body: { rt_cd: '1', msg_cd: 'KAPI0005' } });
      expect((await place()).body.rt_cd).toBe('0');
      expect(placed()).toBe(1);
    });

    it('that is repeated before it was answered gets the answer of the first', async () => {
      simulator.update({ orderFault: 'drop', orderFaultReaches: true, orderFaultNext: 1 });
      const answers = await Promise.all([3, 3, 3].map((ORD_QTY) => place({ ORD_QTY })));
      const numbers = new Set(answers.map(({ body }) => body.output['ODNO']));
      expect(numbers.size).toBe(1);
      expect(placed()).toBe(1);
    });

    it('that the program gave up waiting for is not sent again when it repeats it', async () => {
      simulator.update({ latencyMs: 300 });
      const giveUp = new AbortController();
      const init = {
        method: 'POST',
        headers,
        body: JSON.stringify(gateway.order({ ORD_QTY: '4' })),
        signal: giveUp.signal,
      };
      const first = fetch(`${api.url}/kis/mock${ORDER_CASH}`, init);
      await api.untilLogged('for program "trader"');
      const sent = simulator.requests.to(ORDER_CASH).length;
      while (simulator.requests.to(ORDER_CASH).length === sent) await new Promise(setImmediate);
      giveUp.abort();
      await expect(first).rejects.toThrow();
      simulator.update({ latencyMs: 0 });
      expect((await place({ ORD_QTY: '4' })).body.rt_cd).toBe('0');
      expect(placed()).toBe(1);
    });

    it('above a cap is not sent, a market order counted at the upper limit', async () => {
      const quantity = String(Math.ceil(90_000_000 / Number(gateway.price)));
      const capped = { rt_cd: '1', msg_cd: 'KAPI0003' };
      expect((await place({ ORD_QTY: '1000000' })).body).toMatchObject(capped);
      expect((await place({ ORD_QTY: quantity, ORD_DVSN: '01', ORD_UNPR: '0' })).body).toMatchObject(capped);
      expect(placed()).toBe(0);
    });

    it('is not sent while the kill switch is on; a cancellation is', async () => {
      const { output } = (await place()).body;
      const trading = (enabled: boolean) =>
        api.ask('/api/trading', {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ enabled }),
        });
      await trading(false);
      const stopped = await place({ ORD_QTY: '2' });
      const cancel = await gateway.post(
        '/uapi/domestic-stock/v1/trading/order-rvsecncl',
        {
          ...gateway.account,
          KRX_FWDG_ORD_ORGNO: '',
          ORGN_ODNO: output['ODNO'],
          ORD_DVSN: '00',
          RVSE_CNCL_DVSN_CD: '02',
          ORD_QTY: '0',
          ORD_UNPR: '0',
          QTY_ALL_ORD_YN: 'Y',
        },
        { ...headers, tr_id: 'VTTC0013U' },
      );
      await trading(true);
      expect(stopped.body).toMatchObject({ rt_cd: '1', msg_cd: 'KAPI0002' });
      expect(cancel.body.rt_cd).toBe('0');
    });

    it('is modified, and the journal says what replaces it', async () => {
      const { output } = (await place({ ORD_QTY: '7' })).body;
      const tick = String(Number(gateway.price) - 1000);
      const change = { ORGN_ODNO: output['ODNO'], RVSE_CNCL_DVSN_CD: '01', ORD_UNPR: tick, ORD_QTY: '0' };
      const body = { ...gateway.order(change), KRX_FWDG_ORD_ORGNO: '', QTY_ALL_ORD_YN: 'Y' };
      const changed = await gateway.post('/uapi/domestic-stock/v1/trading/order-rvsecncl', body, {
        ...headers,
        tr_id: 'VTTC0803U',
      });
      expect(changed.body.rt_cd).toBe('0');
      const orders = await api.ask<Record<string, unknown>[]>('/api/accounts/main/orders');
      const [first, second] = [output['ODNO'], changed.body.output['ODNO']].map((number) =>
        orders.body.find(({ orderNumber }) => orderNumber === number),
      );
      expect(first).toMatchObject({ status: 'replaced', replacedBy: second?.['clientOrderId'] });
      expect(second).toMatchObject({ quantity: '7', price: tick, replaces: first?.['clientOrderId'] });
    });

    it.each([
      ['another account', { CANO: '99999999' }, 'KAPI0002'],
      ['no number for a quantity', { ORD_QTY: '1e3' }, 'KAPI0005'],
    ])('with %s is not sent', async (_, change, code) => {
      expect((await place(change)).body).toMatchObject({ rt_cd: '1', msg_cd: code });
      expect(placed()).toBe(0);
    });
  });
});

import { hashOf, newKeyPair, type Allowance, type KeyPair } from '../src/gateway/program-key';
import { ProgramKeys } from '../src/gateway/program-keys';
import { accountKey, KisConfiguration } from '../src/kis';
import type { Simulator } from '../src/simulator';
import { embeddedEnv, RunningApi, temporaryDirectory } from './support/running-api';
import { rawRequest, sendRaw } from './support/raw-http';

interface TokenAnswer {
  readonly access_token: string;
  readonly access_token_token_expired: string;
  readonly token_type: string;
  readonly expires_in: number;
}

interface KisAnswer {
  readonly rt_cd: string;
  readonly msg_cd: string;
  readonly msg1: string;
  readonly output: Readonly<Record<string, string>>;
}

const PRICE =
  '/uapi/domestic-stock/v1/quotations/inquire-price?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=005930';
const LIMITS = { KIS_ORDER_MAX_AMOUNT: '100000000', KIS_ORDER_SETTLE_SECONDS: '1' };
const ORDER_CASH = '/uapi/domestic-stock/v1/trading/order-cash';

describe('The gateway', () => {
  let directory: { path: string; remove: () => void };
  let api: RunningApi;
  let simulator: Simulator;
  let own: KeyPair;
  let account: { readonly CANO: string; readonly ACNT_PRDT_CD: string };
  let price: string;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    api = await RunningApi.start({ env: { ...embeddedEnv(directory.path), KIS_GATEWAY: 'true', ...LIMITS } });
    ({ simulator } = api);
    const { appKey, appSecret, accountNumber, accountCode } = simulator.demo.mock;
    own = { appKey, appSecret };
    account = { CANO: accountNumber, ACNT_PRDT_CD: accountCode };
    simulator.update({ fills: 'manual', sessions: 'open' });
    price = (await api.ask<{ price: string }>('/api/quotes/005930')).body.price;
  });

  afterAll(async () => {
    await api.close();
    directory.remove();
  });

  async function programKey(program: string, allow: Allowance): Promise<KeyPair> {
    const pair = newKeyPair();
    await api.app.get(ProgramKeys, { strict: false }).put(
      {
        program,
        account: 'main',
        accountKey: accountKey(api.app.get(KisConfiguration, { strict: false }).account()),
        allow,
        columns: null,
        keyHash: hashOf(pair.appKey),
        secretHash: hashOf(pair.appSecret),
        keyStart: pair.appKey.slice(0, 10),
        createdAt: new Date().toISOString(),
        revoked: [],
      },
      true,
    );
    return pair;
  }

  function post<T = KisAnswer>(path: string, body: object, headers: Record<string, string> = {}) {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers } };
    return api.ask<T>(`/kis/mock${path}`, { ...init, body: JSON.stringify(body) });
  }

  const tokenFor = ({ appKey: appkey, appSecret: appsecret }: KeyPair) =>
    post<TokenAnswer>('/oauth2/tokenP', { grant_type: 'client_credentials', appkey, appsecret });

  async function headersFor(pair: KeyPair, trId: string): Promise<Record<string, string>> {
    const { access_token } = (await tokenFor(pair)).body;
    return {
      authorization: `Bearer ${access_token}`,
      appkey: pair.appKey,
      appsecret: pair.appSecret,
      tr_id: trId,
      custtype: 'P',
      tr_cont: '',
    };
  }

  const order = (change: object = {}) => ({
    ...account,
    PDNO: '005930',
    ORD_DVSN: '00',
    ORD_QTY: '1',
    ORD_UNPR: price,
    ...change,
  });

  it('gives the shared token to an account’s own key, and a stand-in to a program key; KIS issues one', async () => {
    const bot = await programKey('bot', 'read');
    const [shared, standIn] = [await tokenFor(own), await tokenFor(bot)];
    expect(shared.status).toBe(200);
    expect(shared.body).toMatchObject({ token_type: 'Bearer' });
    expect(shared.body.access_token_token_expired).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    const payload = standIn.body.access_token.split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ jti: bot.appKey });
    expect(standIn.body.expires_in).toBeGreaterThan(80_000);
    expect(simulator.issuesOf(own.appKey)).toHaveLength(1);
  });

  it('passes a read on and brings KIS’s response back as it came', async () => {
    const headers = await headersFor(own, 'FHKST01010100');
    const answer = await api.ask<KisAnswer>(`/kis/mock${PRICE}`, { headers });
    expect(answer).toMatchObject({ status: 200, body: { rt_cd: '0' } });
    // The figures move with the time.
    expect(answer.body.output['stck_prpr']).toMatch(/^\d+$/);
    expect(answer.headers.get('x-request-id')).toBeNull();
  });

  it('keeps the case of header names in both directions', async () => {
    const headers = await headersFor(own, 'FHKST01010100');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const port = Number(new URL(api.url).port);
    const answer = await sendRaw(
      port,
      rawRequest(`GET /kis/mock${PRICE}`, [
        `Host: 127.0.0.1:${port}`,
        'X-Odd-CASE: é'.replace('é', 'e'),
        ...lines,
      ]),
    );
    expect(answer.status).toBe(200);
    const seen = simulator.requests.all.at(-1);
    expect(seen?.headers.map(([name]) => name)).toEqual(
      expect.arrayContaining(['X-Odd-CASE', 'tr_id', 'appkey']),
    );
  });

  it.each([
    ['an unknown key', 'EGW00103', (pair: KeyPair) => ({ ...pair, appKey: `PS${'x'.repeat(34)}` })],
    ['a wrong secret', 'EGW00105', (pair: KeyPair) => ({ ...pair, appSecret: 'y'.repeat(180) })],
  ])('refuses %s as KIS does', async (_, code, change) => {
    const answer = await tokenFor(change(own));
    expect(answer).toMatchObject({ status: 403, body: { error_code: code } });
  });

  it('refuses a made-up token of a program, and a removed key at once', async () => {
    const bot = await programKey('gone', 'read');
    const headers = await headersFor(bot, 'FHKST01010100');
    const call = (more: object = {}) =>
      api.ask<KisAnswer>(`/kis/mock${PRICE}`, { headers: { ...headers, ...more } });
    expect((await call()).body.rt_cd).toBe('0');
    expect((await call({ authorization: 'Bearer a.b.c' })).body.msg_cd).toBe('EGW00121');
    const forged = headers['authorization']?.replace(/[^.]+$/, 'x'.repeat(86)) ?? '';
    expect((await call({ authorization: forged })).body.msg_cd).toBe('EGW00121');
    await api.app.get(ProgramKeys, { strict: false }).remove('gone');
    expect((await call()).body.msg_cd).toBe('EGW00103');
  });

  it('ends a stand-in by revokeP, and leaves the shared token alone', async () => {
    const bot = await programKey('revoker', 'read');
    const headers = await headersFor(bot, 'FHKST01010100');
    const token = headers['authorization']?.replace('Bearer ', '') ?? '';
    const pair = { appkey: bot.appKey, appsecret: bot.appSecret };
    const revoked = await post<{ code: number }>('/oauth2/revokeP', { ...pair, token });
    expect(revoked.body.code).toBe(200);
    const after = await api.ask<KisAnswer>(`/kis/mock${PRICE}`, { headers });
    expect(after.body.msg_cd).toBe('EGW00121');
    expect((await tokenFor(own)).status).toBe(200);
  });

  it.each(['/uapi//x', '/uapi/../oauth2/tokenP', '/uapi/%2e%2e/x', '/oauth2/token', '/uapi/a%2fb', '/'])(
    'sends nothing for %s',
    async (path) => {
      const before = simulator.requests.length;
      const port = Number(new URL(api.url).port);
      const answer = await sendRaw(port, rawRequest(`GET /kis/mock${path}`, [`Host: 127.0.0.1:${port}`]));
      expect(answer.status).toBe(404);
      expect(simulator.requests).toHaveLength(before);
    },
  );

  it('does not let a read key order', async () => {
    const bot = await programKey('reader', 'read');
    const answer = await post(ORDER_CASH, order(), await headersFor(bot, 'VTTC0012U'));
    expect(answer).toMatchObject({ status: 200, body: { rt_cd: '1', msg_cd: 'KAPI0004' } });
    expect(simulator.orders).toHaveLength(0);
    expect(api.log.join('\n')).toContain(
      'An order (VTTC0012U of program "reader") was refused with KAPI0004',
    );
  });

  it('lets a read key make the hash of an order', async () => {
    const bot = await programKey('hasher', 'read');
    const before = simulator.requests.to('/uapi/hashkey').length;
    await post('/uapi/hashkey', order(), await headersFor(bot, 'VTTC0012U'));
    expect(simulator.requests.to('/uapi/hashkey')).toHaveLength(before + 1);
  });

  it('sends an order once, and names the program in the journal', async () => {
    const bot = await programKey('trader', 'trade');
    const before = simulator.orders.length;
    const answer = await post(ORDER_CASH, order(), await headersFor(bot, 'VTTC0802U'));
    expect(answer.body).toMatchObject({
      rt_cd: '0',
      output: { ODNO: expect.stringMatching(/^\d{10}$/) as string },
    });
    const again = await post(ORDER_CASH, order(), await headersFor(bot, 'VTTC0802U'));
    expect(again.body.output['ODNO']).not.toBe(answer.body.output['ODNO']);
    expect(simulator.orders).toHaveLength(before + 2);
    expect(api.log.join('\n')).toContain('for program "trader"');
  });

  describe('with an order', () => {
    let headers: Record<string, string>;
    let before: number;

    beforeAll(async () => {
      headers = await headersFor(await programKey('trader', 'trade'), 'VTTC0012U');
    });

    beforeEach(() => {
      before = simulator.orders.length;
    });

    afterEach(() => {
      simulator.update({ orderFault: null });
    });

    const place = (change: object = {}) => post(ORDER_CASH, order(change), headers);
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
        body: JSON.stringify(order({ ORD_QTY: '4' })),
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
      const quantity = String(Math.ceil(90_000_000 / Number(price)));
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
      const cancel = await post(
        '/uapi/domestic-stock/v1/trading/order-rvsecncl',
        {
          ...account,
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
      const tick = String(Number(price) - 1000);
      const change = { ORGN_ODNO: output['ODNO'], RVSE_CNCL_DVSN_CD: '01', ORD_UNPR: tick, ORD_QTY: '0' };
      const body = { ...order(change), KRX_FWDG_ORD_ORGNO: '', QTY_ALL_ORD_YN: 'Y' };
      const changed = await post('/uapi/domestic-stock/v1/trading/order-rvsecncl', body, {
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

  it('shows programs, and neither keys nor secrets', async () => {
    const bot = await programKey('shown', 'read');
    await tokenFor(bot);
    const { text, body } = await api.ask<{ programs: { program: string }[] }>('/api/gateway');
    expect(body.programs.map(({ program }) => program)).toEqual(
      expect.arrayContaining(['account:main', 'shown']),
    );
    expect(text).not.toContain(bot.appKey);
    expect(text).not.toContain(bot.appSecret);
    expect(api.log.join('\n')).not.toContain(bot.appSecret);
  });
});

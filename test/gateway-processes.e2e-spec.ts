import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { hashOf, newKeyPair, type KeyPair } from '../src/gateway/program-key';
import { ProgramKeyStore } from '../src/gateway/program-key-store';
import { accountKey, KisConfiguration, OrderLedger } from '../src/kis';
import { startSimulator, type Simulator } from '../src/simulator';
import { brokerageEnv } from './support/brokerage-env';
import { RunningApi, temporaryDirectory } from './support/running-api';

const ORDER_CASH = '/uapi/domestic-stock/v1/trading/order-cash';

interface OrderAttemptResult {
  readonly rt_cd: string;
  readonly msg_cd: string;
  readonly msg1: string;
  readonly output: { readonly ODNO: string };
}

/** Two services over one store, as after a restart or on one machine, and one program that does not know of two. */
describe('Several processes of the gateway', () => {
  let directory: { path: string; remove: () => void };
  let simulator: Simulator;
  let one: RunningApi;
  let other: RunningApi;
  let pair: KeyPair;
  let headers: Record<string, string>;
  let ownToken: string;
  let env: Record<string, string>;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    const settings = { sessions: 'open', fills: 'manual', mockPerSecond: 1000 } as const;
    simulator = await startSimulator({ realPort: null, mockPort: 0, settings });
    env = {
      ...brokerageEnv(simulator, 'MOCK'),
      KIS_TOKEN_DIR: directory.path,
      KIS_STATE_DIR: `${directory.path}/state`,
      KIS_GATEWAY: 'true',
      KIS_ORDERS: 'true',
    };
    one = await RunningApi.start({ env });
    other = await RunningApi.start({ env });
    pair = newKeyPair();
    await keysOf(one).put(
      {
        program: 'bot',
        account: 'main',
        accountKey: accountKey(one.app.get(KisConfiguration, { strict: false }).account()),
        allow: 'trade',
        columns: null,
        keyHash: hashOf(pair.appKey),
        secretHash: hashOf(pair.appSecret),
        keyStart: pair.appKey.slice(0, 10),
        createdAt: new Date().toISOString(),
        revoked: [],
      },
      false,
    );
    const token = await tokenFrom(one);
    headers = {
      authorization: `Bearer ${token}`,
      appkey: pair.appKey,
      appsecret: pair.appSecret,
      tr_id: 'VTTC0012U',
    };
  });

  afterEach(async () => {
    await Promise.all([one.close(), other.close()]);
    await simulator.stop();
    directory.remove();
  });

  const keysOf = ({ app }: RunningApi) => app.get(ProgramKeyStore, { strict: false });

  async function tokenFrom(api: RunningApi, { appKey, appSecret }: KeyPair = pair): Promise<string> {
    const pairOf = { appkey: appKey, appsecret: appSecret };
    const body = JSON.stringify({ grant_type: 'client_credentials', ...pairOf });
    const answer = await api.ask<{ access_token: string }>('/kis/mock/oauth2/tokenP', {
      method: 'POST',
      body,
    });
    return answer.body.access_token;
  }

  const place = (api: RunningApi, { signal, own }: { signal?: AbortSignal; own?: boolean } = {}) => {
    const { accountNumber, accountCode } = simulator.demo.mock;
    const order = { CANO: accountNumber, ACNT_PRDT_CD: accountCode, PDNO: '005930', ORD_DVSN: '00' };
    const body = JSON.stringify({ ...order, ORD_QTY: '1', ORD_UNPR: '90000' });
    return api.ask<OrderAttemptResult>(`/kis/mock${ORDER_CASH}`, {
      method: 'POST',
      headers: own ? ownHeaders() : headers,
      body,
      ...(signal && { signal }),
    });
  };

  it('know each other’s keys and tokens, and issue one token at KIS', async () => {
    const again = await tokenFrom(other);
    expect(again).not.toBe(headers['authorization']?.slice(7));
    expect((await place(other)).body.rt_cd).toBe('0');
    expect(simulator.issuesOf(simulator.demo.mock.appKey)).toHaveLength(1);
    await keysOf(one).remove('bot');
    expect((await place(other)).body.msg_cd).toBe('EGW00103');
  });

  /** With the account's own key. */
  function ownHeaders(): Record<string, string> {
    const { appKey: appkey, appSecret: appsecret } = simulator.demo.mock;
    return { ...headers, authorization: `Bearer ${ownToken}`, appkey, appsecret };
  }

  async function placeAndHangUp(options: { own?: boolean } = {}): Promise<void> {
    simulator.update({ latencyMs: 400 });
    const giveUp = new AbortController();
    const first = place(one, { ...options, signal: giveUp.signal });
    first.catch(() => undefined);
    while (simulator.requests.to(ORDER_CASH).length === 0) await setImmediate();
    giveUp.abort();
    simulator.update({ latencyMs: 0 });
  }

  it.each([{ own: false }, { own: true }])(
    'say that the outcome is not known when an order is repeated while the journal cannot be read ($own)',
    async ({ own }) => {
      if (own) ownToken = await tokenFrom(other, simulator.demo.mock);
      await placeAndHangUp({ own });
      writeFileSync(join(directory.path, 'state', 'orders.db'), 'x'.repeat(5000));

      const { status, body } = await place(other, { own });

      expect([status, body.rt_cd, body.msg_cd]).toEqual([200, '1', 'KAPI0001']);
      expect(body.msg1).toMatch(/This request was not sent.*damaged.*an earlier one.*look the order up/);
      expect(simulator.requests.to(ORDER_CASH)).toHaveLength(1);
    },
  );

  it('note that an order was answered before they end, so that an equal one is a new one', async () => {
    const ledger = one.app.get(OrderLedger, { strict: false });
    const write = ledger.write.bind(ledger);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const noting = new Promise<void>((resolve) => {
      jest.spyOn(ledger, 'write').mockImplementation(async (change) => {
        if (change.entries.some(({ text }) => text.includes('"answered":true'))) {
          resolve();
          await released;
        }
        return write(change);
      });
    });
    const first = await place(one);
    await noting;
    const closed = once(one.app.getHttpServer(), 'close');
    const closing = one.close();
    await closed;
    let hasEnded = false;
    void closing.then(() => {
      hasEnded = true;
    });
    for (let turn = 0; turn < 2000; turn += 1) await setImmediate();
    expect(hasEnded).toBe(false);
    release();
    await closing;
    one = await RunningApi.start({ env });

    const second = await place(one);
    const numbers = [first, second].map(({ body }) => body.output.ODNO);
    expect(simulator.orders.map(({ orderNumber }) => orderNumber)).toEqual(numbers);
  });

  it('send an order once that the program repeats at the other one, because it was not answered', async () => {
    await placeAndHangUp();
    const repeated = await place(other);
    expect(repeated.body.rt_cd).toBe('0');
    expect(simulator.orders.map(({ orderNumber }) => orderNumber)).toEqual([repeated.body.output.ODNO]);
  });
});

import type { INestApplicationContext } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import {
  KisConfiguration,
  KisModule,
  KisQuotationClient,
  type KisAccount,
  type KisAccountOptions,
} from '../src/kis';
import { KisRequestPacer } from '../src/kis/http/pacing/kis-request-pacer';
import type { KisOrder } from '../src/kis/order/kis-order';
import { KisOrderBook } from '../src/kis/order/kis-order.book';
import { KisOrderChecks } from '../src/kis/order/check/kis-order.checks';
import { KisOrderJournal } from '../src/kis/order/journal/kis-order.journal';
import { KisOrderEndpoint } from '../src/kis/order/kis-order.endpoint';
import { KisOrderService, type KisOrderOptions } from '../src/kis/order/kis-order.service';
import type { KisOrderRequest } from '../src/kis/order/order-intent';
import { startSimulator, type Simulator } from '../src/simulator';

const LIMIT: KisOrderRequest = {
  symbol: '005930',
  side: 'buy',
  type: 'limit',
  quantity: '2',
  price: '70000',
};

/** The library against the simulator: what reaches the brokerage's book is counted there. */
describe('orders', () => {
  let simulator: Simulator;
  let app: INestApplicationContext;
  let account: KisAccount;
  let orders: KisOrderService;

  beforeEach(() => start({ requestsPerSecond: 500 }));

  afterEach(stop);

  async function start(
    limits: Pick<KisAccountOptions, 'requestsPerSecond' | 'requestTimeoutMs'>,
  ): Promise<void> {
    simulator = await startSimulator({
      mockPort: null,
      realPort: 0,
      settings: { sessions: 'open', fills: 'manual', realPerSecond: 1000 },
    });
    const { appKey, appSecret, accountNumber, accountCode } = simulator.demo.real;
    const options = {
      requestTimeoutMs: 2000,
      ...limits,
      mode: 'REAL' as const,
      baseUrl: simulator.realUrl ?? '',
      appKey,
      appSecret,
      accountNumber,
      accountCode,
      orders: { enabled: true, maxPerMinute: null },
    };
    const module = await Test.createTestingModule({
      imports: [ScheduleModule.forRoot(), KisModule.forRoot({ accounts: [options], tokenStore: 'memory' })],
    }).compile();
    module.useLogger(false);
    app = await module.init();
    account = app.get(KisConfiguration).account();
    orders = app.get(KisOrderService);
  }

  async function stop(): Promise<void> {
    await app.close();
    await simulator.stop();
  }

  async function place(
    request: Partial<KisOrderRequest> = {},
    options: KisOrderOptions = {},
  ): Promise<KisOrder> {
    return (await orders.place(account, { ...LIMIT, ...request }, options)).order;
  }

  it('reach the book once under their id, however often they are given', async () => {
    const placed = await place({}, { clientOrderId: 'first' });
    const repeated = await Promise.all([1, 2, 3].map(() => place({}, { clientOrderId: 'first' })));
    expect(placed).toMatchObject({ status: 'accepted', openQuantity: '2' });
    expect(new Set(repeated.map(({ orderNumber }) => orderNumber))).toEqual(new Set([placed.orderNumber]));
    expect(simulator.orders).toHaveLength(1);
  });

  it('of many callers at the same time under one id are one', async () => {
    const placed = await Promise.all(Array.from({ length: 20 }, () => place({}, { clientOrderId: 'same' })));
    expect(new Set(placed.map(({ orderNumber }) => orderNumber)).size).toBe(1);
    expect(simulator.orders).toHaveLength(1);
  });

  it.each([true, false])(
    'whose answer is lost are unknown, and become what they are (in the book: %s)',
    async (reached) => {
      simulator.update({ orderFault: 'drop', orderFaultReaches: reached, orderFaultNext: 1 });
      const lost = await place({}, { clientOrderId: 'lost' });
      expect(lost).toMatchObject({ status: 'unknown', orderNumber: null });
      expect(simulator.orders).toHaveLength(reached ? 1 : 0);
      if (!reached) return;
      const settled = await place({}, { clientOrderId: 'lost', waitMs: 10_000 });
      expect(settled).toMatchObject({ status: 'accepted', orderNumber: expect.any(String) as string });
      expect(simulator.orders).toHaveLength(1);
    },
  );

  it('can be modified and cancelled', async () => {
    await place({}, { clientOrderId: 'first' });
    const change = { price: '69900' };
    const { order: modified } = await orders.modify(account, 'first', change, { clientOrderId: 'second' });
    expect(modified).toMatchObject({ status: 'accepted', replaces: 'first', price: '69900' });
    const again = await orders.modify(account, 'first', { price: '69900.0' }, { clientOrderId: 'second' });
    expect(again).toMatchObject({ isRepeat: true, order: { orderNumber: modified.orderNumber } });
    const other = orders.modify(account, 'first', { price: '69800' }, { clientOrderId: 'second' });
    await expect(other).rejects.toMatchObject({ code: 'ORDER_ID_REUSED' });
    const { order: cancelled } = await orders.cancel(account, 'second');
    expect(cancelled).toMatchObject({ status: 'cancelled', openQuantity: '0' });
    const listed = await app.get(KisOrderBook).list(account);
    expect(listed.map(({ clientOrderId, status }) => [clientOrderId, status])).toEqual([
      ['first', 'replaced'],
      ['second', 'cancelled'],
    ]);
  });

  it('that are given again hold no permits back while the first one is on its way', async () => {
    await stop();
    await start({ requestsPerSecond: 500, requestTimeoutMs: 20_000 });
    const pacer = app.get(KisRequestPacer, { strict: false });
    const reserve = pacer.reserve.bind(pacer);
    const endpoint = app.get(KisOrderEndpoint, { strict: false });
    const send = endpoint.send.bind(endpoint);
    let goOn = (): void => undefined;
    const isReleased = new Promise<void>((resolve) => (goOn = resolve));
    const again: Promise<KisOrder>[] = [];
    jest.spyOn(endpoint, 'send').mockImplementationOnce(async (...args) => {
      // The first one is sent when the second one has given its permits back, and not before.
      jest.spyOn(pacer, 'reserve').mockImplementationOnce((...wanted) => {
        const reservation = reserve(...wanted);
        return {
          release: () => {
            reservation.release();
            goOn();
          },
        };
      });
      again.push(place({}, { clientOrderId: 'first' }));
      await isReleased;
      return send(...args);
    });
    const first = await place({}, { clientOrderId: 'first' });
    expect(first.status).toBe('accepted');
    expect(await Promise.all(again)).toEqual([first]);
    expect(simulator.orders).toHaveLength(1);
  });

  it('cost no call while the kill switch is on', async () => {
    await place({}, { clientOrderId: 'first' });
    await app.get(KisOrderJournal).setTrading(false);
    const before = simulator.requests.all.length;
    const stopped = { code: 'ORDERS_DISABLED' };
    await expect(place({ price: '69000' })).rejects.toMatchObject(stopped);
    await expect(place({ price: '69000' }, { clientOrderId: 'second' })).rejects.toMatchObject(stopped);
    expect(await place({}, { clientOrderId: 'first' })).toMatchObject({ status: 'accepted' });
    expect(simulator.requests.all).toHaveLength(before);
  });

  it('are stopped by a kill switch that is set while they are checked', async () => {
    const checks = app.get(KisOrderChecks);
    const check = checks.check.bind(checks);
    jest.spyOn(checks, 'check').mockImplementation(async (...args) => {
      const found = await check(...args);
      await app.get(KisOrderJournal).setTrading(false);
      return found;
    });
    const stopped = place({}, { clientOrderId: 'first' });
    await expect(stopped).rejects.toMatchObject({ code: 'ORDERS_DISABLED' });
    expect(simulator.orders).toEqual([]);
    expect(await app.get(KisOrderBook).list(account)).toEqual([]);
  });

  it('and what they wait for get the next permits, however many reads wait', async () => {
    await stop();
    await start({ requestsPerSecond: 15 });
    const quotations = app.get(KisQuotationClient);
    const waiting = new AbortController();
    const { signal } = waiting;
    const reads = Array.from({ length: 200 }, (_, index) =>
      quotations.price(account, String(index).padStart(6, '0'), { signal }).catch(() => null),
    );
    await Promise.race(reads);
    const { status } = await place();
    waiting.abort();
    await Promise.all(reads);
    expect(status).toBe('accepted');
    // Fifteen a second of all: had the order waited in their turn, all would have come before it.
    const isRead = ({ path }: { path: string }): boolean => path.endsWith('inquire-price');
    expect(simulator.requests.all.filter(isRead).length).toBeLessThan(60);
  });
});

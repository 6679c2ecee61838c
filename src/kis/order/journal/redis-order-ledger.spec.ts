import { SystemKisClock } from '../../clock';
import { KisRedis } from '../../redis/kis-redis';
import { RedisAddress } from '../../redis/redis-address';
import { CapturedWarnings } from '../../../../test/support/captured-warnings';
import { orderRecord } from '../../../../test/support/kis/order-samples';
import { describeWithRedis, RedisServer } from '../../../../test/support/redis-server';
import { KisOrderJournal } from './kis-order.journal';
import { describeOrderJournal } from './order-journal.contract';
import { RedisOrderLedger } from './redis-order-ledger';

const NO_CAPS = { maxAmount: null, dailyMaxAmount: null, maxPerMinute: null };
/** As many as a test of the contract wants. */
const MOST_PROGRAMS = 6;

describeWithRedis('the order ledger in Redis', () => {
  const warnings = new CapturedWarnings();
  let server: RedisServer;
  let places = 0;
  let opened: KisRedis[] = [];

  beforeAll(async () => {
    server = await RedisServer.start();
  });

  afterEach(() => {
    for (const redis of opened) redis.onApplicationShutdown();
    opened = [];
  });

  afterAll(() => server.stop());

  async function connect(to = server): Promise<KisRedis> {
    const redis = await KisRedis.open(new RedisAddress({ url: to.url, keyPrefix: `test-${places}:` }));
    opened.push(redis);
    return redis;
  }

  const journal = async (to = server): Promise<KisOrderJournal> =>
    new KisOrderJournal(new RedisOrderLedger(await connect(to)), new SystemKisClock());

  describeOrderJournal('in Redis', async () => {
    places += 1;
    const connections = await Promise.all(Array.from({ length: MOST_PROGRAMS }, () => connect()));
    return {
      another: () => {
        const redis = connections.pop();
        if (!redis) throw new Error('The test wants more programs than were opened.');
        return new RedisOrderLedger(redis);
      },
      remove: () => Promise.resolve(),
    };
  });

  it('is given back by the programs what a crash of the server has taken from it', async () => {
    const own = await RedisServer.start();
    const [one, other] = [await journal(own), await journal(own)];
    await one.admit(orderRecord(), NO_CAPS);
    await own.restart();
    const second = orderRecord({ clientOrderId: 'second' });
    await expect(untilAdmitted(() => one.admit(second, NO_CAPS))).resolves.toMatchObject({
      kind: 'equal-unsettled',
    });
    await expect(untilAdmitted(() => other.admit(orderRecord(), NO_CAPS))).resolves.toMatchObject({
      kind: 'repeated',
    });
    await own.stop();
  });

  it('says at the start that a server without appendonly can forget orders', async () => {
    const durable = await RedisServer.start({ durable: true });
    warnings.take();
    await new RedisOrderLedger(await connect(durable), true).onApplicationBootstrap();
    expect(warnings.take()).toEqual([]);
    await new RedisOrderLedger(await connect(), true).onApplicationBootstrap();
    expect(warnings.take()).toEqual([expect.stringContaining('appendonly yes')]);
    await durable.stop();
  });

  it('refuses orders with a reason while Redis is away', async () => {
    const own = await RedisServer.start();
    const orders = await journal(own);
    await own.stop();
    await expect(orders.admit(orderRecord(), NO_CAPS)).rejects.toMatchObject({
      code: 'ORDER_JOURNAL_FAILED',
      message: expect.stringMatching(/^The order journal cannot be used\. Redis at/) as string,
    });
  });
});

/** Until the connection is there again. */
async function untilAdmitted<T>(admit: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await admit();
    } catch (error) {
      if (attempt > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

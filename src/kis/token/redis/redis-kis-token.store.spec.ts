import { RedisAddress } from '../../redis/redis-address';
import { KisRedis } from '../../redis/kis-redis';
import { describeWithRedis, RedisServer } from '../../testing/redis-server';
import { describeKisTokenStore } from '../../testing/store-contract';
import { TokenCodec } from '../token-codec';
import { TokenSeal } from '../token-seal';
import { RedisTokenRecords } from './redis-records';
import { RedisKisTokenStore } from './redis-kis-token.store';

const POLICY = { bufferMs: 300_000, refreshLeadMs: 7_200_000, blackout: [], issueIntervalMs: 60_000 };

describeWithRedis('with a real Redis:', () => {
  let server: RedisServer;
  let prefixes = 0;

  beforeAll(async () => {
    server = await RedisServer.start();
  });

  afterAll(async () => {
    await server.stop();
  });

  describeKisTokenStore('RedisKisTokenStore', async (clock) => {
    prefixes += 1;
    const redis = await KisRedis.open(new RedisAddress({ url: server.url, keyPrefix: `test-${prefixes}:` }));
    const now = (): string => `local now = ${clock.monotonic()}`;
    const open = (): RedisKisTokenStore =>
      new RedisKisTokenStore(
        new RedisTokenRecords(redis, now),
        new TokenCodec(POLICY, new TokenSeal()),
        clock,
      );
    const close = (): Promise<void> => {
      redis.onApplicationShutdown();
      return Promise.resolve();
    };
    return { store: open(), another: open, close };
  });
});

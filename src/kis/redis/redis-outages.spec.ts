import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { CapturedWarnings } from '../../../test/support/captured-warnings';
import { ManualKisClock } from '../testing/manual-clock';
import { untilWorks } from '../../../test/support/kis/redis-programs';
import { describeWithRedis, RedisServer } from '../../../test/support/redis-server';
import { KisRedis } from './kis-redis';
import { RedisAddress } from './redis-address';

const PING = `return redis.call('PING')`;
const CONNECTIONS = `return string.match(redis.call('INFO', 'stats'), 'total_connections_received:(%d+)')`;

const warnings = new CapturedWarnings();

beforeEach(() => {
  warnings.take();
});

describeWithRedis('KisRedis, when its server comes and goes,', () => {
  let server: RedisServer;
  let redis: KisRedis;

  beforeEach(async () => {
    server = await RedisServer.start();
    redis = await KisRedis.open(new RedisAddress({ url: server.url }));
  });

  afterEach(async () => {
    redis.onApplicationShutdown();
    await server.stop();
  });

  it('fails a command in flight when its connection is lost, and keeps the next connection', async () => {
    server.pause();
    const inFlight = redis.run(PING, []).then(String, String);
    const restarted = server.restart();
    await expect(inFlight).resolves.toContain('cannot be used');
    await restarted;
    await untilWorks(() => redis.run(PING, []));
    const connections = await redis.run(CONNECTIONS, []);
    // Until long after the command in flight would have timed out.
    const until = performance.now() + 1300;
    while (performance.now() < until) await redis.run(PING, []);
    expect(await redis.run(CONNECTIONS, [])).toBe(connections);
    expect(warnings.take()).toEqual([expect.stringContaining('The connection is retried until it works.')]);
  });

  it('ends a connection that hangs once, however many commands wait on it', async () => {
    server.pause();
    const failures = await Promise.all(
      Array.from({ length: 50 }, () => redis.run(PING, []).then(String, String)),
    );
    for (const failure of failures) expect(failure).toContain('(no answer for 1000 ms)');
    server.resume();
    await untilWorks(() => redis.run(PING, []));
    const connections = await redis.run(CONNECTIONS, []);
    for (let call = 0; call < 20; call += 1) await redis.run(PING, []);
    expect(await redis.run(CONNECTIONS, [])).toBe(connections);
    expect(warnings.take()).toHaveLength(1);
  });

  it('passes messages on to every listener of every channel, also after a restart', async () => {
    const heard: string[] = [];
    const name = (message: string | null): string => message ?? 'missed';
    redis.listen('a', (message) => heard.push(`1:${name(message)}`));
    redis.listen('a', (message) => heard.push(`2:${name(message)}`));
    redis.listen('b', (message) => heard.push(`3:${name(message)}`));
    const publish = (message: string): Promise<void> =>
      untilWorks(async () => {
        await redis.run(
          `return redis.call('PUBLISH', 'a', ARGV[1]) + redis.call('PUBLISH', 'b', ARGV[1])`,
          [],
          message,
        );
        for (const listener of ['1', '2', '3']) {
          if (!heard.includes(`${listener}:${message}`)) throw new Error('not heard yet');
        }
      });

    await publish('before');
    expect(heard.filter((each) => each.endsWith('missed'))).toEqual([]);
    await server.restart();
    await publish('after');
    for (const listener of ['1', '2', '3']) {
      const own = heard.filter((each) => each.startsWith(listener)).map((each) => each.slice(2));
      expect([...new Set(own)]).toEqual(['before', 'missed', 'after']);
    }
  });
});

describeWithRedis('KisRedis, when Redis refuses a subscription,', () => {
  it('reports it once, tries again, and then reports that messages may have been missed', async () => {
    const server = await RedisServer.start({
      args: ['--user', 'me', 'on', '>secret', '~*', 'resetchannels', '+@all'],
    });
    const clock = new ManualKisClock();
    const url = server.url.replace('//', '//me:secret@');
    const redis = await KisRedis.open(new RedisAddress({ url }), clock);
    const admin = new Redis(server.url);
    const heard: (string | null)[] = [];
    redis.listen('kis:news', (message) => heard.push(message));
    await untilWorks(() => {
      if (warnings.length === 0) throw new Error('not refused yet');
      return Promise.resolve();
    });
    await admin.acl('SETUSER', 'me', '&kis:*');
    await untilWorks(async () => {
      await clock.advance(1000);
      if (heard.length === 0) throw new Error('nothing heard yet');
    });
    await admin.publish('kis:news', 'hello');
    await untilWorks(() => {
      if (!heard.includes('hello')) throw new Error('not heard yet');
      return Promise.resolve();
    });
    expect(heard).toEqual([null, 'hello']);
    expect(warnings.take()).toEqual([
      expect.stringMatching(/does not allow announcements of new tokens \(NOPERM .*Give the Redis user/),
    ]);
    redis.onApplicationShutdown();
    admin.disconnect();
    await server.stop();
  });
});

describeWithRedis('KisRedis names the cause and the remedy when', () => {
  it.each<[string, string[], string, RegExp]>([
    ['a password is missing', ['--requirepass', 'x'], PING, /\(NOAUTH .*\)\. Check user and password/],
    [
      'the user lacks a right',
      ['--user', 'default', 'on', 'nopass', '~kis:*', '&*', '+@all', '-ping'],
      PING,
      /Give the Redis user/,
    ],
    ['the server lacks a command', ['--rename-command', 'EVAL', ''], PING, /\. This server is too old/],
    [
      'the server is a replica',
      ['--replicaof', '127.0.0.1', '1'],
      `return redis.call('SET', 'x', '')`,
      /Name the primary/,
    ],
    ['its memory is full', ['--maxmemory', '1'], `return redis.call('SET', 'x', '')`, /maxmemory/],
  ])('%s', async (_what, args, script, words) => {
    const server = await RedisServer.start({ args });
    const redis = await KisRedis.open(new RedisAddress({ url: server.url }));
    await expect(redis.run(script, [])).rejects.toThrow(words);
    redis.onApplicationShutdown();
    await server.stop();
  });

  it('another kind of server listens there', async () => {
    const other: Server = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const redis = await KisRedis.open(new RedisAddress({ url: `redis://127.0.0.1:${port}` }));
    await expect(redis.run(PING, [])).rejects.toThrow('What listens there is not Redis');
    redis.onApplicationShutdown();
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
  });

  it('a server that does not know HELLO is used without it', async () => {
    const server = await RedisServer.start({ args: ['--requirepass', 'x', '--rename-command', 'HELLO', ''] });
    const redis = await KisRedis.open(new RedisAddress({ url: server.url.replace('//', '//:x@') }));
    await expect(redis.run(PING, [])).resolves.toBe('PONG');
    redis.onApplicationShutdown();
    await server.stop();
  });
});

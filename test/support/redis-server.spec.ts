import { once } from 'node:events';
import { connect } from 'node:net';
import { describeWithRedis, RedisServer, type RedisServerOptions } from './redis-server';

/** One command in the inline form of the protocol, and the first of the answer; `null` when there is none in time. */
async function ask(redis: RedisServer, command: string, withinMs = 5000): Promise<string | null> {
  const socket = connect(redis.port, '127.0.0.1');
  try {
    socket.write(`${command}\r\n`);
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(withinMs) })) as [Buffer];
    return answer.toString().trim();
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}

describeWithRedis('the redis-server of a test', () => {
  let redis: RedisServer;

  afterEach(async () => {
    await redis.stop();
  });

  async function started(options?: RedisServerOptions): Promise<void> {
    redis = await RedisServer.start(options);
    await expect(ask(redis, 'SET name value')).resolves.toBe('+OK');
  }

  it.each([
    [true, '$5\r\nvalue'],
    [false, '$-1'],
  ])('with durable %p has after a crash, on the same port: %j', async (durable, expected) => {
    await started({ durable });
    await redis.kill();
    await expect(ask(redis, 'PING')).resolves.toBeNull();
    await redis.restart();
    await expect(ask(redis, 'GET name')).resolves.toBe(expected);
  });

  it('says nothing while it is paused, and goes on', async () => {
    await started();
    redis.pause();
    await expect(ask(redis, 'PING', 100)).resolves.toBeNull();
    redis.resume();
    await expect(ask(redis, 'PING')).resolves.toBe('+PONG');
  });

  it('that cannot start says why', async () => {
    await started();
    await expect(RedisServer.start({ args: ['--port', String(redis.port)] })).rejects.toThrow(
      /did not start: [^]*Address already in use/,
    );
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { CapturedWarnings } from '../../../test/support/captured-warnings';
import { describeWithRedis, RedisServer } from '../../../test/support/redis-server';
import { selfSigned } from '../../../test/support/self-signed';
import { KisRedis } from './kis-redis';
import { RedisAddress } from './redis-address';

const PASSWORD = 'p@ss/word hidden';
const PING = `return redis.call('PING')`;

describe('RedisAddress', () => {
  it.each([
    ['redis://127.0.0.1', '127.0.0.1:6379'],
    ['redis://me:hidden@redis.example:6390/2', 'redis.example:6390'],
    ['rediss://:hidden@[::1]:1', '[::1]:1'],
  ])('of %s is shown as %s, without user and password', (url, place) => {
    const address = new RedisAddress({ url, keyPrefix: 'mine:' });
    expect([address.place, address.url, address.keyPrefix]).toEqual([place, url, 'mine:']);
    for (const printed of [inspect({ address }, { showHidden: true }), JSON.stringify(address)]) {
      expect(printed).toContain(place);
      expect(printed).not.toContain('hidden');
    }
  });

  it('has the usual place and prefix when nothing is said', () => {
    const { url, keyPrefix, password } = new RedisAddress();
    expect([url, keyPrefix, password]).toEqual(['redis://127.0.0.1:6379', 'kis:', '']);
  });

  it('reveals the password only to code that keeps it out of logs', () => {
    const url = `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1`;
    expect(new RedisAddress({ url }).password).toBe(PASSWORD);
  });

  it.each(['localhost:6379', 'http://localhost', 'redis://', 'redis:///1', 'redis://host:port', ''])(
    'refuses %j',
    (url) => {
      expect(() => new RedisAddress({ url })).toThrow('redis://host:6379');
    },
  );
});

describeWithRedis('KisRedis', () => {
  const warnings = new CapturedWarnings();
  let server: RedisServer;
  let redis: KisRedis | null = null;

  beforeAll(async () => {
    server = await RedisServer.start({ args: ['--requirepass', PASSWORD] });
  });

  beforeEach(() => {
    warnings.take();
  });

  afterEach(() => {
    redis?.onApplicationShutdown();
  });

  afterAll(async () => {
    await server.stop();
  });

  async function open(password: string): Promise<KisRedis> {
    const login = password === '' ? '' : `:${encodeURIComponent(password)}@`;
    redis = await KisRedis.open(new RedisAddress({ url: server.url.replace('//', `//${login}`) }));
    return redis;
  }

  it('logs in with the password of its URL', async () => {
    await expect((await open(PASSWORD)).run(PING, [])).resolves.toBe('PONG');
    expect(warnings.take()).toEqual([]);
  });

  it('logs in as a user with rights for its own keys and channels only', async () => {
    const rights = ['on', '>secret', '~kis:*', '&kis:*', '+@all'];
    const restricted = await RedisServer.start({ args: ['--user', 'me', ...rights] });
    try {
      const url = restricted.url.replace('//', '//me:secret@');
      redis = await KisRedis.open(new RedisAddress({ url }));
      await expect(redis.run(`return redis.call('SET', KEYS[1], '')`, ['kis:a'])).resolves.toBe('OK');
      await expect(redis.run(`return redis.call('SET', KEYS[1], '')`, ['other:a'])).rejects.toThrow(/NOPERM/);
    } finally {
      await restricted.stop();
    }
  });

  it.each([
    ['another password', 'another hidden one'],
    ['no password', ''],
  ])('says that Redis does not let it in with %s, and shows none', async (_what, password) => {
    const failure = await (await open(password)).run(PING, []).then(String, String);
    const told = [failure, ...warnings.take(), inspect(redis, { depth: 2 })].join('\n');
    expect(failure).toMatch(/NOAUTH|WRONGPASS/);
    expect(told).not.toContain('hidden');
  });

  it('names issuer and cure when a certificate is not trusted', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kis-redis-tls-'));
    const secure = await RedisServer.start({ tls: selfSigned(directory) });
    try {
      redis = await KisRedis.open(new RedisAddress({ url: secure.url.replace('redis:', 'rediss:') }));
      await expect(redis.run(PING, [])).rejects.toThrow(
        /\(DEPTH_ZERO_SELF_SIGNED_CERT\).*issued by "localhost".*NODE_EXTRA_CA_CERTS=/,
      );
    } finally {
      await secure.stop();
      rmSync(directory, { recursive: true });
    }
  });

  it('keeps all that belongs to one credential in one slot of a cluster', async () => {
    const credential = { id: 'abc' } as Parameters<KisRedis['keyFor']>[0];
    const connection = await open(PASSWORD);
    expect(connection.keyFor(credential, 'claim')).toBe('kis:{abc}:claim');
    expect(connection.key('news')).toBe('kis:news');
  });
});

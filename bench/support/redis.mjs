// A redis-server of the benchmark's own, where there is one on the machine.
import { Redis } from 'ioredis';
import { spawn, spawnSync } from 'node:child_process';
import { freePort } from './processes.mjs';
import { temporaryDirectory } from './project.mjs';
import { pause } from './harness.mjs';

/** Resolves with `{ url, client, stop }`, or with `null` when there is no redis-server on the PATH. */
export async function startRedis() {
  if (spawnSync('redis-server', ['--version']).status !== 0) return null;
  const port = await freePort();
  const server = spawn(
    'redis-server',
    [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      temporaryDirectory(),
    ],
    { stdio: 'ignore' },
  );
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  const url = `redis://127.0.0.1:${port}`;
  const client = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  await client.ping();
  return {
    url,
    client,
    stop: async () => {
      client.disconnect();
      process.off('exit', kill);
      kill();
      await pause(50);
    },
  };
}

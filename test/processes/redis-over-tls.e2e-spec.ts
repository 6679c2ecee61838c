import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { selfSigned, type Certificate } from '../support/self-signed';

const KIS = resolve('dist/main.cli.js');
const PASSWORD = 'a password: with @ and /';

/** Only a process that is started with it trusts a certificate, so this takes processes. */
describeWithRedis('Redis over TLS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kis-tls-'));
  let tls: Certificate;
  let server: RedisServer;

  beforeAll(async () => {
    tls = selfSigned(directory);
    server = await RedisServer.start({ tls, args: ['--requirepass', PASSWORD] });
  });

  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  it('is used when its certificate is trusted', async () => {
    const said = await doctor({ NODE_EXTRA_CA_CERTS: tls.certificate });
    expect(said).toMatch(/OK\s+token store: Redis at localhost:\d+ can be written/);
  });

  it('is refused when its certificate is not trusted, and the reason is told', async () => {
    const said = await doctor({});
    expect(said).toMatch(
      /FAULT\s+token store: Redis at localhost:\d+ cannot be used \(DEPTH_ZERO_SELF_SIGNED_CERT\)\. .*NODE_EXTRA_CA_CERTS/,
    );
    expect(said).not.toContain('a password');
    expect(said).not.toContain(encodeURIComponent(PASSWORD));
  });

  async function doctor(trust: Record<string, string>): Promise<string> {
    const env = {
      ...trust,
      PATH: process.env['PATH'] ?? '',
      HOME: directory,
      KIS_SIMULATOR: 'true',
      KIS_TOKEN_STORE: 'redis',
      REDIS_URL: `rediss://:${encodeURIComponent(PASSWORD)}@localhost:${server.port}`,
      LOG_FILE: '',
    };
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [KIS, 'doctor'], {
        env,
        cwd: directory,
      });
      return stdout + stderr;
    } catch (failure) {
      const { stdout, stderr } = failure as { stdout: string; stderr: string };
      return stdout + stderr;
    }
  }
});

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { freePort } from './free-port';

export interface RedisServerOptions {
  /** Whether data outlives a kill, as an append-only file that is flushed with every write; default false. */
  readonly durable?: boolean;
  /** Paths of a certificate and its key: it then speaks TLS only. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Ctrl-C does not reach it; default false. */
  readonly ownGroup?: boolean;
  /** More of redis-server's own arguments, such as `['--requirepass', 'x']`. */
  readonly args?: readonly string[];
}

/** A redis-server of a test's own: a free port of this machine, a temporary directory. */
export class RedisServer {
  private server: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    private readonly directory: string,
    private readonly options: RedisServerOptions,
  ) {}

  /** Rejects with what redis-server said when it does not start. */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const directory = mkdtempSync(join(tmpdir(), 'kis-redis-'));
    const redis = new RedisServer(await freePort(), directory, options);
    try {
      await redis.restart();
    } catch (error) {
      await redis.stop();
      throw error;
    }
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** SIGKILL, as a crash: what is not durable is lost. Does nothing when it is down already. */
  async kill(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }

  /** Up again on the same port, killed before when it runs; resolves when it takes connections. */
  async restart(): Promise<void> {
    await this.kill();
    this.server = spawn('redis-server', this.arguments(), {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: this.options.ownGroup ?? false,
    });
    await readiness(this.server);
  }

  /** Connections stay open and are taken, and nothing is answered until `resume`. */
  pause(): void {
    this.server?.kill('SIGSTOP');
  }

  resume(): void {
    this.server?.kill('SIGCONT');
  }

  /** Ends it and removes all that it kept. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private listening(): string[] {
    const { tls } = this.options;
    if (!tls) return ['--port', String(this.port)];
    const papers = [
      '--tls-cert-file',
      tls.certificate,
      '--tls-key-file',
      tls.key,
      '--tls-auth-clients',
      'no',
    ];
    return ['--port', '0', '--tls-port', String(this.port), ...papers];
  }

  private arguments(): string[] {
    const { durable = false, args = [] } = this.options;
    const place = [...this.listening(), '--bind', '127.0.0.1', '--dir', this.directory];
    const keeping = ['--save', '', '--appendonly', durable ? 'yes' : 'no', '--appendfsync', 'always'];
    return [...place, ...keeping, ...args];
  }
}

/**
 * `describe`, for what needs a redis-server. Where there is none the suite is skipped and says so in its name; in CI it
 * fails instead, because a skipped test would go unnoticed.
 */
export function describeWithRedis(name: string, suite: () => void): void {
  const isThere = spawnSync('redis-server', ['--version']).status === 0;
  if (isThere || env['CI']) describe(name, suite);
  else describe.skip(`${name} [no redis-server found: apt-get install redis-server]`, suite);
}

function readiness(server: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    server.stdout?.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('Ready to accept connections')) resolve();
    });
    server.once('error', (cause) => {
      reject(new Error('redis-server is needed and not found: apt-get install redis-server', { cause }));
    });
    server.once('exit', () => {
      reject(new Error(`redis-server did not start: ${said}`));
    });
  });
}

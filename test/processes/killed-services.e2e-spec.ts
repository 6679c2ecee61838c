import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FileStoreFixture } from '../support/kis/file-store-fixture';
import { sampleCredential } from '../../src/kis/testing/sample-tokens';
import { WorkerHost, type Worker } from '../support/workers';

const INTERVAL_MS = 1000;
/** A busy machine takes less. */
const TIMEOUT_MS = 2000;
/** How long a claim lasts whose holder has been killed. */
const CLAIM_MS = TIMEOUT_MS + INTERVAL_MS + 1000;

/** Who asks is killed at a certain moment; or stopped when its request arrives, and answered meanwhile. */
type Death = 'when its request arrives' | 'within the answer' | 'after the answer' | 'stopped';

/** A token endpoint that kills or stops who asks, as long as it has deaths to give; then it answers. */
class DeadlyIssuer {
  readonly arrivals: { readonly name: string; readonly at: number }[] = [];
  readonly workers = new Map<string, Worker>();
  deaths: Death[] = [];
  private readonly server: Server = createServer((request, response) => {
    const at = performance.now();
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { appsecret } = JSON.parse(body) as { appsecret: string };
      this.arrivals.push({ name: appsecret, at });
      this.answer(response, this.workers.get(appsecret));
    });
    request.on('error', () => undefined);
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => void this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Resolves when the next request comes. */
  async arrival(): Promise<void> {
    await once(this.server, 'request');
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }

  private answer(response: ServerResponse, who: Worker | undefined): void {
    const death = this.deaths.shift();
    const answer = JSON.stringify({
      access_token: `issued-${this.arrivals.length}`,
      token_type: 'Bearer',
      expires_in: 86400,
    });
    if (death === 'when its request arrives') return void who?.kill();
    if (death === 'stopped') who?.signal('SIGSTOP');
    response.setHeader('content-type', 'application/json');
    if (death === 'within the answer') {
      response.write(answer.slice(0, 30), () => void who?.kill());
      return;
    }
    response.end(answer, () => {
      if (death === 'after the answer') void who?.kill();
    });
  }
}

describe('a service that is killed between its claim and its answer', () => {
  let workerHost: WorkerHost;
  let fixture: FileStoreFixture;
  let issuer: DeadlyIssuer;
  let baseUrl: string;
  let started: number;

  beforeAll(() => {
    workerHost = new WorkerHost({
      '@nestjs/common': `module.exports = { ...require(${JSON.stringify(require.resolve('@nestjs/common'))}) };
        module.exports.Logger.overrideLogger(false);`,
    });
  });

  afterAll(async () => {
    await workerHost.close();
  });

  beforeEach(async () => {
    fixture = new FileStoreFixture();
    issuer = new DeadlyIssuer();
    baseUrl = await issuer.listen();
    started = 0;
  });

  afterEach(async () => {
    // A service that has handed out its token may still be shutting down.
    await Promise.all([...issuer.workers.values()].map(({ exited }) => exited));
    await issuer.close();
    fixture.remove();
  });

  function start(): Worker {
    started += 1;
    const name = `service-${started}`;
    const worker = workerHost.start('service.worker', {
      directory: fixture.directory,
      baseUrl,
      name,
      issueIntervalSeconds: INTERVAL_MS / 1000,
      requestTimeoutMs: TIMEOUT_MS,
    });
    issuer.workers.set(name, worker);
    return worker;
  }

  function gaps(): number[] {
    return issuer.arrivals.slice(1).map(({ at }, index) => at - (issuer.arrivals[index]?.at ?? 0));
  }

  it('is obeyed by the one that is started in its place, each time', async () => {
    issuer.deaths = ['when its request arrives', 'within the answer', 'when its request arrives'];
    while (issuer.deaths.length > 0) await start().exited;
    const last = start();
    await expect(last.next()).resolves.toBe('issued-4');
    await expect(last.exited).resolves.toEqual({ code: 0, signal: null });
    expect(issuer.arrivals.map(({ name }) => name)).toEqual([
      'service-1',
      'service-2',
      'service-3',
      'service-4',
    ]);
    expect(Math.min(...gaps())).toBeGreaterThanOrEqual(INTERVAL_MS);
  });

  it('is obeyed by the others that wait for its token, and one of them takes over', async () => {
    issuer.deaths = ['when its request arrives'];
    const workers = Array.from({ length: 4 }, start);
    const tokens = await Promise.all(workers.map((worker) => worker.next()));
    expect(tokens.filter((token) => token === null)).toHaveLength(1);
    expect(tokens.filter((token) => token === 'issued-2')).toHaveLength(3);
    expect(issuer.arrivals).toHaveLength(2);
    expect(Math.min(...gaps())).toBeGreaterThanOrEqual(INTERVAL_MS);
    expect(Math.max(...gaps())).toBeLessThanOrEqual(CLAIM_MS + 1000);
  });

  it('is ended by others while it stands still, and then it puts nothing older over what is newer', async () => {
    issuer.deaths = ['stopped'];
    const arrival = issuer.arrival();
    const stopped = start();
    await arrival;
    await expect(start().next()).resolves.toBe('issued-2');
    stopped.signal('SIGCONT');
    // Both are good; its own answer has waited for it.
    expect(['issued-1', 'issued-2']).toContain(await stopped.next());
    await expect(stopped.exited).resolves.toEqual({ code: 0, signal: null });
    expect((await fixture.store.read(sampleCredential({ baseUrl }))).token?.generation).toBe(2);
    expect(issuer.arrivals).toHaveLength(2);
    expect(Math.min(...gaps())).toBeGreaterThanOrEqual(INTERVAL_MS);
  });

  it('leaves its token, or its claim is obeyed, when it is killed just after the answer', async () => {
    issuer.deaths = ['after the answer'];
    await start().exited;
    const token = await start().next();
    const expected = issuer.arrivals.length === 1 ? 'issued-1' : 'issued-2';
    expect(token).toBe(expected);
    expect(Math.min(Infinity, ...gaps())).toBeGreaterThanOrEqual(INTERVAL_MS);
  });
});

import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSimulator, type Simulator } from '../../src/simulator';
import type { KisTokenStatus } from '../../src/kis';
import { brokerageEnv } from '../support/brokerage-env';
import { Product } from '../support/product';

const HOUR_MS = 3_600_000;

/** Stands between the API and KIS, and sets the `Date` of as many responses as a test says. */
class DateShift {
  /** For each response to come. */
  readonly shifts: number[] = [];
  private readonly server: Server;

  constructor(private readonly simulator: Simulator) {
    this.server = createServer((incoming, response) => {
      const outgoing = request(
        new URL(incoming.url ?? '', simulator.mockUrl ?? ''),
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          const date = new Date(Date.now() + (this.shifts.shift() ?? 0)).toUTCString();
          response.writeHead(answer.statusCode ?? 0, { ...answer.headers, date });
          answer.pipe(response);
        },
      );
      incoming.pipe(outgoing);
    });
  }

  async start(): Promise<Record<string, string>> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as AddressInfo;
    return {
      ...brokerageEnv(this.simulator, 'MOCK'),
      KIS_BASE_URL: `http://127.0.0.1:${port}`,
      KIS_TOKEN_SWEEP_SECONDS: '1',
    };
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe('A wrong Date header from KIS', () => {
  it.each([
    ['once', [25 * HOUR_MS]],
    ['again and again', Array.from({ length: 10 }, () => 25 * HOUR_MS)],
    ['in the past, again and again', Array.from({ length: 10 }, () => -25 * HOUR_MS)],
  ])('takes no valid token away: %s', async (_how, shifts) => {
    const simulator = await startSimulator({ realPort: null, mockPort: 0, settings: { mockPerSecond: 500 } });
    const between = new DateShift(simulator);
    const product = await Product.start({ env: await between.start() });
    await product.untilWritten('Token saved successfully');
    between.shifts.push(...shifts);
    const statuses: number[] = [];
    for (let call = 0; call < shifts.length + 2; call += 1) {
      statuses.push((await product.ask('/api/accounts/main/balance')).status);
      if (call % 5 === 0) await sweep(product);
    }
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await product.ask('/health/ready')).status).toBe(200);
    const { body } = await product.ask<KisTokenStatus>('/api/tokens/main');
    expect(body).toMatchObject({ status: 'fresh', issuedToday: 1, lastError: null });
    expect(body.remainingSeconds).toBeGreaterThan(86_000);
    await product.stop();
    between.stop();
    await simulator.stop();
  });
});

/** Lets the scheduled job look at the token once more. */
async function sweep(product: Product): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1100));
  if (!product.process.isRunning) throw product.process.failure('ended');
}

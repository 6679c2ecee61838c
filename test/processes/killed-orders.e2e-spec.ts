import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KisOrder } from '../../src/kis';
import { startSimulator, type Simulator } from '../../src/simulator';
import { freshKeyPair } from '../support/brokerage-env';
import { removeDirectory } from '../support/remove-directory';
import { WorkerHost, type Worker } from '../support/workers';

/** KIS_CHAOS=125 makes five hundred. */
const KILLS = 4 * Number(process.env['KIS_CHAOS'] ?? 1);
const AT_ONCE = 4;
/** Of an attempt to place an order, checks and all, on a machine with other work. */
const ATTEMPT_MS = 400;

/** Each order has an account, a key and a quantity of its own, so that none waits for another. */
interface Case {
  readonly id: string;
  readonly quantity: string;
  readonly accountNumber: string;
  readonly keys: { readonly appKey: string; readonly appSecret: string };
}

describe(`${KILLS} programs, each killed while it places an order`, () => {
  let simulator: Simulator;
  let workerHost: WorkerHost;
  let directory: string;

  beforeAll(async () => {
    workerHost = new WorkerHost();
    directory = mkdtempSync(join(tmpdir(), 'kis-killed-orders-'));
    simulator = await startSimulator({
      realPort: 0,
      mockPort: null,
      // So that a kill can come between the order and its answer.
      settings: { sessions: 'open', fills: 'manual', realPerSecond: 1000, orderLatencyMs: 200 },
    });
  });

  afterAll(async () => {
    await workerHost.close();
    await simulator.stop();
    removeDirectory(directory);
  });

  function start({ id, quantity, accountNumber, keys }: Case): Worker {
    const account = {
      mode: 'REAL',
      baseUrl: simulator.realUrl,
      accountNumber,
      ...keys,
      requestsPerSecond: 500,
      requestTimeoutMs: 500,
      // Lists show an order at once here, so absence counts soon.
      orders: { enabled: true, settleSeconds: 1 },
    };
    const kis = {
      accounts: [account],
      tokenDir: join(directory, 'tokens'),
      stateDir: join(directory, 'state'),
    };
    return workerHost.start('order.worker', { kis, clientOrderId: id, quantity });
  }

  const numbersOf = ({ accountNumber }: Case): string[] =>
    simulator.orders
      .filter((order) => order.accountNumber === accountNumber)
      .map(({ orderNumber }) => orderNumber);

  async function killedAndRepeated(one: Case): Promise<void> {
    const first = start(one);
    await first.next();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * ATTEMPT_MS));
    await first.kill();
    const second = start(one);
    await second.next();
    const order = await second.next<KisOrder>();
    await second.exited;
    expect([one.id, order?.status]).toEqual([one.id, expect.stringMatching(/^(accepted|not-placed)$/)]);
    expect([one.id, ...numbersOf(one)]).toEqual([
      one.id,
      ...(order?.status === 'accepted' ? [order.orderNumber] : []),
    ]);
  }

  it(
    'leave each order in the book once or not at all, and the journal knows which',
    async () => {
      const cases = Array.from({ length: KILLS }, (_, index) => ({
        id: `order-${index}`,
        quantity: String(index + 1),
        accountNumber: String(60_000_000 + index),
        keys: freshKeyPair(),
      }));
      const queue = [...cases];
      const line = async (): Promise<void> => {
        for (let next = queue.shift(); next; next = queue.shift()) await killedAndRepeated(next);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, line));
    },
    30_000 + KILLS * 8000,
  );
});

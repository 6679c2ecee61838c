import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startSimulator, type Simulator } from '../../src/simulator';
import { freshAccountEnv } from '../support/brokerage-env';
import { OddFileSystem } from '../support/odd-file-system';
import { Home, Product, runKis } from '../support/product';

const ROUTES = ['/api/quotes/005930', '/health/live', '/health/ready', '/metrics'];
/** By then the process knows that it shares its pace with no other. */
const ALONE_AFTER_MS = 5_500;

describe('A token directory that hangs', () => {
  const odd = new OddFileSystem();
  let simulator: Simulator;
  let home: Home;
  let flag: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0, settings: { mockPerSecond: 500 } });
  });

  afterAll(() => simulator.stop());

  beforeEach(() => {
    home = new Home();
    flag = home.locate('hang');
    const hanging = odd.env({ below: home.locate('~/KIS'), hangsWhile: flag });
    env = { ...freshAccountEnv(simulator), KIS_REQUESTS_PER_SECOND: '50', ...hanging };
  });

  afterEach(() => {
    rmSync(flag, { force: true });
  });

  /** The usual time of each route: the median of some rounds, milliseconds. */
  async function times(product: Product): Promise<number[]> {
    const medians: number[] = [];
    for (const route of ROUTES) {
      const taken: number[] = [];
      for (let round = 0; round < 7; round += 1) {
        const began = performance.now();
        expect([route, (await product.ask(route)).status]).toEqual([route, 200]);
        taken.push(performance.now() - began);
      }
      medians.push(taken.sort((a, b) => a - b)[3] ?? Infinity);
    }
    return medians;
  }

  it('holds up neither calls nor health nor metrics; afterwards it is used again', async () => {
    const product = await Product.start({ env, home });
    await product.ask('/api/quotes/005930');
    await delay(ALONE_AFTER_MS);
    const usual = await times(product);

    writeFileSync(flag, '');
    const began = performance.now();
    expect((await product.ask('/api/quotes/005930')).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(2_000);
    const hanging = await times(product);
    for (const [index, ms] of hanging.entries()) expect(ms).toBeLessThan((usual[index] ?? 0) + 1_000);

    rmSync(flag);
    expect((await product.ask('/api/tokens/main')).status).toBe(200);
    await product.ask('/api/tokens/main', { method: 'DELETE' });
    expect(home.list('~/KIS/tokens').filter((name) => name.startsWith('token_'))).toEqual([]);
    expect(await product.stop()).toMatchObject({ stderr: expect.not.stringContaining('does not answer') });
  });

  it('holds up a start and an end for seconds only', async () => {
    expect((await runKis(['token', 'get'], { env, home })).code).toBe(0);
    writeFileSync(flag, '');
    const began = performance.now();
    const product = await Product.start({ env, home });
    expect(performance.now() - began).toBeLessThan(20_000);
    const asked = performance.now();
    const { signal } = await product.stop();
    expect(performance.now() - asked).toBeLessThan(15_000);
    expect(signal).toBe('SIGTERM');
  });
});

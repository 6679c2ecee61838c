import { startSimulator, type Simulator } from '../../src/simulator';
import { brokerageEnv } from '../support/brokerage-env';
import { Product } from '../support/product';

interface Health {
  readonly status: string;
  readonly info: Record<string, unknown>;
  readonly error: Record<string, unknown>;
  readonly details: Record<string, { readonly status: string; readonly token: string }>;
}

describe('Readiness of the built product with two accounts', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator({ realPort: 0, mockPort: 0 });
  });

  afterAll(() => simulator.stop());

  /** `main` (REAL) and `paper` (MOCK), the latter with an expired or wrong key. */
  function start(wrong: readonly ('REAL' | 'MOCK')[]): Promise<Product> {
    const secretOf = (mode: 'REAL' | 'MOCK') =>
      wrong.includes(mode) ? { KIS_APP_SECRET: 'w'.repeat(180) } : {};
    const paper = Object.entries({ ...brokerageEnv(simulator, 'MOCK'), ...secretOf('MOCK') });
    return Product.start({
      env: {
        ...brokerageEnv(simulator, 'REAL'),
        ...secretOf('REAL'),
        KIS_PROFILES: 'paper',
        ...Object.fromEntries(paper.map(([name, value]) => [name.replace('KIS_', 'KIS_PAPER_'), value])),
      },
    });
  }

  it('is given while one account can be served, and names the one that cannot', async () => {
    const product = await start(['MOCK']);
    await product.untilWritten('Token saved successfully');
    await product.untilWritten('for a token is due');
    const { status, body } = await product.ask<Health>('/health/ready');
    expect([status, body.status]).toEqual([200, 'ok']);
    expect(body).toMatchObject({
      info: { 'token:main': { status: 'up', token: 'fresh' } },
      error: { 'token:paper': { status: 'down', token: 'absent' } },
      details: { 'token:main': { status: 'up' }, 'token:paper': { status: 'down' } },
    });
    expect((await product.ask('/api/accounts/main/balance')).status).toBe(200);
    expect((await product.ask('/api/accounts/paper/balance')).status).toBe(503);
    await product.stop();
  });

  it('is not given while no account can be served, and names both', async () => {
    const product = await start(['REAL', 'MOCK']);
    await product.untilWritten(/for a token is due[^]*for a token is due/);
    const { status, body } = await product.ask<Health>('/health/ready');
    expect([status, body.status]).toEqual([503, 'error']);
    expect(Object.keys(body.error)).toEqual(['token:main', 'token:paper']);
    await product.stop();
  });
});

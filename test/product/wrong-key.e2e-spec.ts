import { startSimulator, type Simulator } from '../../src/simulator';
import { brokerageEnv } from '../support/brokerage-env';
import { Product } from '../support/product';

interface Told {
  readonly code: string;
  readonly detail: string;
  readonly retryAt: string;
}

describe('The built product with a wrong app secret', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await startSimulator({ realPort: null, mockPort: 0 });
  });

  afterAll(() => simulator.stop());

  it('says so to every caller, also after a restart, and lets a person try again after the minute', async () => {
    const env = { ...brokerageEnv(simulator, 'MOCK'), KIS_APP_SECRET: 'w'.repeat(180) };
    const { home } = await judge(env);
    await judge(env, home);
    expect(simulator.issuesOf(simulator.demo.mock.appKey)).toHaveLength(1);
  });

  async function judge(env: Record<string, string>, home?: Product['home']): Promise<Product> {
    const product = await Product.start({
      env: { ...env, KIS_TOKEN_DIR: '~/KIS/tokens' },
      ...(home ? { home } : {}),
    });
    if (!home) await product.untilWritten('for a token is due');
    const answer = await product.ask<Told>('/api/accounts/main/balance');
    expect({ status: answer.status, ...answer.body }).toMatchObject({
      status: 503,
      code: 'KIS_CREDENTIALS_REJECTED',
      detail: expect.stringContaining('app secret'),
      retryAt: expect.any(String),
    });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(60);
    const refresh = await product.ask<Told>('/api/tokens/main/refresh', { method: 'POST' });
    expect({ status: refresh.status, code: refresh.body.code }).toEqual({
      status: 409,
      code: 'TOKEN_ISSUE_COOLDOWN',
    });
    expect(Number(refresh.headers.get('retry-after'))).toBeLessThanOrEqual(61);
    await product.stop();
    return product;
  }
});

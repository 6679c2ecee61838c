import { startSimulator, type Simulator } from '../../src/simulator';
import type { KisTokenStatus } from '../../src/kis';
import { brokerageEnv } from '../support/brokerage-env';
import { Product, runKis } from '../support/product';

const FILE = '~/KIS/tokens/token_PStoMm5NMd_mock.json';
const STATUS = '/api/tokens/main';
const BALANCE = '/api/accounts/main/balance';

describe('A token that is deleted while the built product runs', () => {
  let simulator: Simulator;

  beforeEach(async () => {
    simulator = await startSimulator({
      realPort: null,
      mockPort: 0,
      settings: { issueIntervalSeconds: 0, sameTokenSeconds: 0 },
    });
  });

  afterEach(() => simulator.stop());

  const env = (): Record<string, string> => ({
    ...brokerageEnv(simulator, 'MOCK'),
    KIS_TOKEN_SWEEP_SECONDS: '1',
  });

  it('does not come back with the request that was under way', async () => {
    simulator.update({ tokenLatencyMs: 1500 });
    const product = await Product.start({ env: env() });
    await product.untilWritten('Requesting new access token');
    expect((await product.ask(STATUS, { method: 'DELETE' })).status).toBe(204);
    const { status, body } = await product.ask(BALANCE);
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'TOKEN_ISSUE_COOLDOWN' } });
    await product.untilWritten('Access token obtained successfully');
    expect((await product.ask<KisTokenStatus>(STATUS)).body).toMatchObject({
      status: 'absent',
      issuedToday: 1,
    });
    expect(product.home.has(FILE)).toBe(false);
    await product.stop();
  });

  it('and revoked does not come back either, nor does the one that was requested meanwhile', async () => {
    const product = await Product.start({ env: { ...env(), KIS_TOKEN_ISSUE_INTERVAL_SECONDS: '1' } });
    await product.untilWritten('Token saved successfully');
    simulator.update({ tokenLatencyMs: 1500 });
    const refreshing = untilAllowed(() => product.ask(`${STATUS}/refresh`, { method: 'POST' }));
    await until(() => simulator.issuesOf(simulator.demo.mock.appKey).length === 2);
    // From here on a sweep would have a new token requested; what is judged is the one under way.
    simulator.update({ tokenDown: true });
    expect((await product.ask(`${STATUS}?revoke=true`, { method: 'DELETE' })).status).toBe(204);
    expect((await refreshing).status).not.toBe(200);
    expect((await product.ask<KisTokenStatus>(STATUS)).body.status).toBe('absent');
    expect(product.home.has(FILE)).toBe(false);
    await product.stop();
  });

  it('does not come back over an older one that a person has imported in its place', async () => {
    const older = await issue();
    const product = await Product.start({ env: env() });
    await product.untilWritten('Token saved successfully');
    const { home } = product;
    home.write('older.json', JSON.stringify(older));
    expect(await runKis(['token', 'delete'], { env: env(), home })).toMatchObject({ code: 0 });
    expect(await runKis(['import', home.locate('older.json')], { env: env(), home })).toMatchObject({
      code: 0,
    });
    await product.untilWritten(/Using cached token from file/);
    const sweeps = simulator.requests.length;
    expect((await product.ask(BALANCE)).status).toBe(200);
    expect(JSON.parse(home.read(FILE))).toMatchObject({ access_token: older.access_token });
    expect(simulator.requests.length).toBe(sweeps + 1);
    await product.stop();
  });

  interface FiveFields {
    readonly access_token: string;
  }

  /** A token that another program has got. */
  async function issue(): Promise<FiveFields> {
    const { appKey, appSecret } = simulator.demo.mock;
    const body = JSON.stringify({ grant_type: 'client_credentials', appkey: appKey, appsecret: appSecret });
    const answer = await fetch(`${simulator.mockUrl ?? ''}/oauth2/tokenP`, { method: 'POST', body });
    const { access_token, token_type, expires_in } = (await answer.json()) as Record<string, string>;
    return {
      access_token,
      token_type,
      expires_in,
      issued_at: '',
      expiry_datetime: '',
    } as unknown as FiveFields;
  }
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Repeats a request that comes too early after another. */
async function untilAllowed<T extends { readonly status: number }>(request: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await request();
    if (answer.status !== 409) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

import { startSimulator, type Simulator } from '../src/simulator';
import { brokerageEnv } from './support/brokerage-env';
import { RunningApi, temporaryDirectory } from './support/running-api';

/** The variables of one account as those of a profile. */
function profile(name: string, variables: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(variables).filter(([variable]) => variable !== 'KIS_TOKEN_DIR');
  return Object.fromEntries(
    own.map(([variable, value]) => [variable.replace('KIS_', `KIS_${name.toUpperCase()}_`), value]),
  );
}

describe('a mock and a real account side by side', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let simulator: Simulator;
  let api: RunningApi;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    simulator = await startSimulator({
      mockPort: 0,
      realPort: 0,
      settings: { mockPerSecond: 500, realPerSecond: 500 },
    });
    const env = {
      ...brokerageEnv(simulator, 'MOCK', directory.path),
      ...profile('live', brokerageEnv(simulator, 'REAL', directory.path)),
      KIS_PROFILES: 'live',
    };
    api = await RunningApi.start({ env });
  });

  afterAll(async () => {
    await api.close();
    await simulator.stop();
    directory.remove();
  });

  it('lists both, and marks neither as simulated: for the API the simulator is the brokerage', async () => {
    expect((await api.ask('/api/accounts')).body).toEqual([
      { alias: 'main', mode: 'MOCK', accountNumber: '5011****-01', simulated: false },
      { alias: 'live', mode: 'REAL', accountNumber: '5001****-01', simulated: false },
    ]);
  });

  it('serves each from its own host with its own token', async () => {
    const [mock, real] = await Promise.all([
      api.ask('/api/accounts/main/balance'),
      api.ask('/api/accounts/live/balance'),
    ]);
    expect([mock.status, real.status]).toEqual([200, 200]);
    expect(simulator.requests.withTrId('VTTC8434R').map(({ host }) => host)).toEqual(['mock']);
    expect(simulator.requests.withTrId('TTTC8434R').map(({ host }) => host)).toEqual(['real']);
    const tokens = (await api.ask<{ alias: string; filePath: string }[]>('/api/tokens')).body;
    expect(tokens.map(({ alias, filePath }) => [alias, filePath.split('/').at(-1)])).toEqual([
      ['main', 'token_PStoMm5NMd_mock.json'],
      ['live', 'token_PSdEmOrEaL_real.json'],
    ]);
  });

  it('reads a price with the credentials of the account that is named, and else of the first', async () => {
    const hosts = () => simulator.requests.withTrId('FHKST01010100').map(({ host }) => host);
    expect((await api.ask('/api/quotes/005930?account=live')).status).toBe(200);
    expect((await api.ask('/api/quotes/005930')).status).toBe(200);
    expect(hosts()).toEqual(['real', 'mock']);
    for (const [query, status] of [
      ['account=savings', 404],
      ['account=', 400],
      ['acount=live', 400],
    ] as const) {
      expect((await api.ask(`/api/quotes/005930?${query}`)).status).toBe(status);
    }
    expect(hosts()).toHaveLength(2);
  });

  it('reads a price by another account when the first has no token', async () => {
    const env = {
      ...brokerageEnv(simulator, 'MOCK', `${directory.path}/broken`),
      KIS_APP_SECRET: 'X'.repeat(180),
      ...profile('live', brokerageEnv(simulator, 'REAL', '')),
      KIS_TOKEN_DIR: `${directory.path}/broken`,
      KIS_PROFILES: 'live',
    };
    simulator.update({ issueIntervalSeconds: 0 });
    const broken = await RunningApi.start({ env });
    try {
      expect((await broken.ask('/api/accounts/live/balance')).status).toBe(200);
      simulator.requests.clear();
      expect((await broken.ask('/api/quotes/A005930')).body).toMatchObject({ symbol: '005930' });
      expect(simulator.requests.all.map(({ host }) => host)).toEqual(['real']);
      expect((await broken.ask('/api/quotes/005930?account=main')).status).toBe(503);
    } finally {
      await broken.close();
    }
  });

  it('has assets by class for the real account', async () => {
    const { status, body } = await api.ask<{ classes: { name: string }[] }>('/api/accounts/live/assets');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      account: { alias: 'live', mode: 'REAL' },
      total: { netAssets: expect.stringMatching(/^\d+$/), totalAssets: expect.stringMatching(/^\d+$/) },
    });
    expect(body.classes[0]?.name).toBe('주식');
  });

  it('counts the tokens of each', async () => {
    const { text } = await api.ask('/metrics');
    expect(text).toContain('kis_token_issued_total{alias="main",mode="MOCK"} 1');
    expect(text).toContain('kis_token_issued_total{alias="live",mode="REAL"} 1');
  });
});

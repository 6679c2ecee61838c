import { startSimulator, type Simulator } from '../src/simulator';
import { brokerageEnv } from './support/brokerage-env';
import { RunningApi, temporaryDirectory } from './support/running-api';

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
    const live = Object.entries(brokerageEnv(simulator, 'REAL', directory.path))
      .filter(([name]) => name !== 'KIS_TOKEN_DIR')
      .map(([name, value]) => [name.replace('KIS_', 'KIS_LIVE_'), value]);
    const env = { ...brokerageEnv(simulator, 'MOCK', directory.path), KIS_PROFILES: 'live' };
    api = await RunningApi.start({
      env: { ...env, ...(Object.fromEntries(live) as Record<string, string>) },
    });
  });

  afterAll(async () => {
    await api.close();
    await simulator.stop();
    await directory.remove();
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

  it('has assets by class for the real account', async () => {
    const { status, body } = await api.ask<{ classes: { name: string }[] }>('/api/accounts/live/assets');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      account: { alias: 'live', mode: 'REAL' },
      total: { netAssets: expect.stringMatching(/^\d+$/), totalAssets: expect.stringMatching(/^\d+$/) },
    });
    expect(body.classes[0]?.name).toBe('주식');
  });

  it('asks for quotes with the default account', async () => {
    await api.ask('/api/quotes/005930');
    expect(simulator.requests.withTrId('FHKST01010100').map(({ host }) => host)).toEqual(['mock']);
  });

  it('counts the tokens of each', async () => {
    const { text } = await api.ask('/metrics');
    expect(text).toContain('kis_token_issued_total{alias="main",mode="MOCK"} 1');
    expect(text).toContain('kis_token_issued_total{alias="live",mode="REAL"} 1');
  });
});

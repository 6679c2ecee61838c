import { ManualKisClock } from '../src/kis/testing/manual-clock';
import { startSimulator } from '../src/simulator';
import { brokerageEnv } from './support/brokerage-env';
import { embeddedEnv, RunningApi, temporaryDirectory } from './support/running-api';

const BALANCE = '/api/accounts/main/balance';

interface TokenBody {
  readonly status: string;
  readonly outcome?: string;
  readonly expiresAt: string;
}

interface HealthBody {
  readonly status: string;
  readonly details: Readonly<
    Record<string, { readonly status: string; readonly token: string; readonly detail: string }>
  >;
}

describe('operating the API', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let api: RunningApi;

  beforeEach(async () => {
    directory = await temporaryDirectory();
  });

  afterEach(async () => {
    await api.close();
    directory.remove();
  });

  async function start(change: Record<string, string> = {}): Promise<void> {
    api = await RunningApi.start({ env: { ...embeddedEnv(directory.path), ...change } });
  }

  describe('tokens', () => {
    it('tells the facts of a token, and never the token', async () => {
      await start();
      await api.ask(BALANCE);
      const { body, text } = await api.ask('/api/tokens/main');
      const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(body).toEqual({
        ...{ alias: 'main', mode: 'MOCK', appKey: 'PStoMm5NMd…', status: 'fresh', tokenType: 'Bearer' },
        ...{ issuedAt: time, expiresAt: time, remainingSeconds: expect.any(Number), refreshAt: time },
        ...{ source: 'api', store: 'file', filePath: `${directory.path}/token_PStoMm5NMd_mock.json` },
        ...{ cooldownUntil: time, lastError: null, issuedToday: 1 },
      });
      expect(text).not.toContain('eyJ');
      expect((await api.ask('/api/tokens')).body).toEqual([
        expect.objectContaining({ alias: 'main', issuedToday: 1 }),
      ]);
    });

    it('forgets a token on demand, and revokes it at KIS where that is wanted', async () => {
      await start();
      await api.ask(BALANCE);
      const { status, text } = await api.ask('/api/tokens/main?revoke=true', { method: 'DELETE' });
      expect([status, text]).toEqual([204, '']);
      expect(api.simulator.requests.to('/oauth2/revokeP')).toHaveLength(1);
      expect((await api.ask<TokenBody>('/api/tokens/main')).body.status).toBe('absent');
    });

    it('revokes nothing when it is only to forget', async () => {
      await start();
      await api.ask(BALANCE);
      expect((await api.ask('/api/tokens/main', { method: 'DELETE' })).status).toBe(204);
      expect(api.simulator.requests.to('/oauth2/revokeP')).toHaveLength(0);
    });

    it.each([
      ['refreshed', 7 * 3600, 'KIS issues another token after six hours'],
      ['unchanged', 120, 'KIS hands the same token out again within six hours'],
    ])('refreshes on demand: %s after %d s, because %s', async (outcome, seconds) => {
      const clock = new ManualKisClock();
      const simulator = await startSimulator({ mockPort: 0, realPort: null, now: () => clock.now() });
      api = await RunningApi.start({ env: brokerageEnv(simulator, 'MOCK', directory.path), clock });
      expect((await api.ask(BALANCE)).status).toBe(200);
      const before = (await api.ask<TokenBody>('/api/tokens/main')).body;
      await clock.advance(seconds * 1000);
      const { status, body } = await api.ask<TokenBody>('/api/tokens/main/refresh', { method: 'POST' });
      expect([status, body.outcome]).toEqual([200, outcome]);
      expect(body.expiresAt === before.expiresAt).toBe(outcome === 'unchanged');
      expect(simulator.issuesOf(simulator.demo.mock.appKey)).toHaveLength(2);
      await simulator.stop();
    });
  });

  describe('health', () => {
    it('is alive and ready with a token', async () => {
      await start();
      await api.ask(BALANCE);
      expect((await api.ask<HealthBody>('/health/live')).body.status).toBe('ok');
      const { status, body } = await api.ask<HealthBody>('/health/ready');
      expect([status, body.status]).toEqual([200, 'ok']);
      expect(body.details['token:main']).toEqual({
        status: 'up',
        token: 'fresh',
        detail: 'There is a valid token.',
      });
    });

    it('is alive but not ready without one, says why, and asks nobody for it', async () => {
      const simulator = await startSimulator({ mockPort: 0, realPort: null, settings: { tokenDown: true } });
      api = await RunningApi.start({ env: brokerageEnv(simulator, 'MOCK', directory.path) });
      await api.ask(BALANCE);
      const before = simulator.requests.length;
      expect((await api.ask('/health/live')).status).toBe(200);
      const { status, body } = await api.ask<HealthBody>('/health/ready');
      expect([status, body.status]).toEqual([503, 'error']);
      expect(body.details['token:main']).toMatchObject({ status: 'down', token: 'absent' });
      expect(body.details['token:main']?.detail).toMatch(/^There is no token yet\. ./);
      expect(simulator.requests.length).toBe(before);
      await simulator.stop();
    });
  });

  describe('metrics', () => {
    /** The series of the only account, by name. */
    async function series(): Promise<Record<string, number>> {
      const { text } = await api.ask('/metrics');
      const lines = text.matchAll(/^(kis_\w+)\{alias="main",mode="MOCK"\} (\S+)$/gm);
      return Object.fromEntries([...lines].map(([, name = '', value]) => [name, Number(value)]));
    }

    it('are Prometheus text, with those of the process', async () => {
      await start();
      const { text, headers } = await api.ask('/metrics');
      expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(text).toContain('\nprocess_cpu_seconds_total ');
    });

    it('count what happens to tokens, from 0', async () => {
      await start();
      await api.ask(BALANCE);
      // A new token is handed out while it is being saved.
      let counts = await series();
      while (counts['kis_token_saved_total'] === 0) counts = await series();
      expect(counts).toEqual({
        kis_token_issued_total: 1,
        kis_token_adopted_total: 0,
        kis_token_refresh_failures_total: 0,
        kis_token_no_progress_total: 0,
        kis_token_rejected_total: 0,
        kis_token_stale_served_total: 0,
        kis_token_saved_total: 1,
        kis_token_save_failures_total: 0,
        kis_token_remaining_seconds: expect.closeTo(86_400, -3),
        kis_token_wait_seconds_count: 1,
        kis_token_wait_seconds_sum: expect.any(Number),
      });
    });

    it('name accounts and nothing else', async () => {
      await start();
      const { text } = await api.ask('/metrics');
      const labels = [...text.matchAll(/^kis_\w+\{(.*)\}/gm)].map(([, pairs = '']) =>
        pairs.replace(/(?:^|,)le="[^"]*"/, ''),
      );
      expect(new Set(labels.map((pairs) => pairs.replace(/^,/, '')))).toEqual(
        new Set(['alias="main",mode="MOCK"']),
      );
    });

    it('count a stored token as adopted', async () => {
      await start();
      await api.ask(BALANCE);
      await api.close();
      await start();
      await api.ask(BALANCE);
      expect(await series()).toMatchObject({ kis_token_adopted_total: 1, kis_token_issued_total: 0 });
    });

    it('count failures', async () => {
      const simulator = await startSimulator({ mockPort: 0, realPort: null, settings: { tokenDown: true } });
      api = await RunningApi.start({ env: brokerageEnv(simulator, 'MOCK', directory.path) });
      await api.ask(BALANCE);
      expect(await series()).toMatchObject({
        kis_token_refresh_failures_total: 1,
        kis_token_remaining_seconds: 0,
      });
      await simulator.stop();
    });
  });

  describe('the status page', () => {
    it('is at the root, with a policy under which its own files work and no others', async () => {
      await start();
      const { status, headers, text } = await api.ask('/');
      expect(status).toBe(200);
      expect(headers.get('content-type')).toMatch(/^text\/html; charset=utf-8/i);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/default-src 'self';/);
      expect(policy).toMatch(/script-src 'self';/);
      expect(policy).not.toMatch(/https:|upgrade-insecure-requests/);
      for (const [, path = ''] of text.matchAll(/(?:src|href)="(\/[^"]*)"/g)) {
        expect([path, (await api.ask(path)).status]).toEqual([path, 200]);
      }
    });

    it('sends scripts and styles as what they are', async () => {
      await start();
      const types = await Promise.all(
        ['/status.js', '/figures.js', '/cards.js', '/api.js', '/status.css', '/icon.svg'].map(
          async (path) => (await api.ask(path)).headers.get('content-type')?.split(';')[0],
        ),
      );
      expect(types).toEqual([...Array<string>(4).fill('text/javascript'), 'text/css', 'image/svg+xml']);
    });
  });

  it('keeps answers of the API out of caches, and does not say what it is built with', async () => {
    await start();
    const { headers } = await api.ask('/api/accounts');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

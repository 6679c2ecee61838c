import { startSimulator, type Simulator, type SimulatorSettings } from '../src/simulator';
import { type Answer } from './support/answer';
import { brokerageEnv } from './support/brokerage-env';
import { RunningApi, temporaryDirectory, type ProblemBody } from './support/running-api';

const BALANCE = '/api/accounts/main/balance';

/** What every problem is, whatever it is about. */
function expectProblem(
  { status, headers, body }: Answer<ProblemBody>,
  expected: [status: number, code: string],
): void {
  expect([status, body.code]).toEqual(expected);
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(body).toMatchObject({
    type: `urn:kis-api:problem:${body.code.toLowerCase().replaceAll('_', '-')}`,
    title: expect.stringMatching(/\w/),
    status,
    detail: expect.stringMatching(/\w/),
  });
}

describe('problems', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let simulator: Simulator;
  let api: RunningApi;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    simulator = await startSimulator({ mockPort: 0, realPort: 0, settings: { mockPerSecond: 500 } });
  });

  afterEach(async () => {
    await api.close();
    await simulator.stop();
    directory.remove();
  });

  async function start(change: Record<string, string> = {}): Promise<void> {
    const env = {
      ...brokerageEnv(simulator, 'MOCK', directory.path),
      KIS_REQUEST_TIMEOUT_MS: '1000',
      ...change,
    };
    api = await RunningApi.start({ env });
  }

  describe('of the request', () => {
    beforeEach(() => start());

    it.each([
      ['an unknown route', '/api/nothing', 404, 'NOT_FOUND'],
      ['an unknown account', '/api/accounts/savings/balance', 404, 'ACCOUNT_NOT_FOUND'],
      ['the token of an unknown account', '/api/tokens/savings', 404, 'ACCOUNT_NOT_FOUND'],
      ['a symbol that is none', '/api/quotes/samsung', 400, 'INVALID_REQUEST'],
      ['a price without a symbol', '/api/accounts/main/buying-power?price=70000', 400, 'INVALID_REQUEST'],
      [
        'a parameter with a typing error',
        '/api/accounts/main/buying-power?symbl=005930',
        400,
        'INVALID_REQUEST',
      ],
      ['an unknown exchange', '/api/accounts/main/overseas-balance?exchange=XETRA', 400, 'INVALID_REQUEST'],
    ])('%s', async (_, path, status, code) => {
      expectProblem(await api.ask(path), [status, code]);
    });

    it('an alias and a query with characters of another world', async () => {
      expectProblem(await api.ask('/api/accounts/%F0%9F%92%A9'), [404, 'ACCOUNT_NOT_FOUND']);
      expectProblem(await api.ask('/api/accounts/%E0%A4'), [400, 'INVALID_REQUEST']);
    });

    it('lists all problems of a query at once', async () => {
      const { body } = await api.ask<ProblemBody>('/api/accounts/main/buying-power?symbol=x&price=y');
      expect(body.detail).toMatch(/symbol: .*; price: /);
    });

    it('a body that is no JSON', async () => {
      const headers = { 'content-type': 'application/json' };
      const answer = await api.ask<ProblemBody>('/api/tokens/main/refresh', {
        method: 'POST',
        headers,
        body: '{"a',
      });
      expectProblem(answer, [400, 'INVALID_REQUEST']);
    });

    it('a wish for revoking that is neither true nor false', async () => {
      const answer = await api.ask<ProblemBody>('/api/tokens/main?revoke=maybe', { method: 'DELETE' });
      expectProblem(answer, [400, 'INVALID_REQUEST']);
    });

    it('what mock trading does not have; nothing is sent', async () => {
      expectProblem(await api.ask('/api/accounts/main/assets'), [422, 'NOT_AVAILABLE_IN_MOCK']);
      expect(simulator.requests.all.filter(({ path }) => path.startsWith('/uapi'))).toEqual([]);
    });

    it('a refusal of the brokerage, with its own words', async () => {
      simulator.update({ refuseNext: 1, refuseNextCode: 'IGW00002' });
      const answer = await api.ask<ProblemBody>('/api/quotes/005930');
      expectProblem(answer, [422, 'KIS_REJECTED']);
      expect(answer.body.kis).toEqual({
        msgCd: 'IGW00002',
        msg1: '현재 계좌의 계좌번호와 요청 계좌번호가 일치하지 않습니다.',
        trId: 'FHKST01010100',
      });
    });

    it('a refresh inside the minute, with the seconds to wait', async () => {
      await api.ask(BALANCE);
      const answer = await api.ask<ProblemBody>('/api/tokens/main/refresh', { method: 'POST' });
      expectProblem(answer, [409, 'TOKEN_ISSUE_COOLDOWN']);
      const seconds = Number(answer.headers.get('retry-after'));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(90);
      expect(Date.parse(answer.body.retryAt ?? '')).toBeGreaterThan(Date.now());
    });
  });

  describe('between the API and the brokerage', () => {
    it.each<[string, Partial<SimulatorSettings>, number, string]>([
      ['too many calls', { randomRateRefusals: 1 }, 503, 'KIS_UNAVAILABLE'],
      ['out of order', { apiFault: 'http503' }, 502, 'KIS_UNAVAILABLE'],
      ['a lost connection', { apiFault: 'drop' }, 502, 'KIS_UNAVAILABLE'],
      ['a page of a proxy', { apiFault: 'html502' }, 502, 'KIS_UNAVAILABLE'],
      ['half an answer', { apiFault: 'truncated' }, 502, 'KIS_BAD_RESPONSE'],
      ['a redirect', { apiFault: 'redirect' }, 502, 'KIS_BAD_RESPONSE'],
      ['no answer', { apiFault: 'hang' }, 504, 'KIS_TIMEOUT'],
    ])('%s', async (_, change, status, code) => {
      await start();
      expect((await api.ask(BALANCE)).status).toBe(200);
      simulator.update(change);
      expectProblem(await api.ask(BALANCE), [status, code]);
      simulator.update({ randomRateRefusals: 0, apiFault: null });
      expect((await api.ask(BALANCE)).status).toBe(200);
    });

    it('no token to be had, with the moment at which trying again can help', async () => {
      simulator.update({ tokenDown: true });
      await start();
      for (const answer of [await api.ask<ProblemBody>(BALANCE), await api.ask<ProblemBody>(BALANCE)]) {
        expectProblem(answer, [502, 'KIS_UNAVAILABLE']);
        expect(Date.parse(answer.body.retryAt ?? '')).toBeGreaterThan(Date.now());
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      }
      expect(simulator.issuesOf(simulator.demo.mock.appKey)).toHaveLength(1);
      expect((await api.ask('/health/ready')).status).toBe(503);
    });

    it('a token that somebody else has just been issued', async () => {
      const { appKey: appkey, appSecret: appsecret } = simulator.demo.mock;
      await fetch(`${simulator.mockUrl ?? ''}/oauth2/tokenP`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ grant_type: 'client_credentials', appkey, appsecret }),
      });
      await start();
      const answer = await api.ask<ProblemBody>(BALANCE);
      expect(answer.status).toBeGreaterThanOrEqual(503);
      expect(['TOKEN_ISSUE_COOLDOWN', 'KIS_TIMEOUT']).toContain(answer.body.code);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(simulator.issuesOf(appkey)).toHaveLength(2);
    });

    it('a token that was deleted, inside the minute in which there is no other', async () => {
      await start();
      expect((await api.ask(BALANCE)).status).toBe(200);
      expect((await api.ask('/api/tokens/main', { method: 'DELETE' })).status).toBe(204);
      const answer = await api.ask<ProblemBody>(BALANCE);
      expectProblem(answer, [503, 'TOKEN_ISSUE_COOLDOWN']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    });

    it('a wrong app secret, told as such and tried once', async () => {
      await start();
      expect((await api.ask(BALANCE)).status).toBe(200);
      await api.close();
      await start({ KIS_APP_SECRET: 'X'.repeat(180), KIS_TOKEN_DIR: `${directory.path}/other` });
      const { status, body } = await api.ask<ProblemBody>(BALANCE);
      expect([status, body.code]).toEqual([503, 'KIS_CREDENTIALS_REJECTED']);
      expect(body.detail).toMatch(/secret/i);
    });

    it('a brokerage that cannot be reached does not take a valid token away', async () => {
      await start();
      expect((await api.ask(BALANCE)).status).toBe(200);
      await simulator.stop();
      expectProblem(await api.ask(BALANCE), [502, 'KIS_UNAVAILABLE']);
      expect((await api.ask('/health/ready')).status).toBe(200);
    });
  });
});

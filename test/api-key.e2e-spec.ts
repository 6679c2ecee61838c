import { embeddedEnv, RunningApi, temporaryDirectory, type ProblemBody } from './support/running-api';

const KEY = 'correct-horse-battery-staple';

describe('an API with a key', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let api: RunningApi;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    api = await RunningApi.start({ env: { ...embeddedEnv(directory.path), API_KEY: KEY } });
  });

  afterAll(async () => {
    await api.close();
    directory.remove();
  });

  it.each([
    ['as a bearer', { authorization: `Bearer ${KEY}` }],
    ['in a header of its own', { 'x-api-key': KEY }],
  ])('serves who shows it %s', async (_, headers) => {
    expect((await api.ask('/api/accounts', { headers })).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['no key', {}],
    ['a wrong key', { 'x-api-key': 'correct-horse-battery-stapler' }],
    ['the key in another scheme', { authorization: `Basic ${KEY}` }],
  ])('answers 401 to %s, without the key', async (_, headers) => {
    const answer = await api.ask<ProblemBody>('/api/accounts', { headers });
    expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHORIZED']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.text).not.toContain(KEY);
  });

  it.each([
    'GET /api/accounts/main/balance',
    'GET /API/tokens',
    'POST /api/tokens/main/refresh',
    'DELETE /api/tokens/main',
  ])('guards %s', async (route) => {
    const [method = '', path = ''] = route.split(' ');
    expect((await api.ask(path, { method })).status).toBe(401);
  });

  it.each(['/', '/status.js', '/docs', '/docs-json', '/metrics', '/health/live', '/health/ready'])(
    'leaves %s open',
    async (path) => {
      expect((await api.ask(path)).status).not.toBe(401);
    },
  );
});

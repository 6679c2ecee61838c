import type { KeyPair } from '../src/gateway/program-key';
import type { Simulator } from '../src/simulator';
import { GatewayFixture, PRICE, type KisAnswer } from './support/gateway-fixture';
import { rawRequest, sendRaw } from './support/raw-http';
import type { RunningApi } from './support/running-api';

describe('The gateway', () => {
  let gateway: GatewayFixture;
  let api: RunningApi;
  let simulator: Simulator;

  beforeAll(async () => {
    gateway = await GatewayFixture.open();
    ({ api, simulator } = gateway);
  });

  afterAll(() => gateway.close());

  it('gives the shared token to an account’s own key, and a stand-in to a program key; KIS issues one', async () => {
    const bot = await gateway.programKey('bot', 'read');
    const [shared, standIn] = [await gateway.tokenFor(gateway.own), await gateway.tokenFor(bot)];
    expect(shared.status).toBe(200);
    expect(shared.body).toMatchObject({ token_type: 'Bearer' });
    expect(shared.body.access_token_token_expired).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    const payload = standIn.body.access_token.split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ jti: bot.appKey });
    expect(standIn.body.expires_in).toBeGreaterThan(80_000);
    expect(simulator.issuesOf(gateway.own.appKey)).toHaveLength(1);
  });

  it('passes a read on and brings KIS’s response back as it came', async () => {
    const headers = await gateway.headersFor(gateway.own, 'FHKST01010100');
    const answer = await api.ask<KisAnswer>(`/kis/mock${PRICE}`, { headers });
    expect(answer).toMatchObject({ status: 200, body: { rt_cd: '0' } });
    // The figures move with the time.
    expect(answer.body.output['stck_prpr']).toMatch(/^\d+$/);
    expect(answer.headers.get('x-request-id')).toBeNull();
  });

  it('keeps the case of header names in both directions', async () => {
    const headers = await gateway.headersFor(gateway.own, 'FHKST01010100');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const port = Number(new URL(api.url).port);
    const answer = await sendRaw(
      port,
      rawRequest(`GET /kis/mock${PRICE}`, [
        `Host: 127.0.0.1:${port}`,
        'X-Odd-CASE: é'.replace('é', 'e'),
        ...lines,
      ]),
    );
    expect(answer.status).toBe(200);
    const seen = simulator.requests.all.at(-1);
    expect(seen?.headers.map(([name]) => name)).toEqual(
      expect.arrayContaining(['X-Odd-CASE', 'tr_id', 'appkey']),
    );
  });

  it.each([
    ['an unknown key', 'EGW00103', (pair: KeyPair) => ({ ...pair, appKey: `PS${'x'.repeat(34)}` })],
    ['a wrong secret', 'EGW00105', (pair: KeyPair) => ({ ...pair, appSecret: 'y'.repeat(180) })],
  ])('refuses %s as KIS does', async (_, code, change) => {
    const answer = await gateway.tokenFor(change(gateway.own));
    expect(answer).toMatchObject({ status: 403, body: { error_code: code } });
  });

  it('refuses a made-up token of a program, and a removed key at once', async () => {
    const bot = await gateway.programKey('gone', 'read');
    const headers = await gateway.headersFor(bot, 'FHKST01010100');
    const call = (more: object = {}) =>
      api.ask<KisAnswer>(`/kis/mock${PRICE}`, { headers: { ...headers, ...more } });
    expect((await call()).body.rt_cd).toBe('0');
    expect((await call({ authorization: 'Bearer a.b.c' })).body.msg_cd).toBe('EGW00121');
    const forged = headers['authorization']?.replace(/[^.]+$/, 'x'.repeat(86)) ?? '';
    expect((await call({ authorization: forged })).body.msg_cd).toBe('EGW00121');
    await gateway.programKeys.remove('gone');
    expect((await call()).body.msg_cd).toBe('EGW00103');
  });

  it('ends a stand-in by revokeP, and leaves the shared token alone', async () => {
    const bot = await gateway.programKey('revoker', 'read');
    const headers = await gateway.headersFor(bot, 'FHKST01010100');
    const token = headers['authorization']?.replace('Bearer ', '') ?? '';
    const pair = { appkey: bot.appKey, appsecret: bot.appSecret };
    const revoked = await gateway.post<{ code: number }>('/oauth2/revokeP', { ...pair, token });
    expect(revoked.body.code).toBe(200);
    const after = await api.ask<KisAnswer>(`/kis/mock${PRICE}`, { headers });
    expect(after.body.msg_cd).toBe('EGW00121');
    expect((await gateway.tokenFor(gateway.own)).status).toBe(200);
  });

  it.each(['/uapi//x', '/uapi/../oauth2/tokenP', '/uapi/%2e%2e/x', '/oauth2/token', '/uapi/a%2fb', '/'])(
    'sends nothing for %s',
    async (path) => {
      const before = simulator.requests.length;
      const port = Number(new URL(api.url).port);
      const answer = await sendRaw(port, rawRequest(`GET /kis/mock${path}`, [`Host: 127.0.0.1:${port}`]));
      expect(answer.status).toBe(404);
      expect(simulator.requests).toHaveLength(before);
    },
  );

  it('shows programs, and neither keys nor secrets', async () => {
    const bot = await gateway.programKey('shown', 'read');
    await gateway.tokenFor(bot);
    const { text, body } = await api.ask<{ programs: { program: string }[] }>('/api/gateway');
    expect(body.programs.map(({ program }) => program)).toEqual(
      expect.arrayContaining(['account:main', 'shown']),
    );
    expect(text).not.toContain(bot.appKey);
    expect(text).not.toContain(bot.appSecret);
    expect(api.log.join('\n')).not.toContain(bot.appSecret);
  });
});

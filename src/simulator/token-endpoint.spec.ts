import { TestSimulator, strangerKeys } from '../../test/support/simulator/test-simulator';

const HOUR = 3600;

function claims(token: string): Record<string, unknown> {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
}

describe('POST /oauth2/tokenP', () => {
  let server: TestSimulator;
  beforeEach(async () => {
    server = await TestSimulator.open();
  });
  afterEach(() => server.close());

  it('answers with the four members in the order of the portal, the expiry in Korean time', async () => {
    const { status, json } = await server.requestToken('mock');
    expect(status).toBe(200);
    expect(Object.keys(json)).toEqual([
      'access_token',
      'access_token_token_expired',
      'token_type',
      'expires_in',
    ]);
    expect(json).toMatchObject({
      access_token_token_expired: '2026-11-24 10:00:00',
      token_type: 'Bearer',
      expires_in: 86_400,
    });
  });

  it('issues a JWT of HS512 that names the app key', async () => {
    const token = await server.token('mock');
    const [header = '', , signature = ''] = token.split('.');
    expect(Buffer.from(header, 'base64url').toString()).toBe('{"typ":"JWT","alg":"HS512"}');
    expect(Buffer.from(signature, 'base64url')).toHaveLength(64);
    expect(token.length).toBeLessThanOrEqual(350);
    expect(claims(token)).toEqual({
      sub: 'token',
      aud: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      prdt_cd: '',
      iss: 'unogw',
      exp: server.now / 1000 + 86_400,
      iat: server.now / 1000,
      jti: server.demo('mock').appKey,
    });
  });

  it('refuses a second request inside the minute, and not one at its end', async () => {
    await server.token('mock');
    server.pass(59.999);
    const early = await server.requestToken('mock');
    expect(early.status).toBe(403);
    expect(early.text).toBe(
      '{"error_description":"접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)","error_code":"EGW00133"}',
    );
    server.pass(0.001);
    expect((await server.requestToken('mock')).status).toBe(200);
  });

  it('counts the minute for each key apart', async () => {
    await server.token('mock');
    expect((await server.requestToken('real')).status).toBe(200);
  });

  it('counts the minute from the last answer, also when that was the same token', async () => {
    await server.token('mock');
    server.pass(60);
    await server.token('mock');
    server.pass(59);
    expect((await server.requestToken('mock')).json['error_code']).toBe('EGW00133');
  });

  it('hands out the same token with the same expiry for six hours, then a new one', async () => {
    const first = await server.requestToken('mock');
    server.pass(6 * HOUR - 1);
    const again = await server.requestToken('mock');
    expect(again.json).toEqual(first.json);
    server.pass(60);
    const next = await server.requestToken('mock');
    expect(next.json['access_token']).not.toBe(first.json['access_token']);
    expect(next.json['access_token_token_expired']).toBe('2026-11-24 16:00:59');
  });

  it('keeps an older token good after a new one, unless set otherwise', async () => {
    const first = await server.token('mock');
    server.pass(6 * HOUR);
    const second = await server.token('mock');
    expect((await server.balance('mock', first)).status).toBe(200);
    server.simulator.update({ oldTokenDiesOnReissue: true });
    server.pass(6 * HOUR);
    const third = await server.token('mock');
    expect((await server.balance('mock', second)).json['msg_cd']).toBe('EGW00121');
    expect((await server.balance('mock', third)).status).toBe(200);
  });

  it('counts a message to the customer for every answer on a real key, none on a mock key', async () => {
    await server.token('mock');
    await server.token('real');
    await server.requestToken('real');
    server.pass(60);
    await server.token('real');
    expect(server.simulator.kakaoMessages).toBe(2);
  });

  it('takes JSON under any content type', async () => {
    const { appKey, appSecret } = server.demo('mock');
    const { status } = await server.ask('mock', '/oauth2/tokenP', {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain' },
      body: JSON.stringify({ grant_type: 'client_credentials', appkey: appKey, appsecret: appSecret }),
    });
    expect(status).toBe(200);
  });

  it.each([
    ['no app key', { appkey: undefined }, 'EGW00102', 'AppKey는 필수입니다.'],
    ['a malformed app key', { appkey: 'PS123' }, 'EGW00103', '유효하지 않은 AppKey입니다.'],
    ['no secret', { appsecret: '' }, 'EGW00104', 'AppSecret은 필수입니다.'],
    ['another secret', { appsecret: 'x'.repeat(180) }, 'EGW00105', '유효하지 않은 AppSecret입니다.'],
    ['no grant type', { grant_type: '' }, 'EGW00115', '권한부여 타입(grant_type)은 필수입니다.'],
    [
      'another grant type',
      { grant_type: 'password' },
      'EGW00116',
      '지원하지 않는 권한부여 타입(grant_type)입니다.',
    ],
  ])('refuses %s', async (_case, change, code, description) => {
    const refused = await server.requestToken('mock', undefined, change);
    expect(refused.status).toBe(403);
    expect(refused.text).toBe(JSON.stringify({ error_description: description, error_code: code }));
  });

  it('refuses a body that is no JSON', async () => {
    const refused = await server.ask('mock', '/oauth2/tokenP', { method: 'POST', body: 'grant_type=x' });
    expect([refused.status, refused.json['error_code']]).toEqual([403, 'EGW00101']);
  });

  it('checks the credentials before the minute', async () => {
    await server.token('mock');
    const refused = await server.requestToken('mock', undefined, { appsecret: 'x'.repeat(180) });
    expect(refused.json['error_code']).toBe('EGW00105');
  });

  it('accepts an unused key pair, and from then on that secret only', async () => {
    const keys = strangerKeys('stranger');
    const broken = { ...keys, appSecret: `${keys.appSecret}\n` };
    expect((await server.requestToken('real', broken)).json['error_code']).toBe('EGW00105');
    expect((await server.requestToken('real', keys)).status).toBe(200);
    const other = { ...keys, appSecret: 'z'.repeat(180) };
    expect((await server.requestToken('real', other)).json['error_code']).toBe('EGW00105');
  });

  it('issues at either host: the environment is asked later', async () => {
    expect((await server.requestToken('real', server.demo('mock'))).status).toBe(200);
    expect((await server.requestToken('mock', server.demo('real'))).status).toBe(200);
  });

  it('records every request for a key with its outcome', async () => {
    await server.token('mock');
    server.pass(10);
    await server.requestToken('mock');
    const [issued, refused] = server.simulator.issuesOf(server.demo('mock').appKey);
    expect(issued).toEqual({ at: server.now - 10_000, status: 200, code: '', tokenHash: expect.any(String) });
    expect(refused).toEqual({ at: server.now, status: 403, code: 'EGW00133', tokenHash: null });
    expect(server.simulator.issuesOf('nobody')).toEqual([]);
  });
});

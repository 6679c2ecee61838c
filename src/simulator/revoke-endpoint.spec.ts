import { TestSimulator } from '../../test/support/simulator/test-simulator';

describe('POST /oauth2/revokeP', () => {
  let server: TestSimulator;
  let token: string;
  beforeEach(async () => {
    server = await TestSimulator.open();
    token = await server.token('mock');
  });
  afterEach(() => server.close());

  const revoke = (revoked: string) => {
    const { appKey, appSecret } = server.demo('mock');
    const body = { appkey: appKey, appsecret: appSecret, token: revoked };
    return server.ask('mock', '/oauth2/revokeP', { method: 'POST', body });
  };

  it('ends a token, and says so with a number', async () => {
    const revoked = await revoke(token);
    expect([revoked.status, revoked.text]).toEqual([
      200,
      '{"code":200,"message":"접근토큰 폐기에 성공하였습니다"}',
    ]);
    expect((await server.balance('mock', token)).json['msg_cd']).toBe('EGW00121');
  });

  it('refuses what is no good token of this key', async () => {
    const [foreign, junk] = [await server.token('real'), 'junk'];
    for (const wrong of [foreign, junk]) {
      const refused = await revoke(wrong);
      expect([refused.status, refused.json['error_code']]).toEqual([403, 'EGW00121']);
    }
  });

  it('has tokenP hand out the same dead token inside six hours', async () => {
    await revoke(token);
    server.pass(60);
    expect(await server.token('mock')).toBe(token);
    expect((await server.balance('mock', token)).json['msg_cd']).toBe('EGW00121');
  });

  it('has tokenP issue a new one when so set', async () => {
    server.simulator.update({ reissueAfterRevoke: true });
    await revoke(token);
    server.pass(60);
    const next = await server.token('mock');
    expect(next).not.toBe(token);
    expect((await server.balance('mock', next)).status).toBe(200);
  });
});

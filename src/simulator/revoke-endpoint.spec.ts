import { Bench } from '../../test/support/simulator/bench';

describe('POST /oauth2/revokeP', () => {
  let bench: Bench;
  let token: string;
  beforeEach(async () => {
    bench = await Bench.open();
    token = await bench.token('mock');
  });
  afterEach(() => bench.close());

  const revoke = (revoked: string) => {
    const { appKey, appSecret } = bench.demo('mock');
    const body = { appkey: appKey, appsecret: appSecret, token: revoked };
    return bench.ask('mock', '/oauth2/revokeP', { method: 'POST', body });
  };

  it('ends a token, and says so with a number', async () => {
    const revoked = await revoke(token);
    expect([revoked.status, revoked.text]).toEqual([
      200,
      '{"code":200,"message":"접근토큰 폐기에 성공하였습니다"}',
    ]);
    expect((await bench.balance('mock', token)).json['msg_cd']).toBe('EGW00121');
  });

  it('refuses what is no good token of this key', async () => {
    const [foreign, junk] = [await bench.token('real'), 'junk'];
    for (const wrong of [foreign, junk]) {
      const refused = await revoke(wrong);
      expect([refused.status, refused.json['error_code']]).toEqual([403, 'EGW00121']);
    }
  });

  it('has tokenP hand out the same dead token inside six hours', async () => {
    await revoke(token);
    bench.pass(60);
    expect(await bench.token('mock')).toBe(token);
    expect((await bench.balance('mock', token)).json['msg_cd']).toBe('EGW00121');
  });

  it('has tokenP issue a new one when so set', async () => {
    bench.simulator.update({ reissueAfterRevoke: true });
    await revoke(token);
    bench.pass(60);
    const next = await bench.token('mock');
    expect(next).not.toBe(token);
    expect((await bench.balance('mock', next)).status).toBe(200);
  });
});

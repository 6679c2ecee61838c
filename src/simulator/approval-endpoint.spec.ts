import { TestSimulator } from '../../test/support/simulator/test-simulator';

describe('POST /oauth2/Approval', () => {
  it('gives a key for the web socket against key and secretkey', async () => {
    const server = await TestSimulator.open();
    const { appKey, appSecret } = server.demo('real');
    const body = { grant_type: 'client_credentials', appkey: appKey, secretkey: appSecret };
    const good = await server.ask('real', '/oauth2/Approval', { method: 'POST', body });
    expect(good.json).toEqual({ approval_key: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const bad = await server.ask('real', '/oauth2/Approval', {
      method: 'POST',
      body: { ...body, secretkey: 'x' },
    });
    expect([bad.status, bad.json['error_code']]).toEqual([403, 'EGW00105']);
    await server.close();
  });
});

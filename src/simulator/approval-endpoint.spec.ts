import { Bench } from '../../test/support/simulator/bench';

describe('POST /oauth2/Approval', () => {
  it('gives a key for the web socket against key and secretkey', async () => {
    const bench = await Bench.open();
    const { appKey, appSecret } = bench.demo('real');
    const body = { grant_type: 'client_credentials', appkey: appKey, secretkey: appSecret };
    const good = await bench.ask('real', '/oauth2/Approval', { method: 'POST', body });
    expect(good.json).toEqual({ approval_key: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const bad = await bench.ask('real', '/oauth2/Approval', {
      method: 'POST',
      body: { ...body, secretkey: 'x' },
    });
    expect([bad.status, bad.json['error_code']]).toEqual([403, 'EGW00105']);
    await bench.close();
  });
});

import { embeddedEnv, RunningApi, temporaryDirectory } from './support/running-api';

interface KisAnswer {
  readonly msg_cd: string;
}

const PRICE =
  '/uapi/domestic-stock/v1/quotations/inquire-price?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=005930';

describe('What the gateway refuses itself', () => {
  let directory: { path: string; remove: () => void };
  let api: RunningApi;
  let headers: Record<string, string>;
  /** Of the simulator, which refuses as KIS does, and of the gateway. */
  let bases: string[];

  beforeAll(async () => {
    directory = await temporaryDirectory();
    api = await RunningApi.start({ env: { ...embeddedEnv(directory.path), KIS_GATEWAY: 'true' } });
    bases = [api.simulator.mockUrl ?? '', `${api.url}/kis/mock`];
    const { appKey: appkey, appSecret: appsecret } = api.simulator.demo.mock;
    const answer = await api.ask<{ access_token: string }>('/kis/mock/oauth2/tokenP', {
      method: 'POST',
      body: JSON.stringify({ grant_type: 'client_credentials', appkey, appsecret }),
    });
    const authorization = `Bearer ${answer.body.access_token}`;
    headers = { authorization, appkey, appsecret, tr_id: 'FHKST01010100' };
  });

  afterAll(async () => {
    await api.close();
    directory.remove();
  });

  it.each([
    ['no token', { authorization: '' }, 'EGW00122'],
    ['an empty token', { authorization: 'Bearer ' }, 'EGW00122'],
    ['no bearer', { authorization: 'Basic eDp5' }, 'EGW00205'],
    ['a made-up token', { authorization: 'Bearer a.b.c' }, 'EGW00121'],
    ['no key', { appkey: '' }, 'EGW00102'],
    ['a key that is none', { appkey: 'x' }, 'EGW00103'],
    ['a wrong secret', { appsecret: 'y'.repeat(180) }, 'EGW00304'],
  ])('refuses a call with %s in the words of the brokerage', async (_, change, code) => {
    const [told, relayed] = await Promise.all(
      bases.map(async (base) => {
        const answer = await fetch(base + PRICE, { headers: { ...headers, ...change } });
        return { status: answer.status, body: (await answer.json()) as KisAnswer };
      }),
    );
    expect(told?.body.msg_cd).toBe(code);
    expect(relayed).toEqual(told);
  });

  it.each([
    ['tokenP', { grant_type: '' }],
    ['tokenP', { grant_type: 'password' }],
    ['tokenP', { appkey: '' }],
    ['tokenP', { appsecret: '' }],
    ['tokenP', { appkey: 'x' }],
    ['tokenP', { appsecret: 'y'.repeat(180) }],
    ['Approval', { grant_type: '' }],
    ['Approval', { secretkey: '' }],
    ['Approval', { secretkey: 'y'.repeat(180) }],
    ['revokeP', { appkey: '' }],
    ['revokeP', { appsecret: '' }],
    ['revokeP', { token: 'a.b.c' }],
  ])('refuses %s with %j in the words of the brokerage', async (endpoint, change) => {
    const { appkey = '', appsecret = '', authorization = '' } = headers;
    const good = { grant_type: 'client_credentials', appkey, appsecret, secretkey: appsecret };
    const body = JSON.stringify({ ...good, token: authorization.slice(7), ...change });
    const [told, relayed] = await Promise.all(
      bases.map(async (base) => {
        const answer = await fetch(`${base}/oauth2/${endpoint}`, { method: 'POST', body });
        return { status: answer.status, body: await answer.json() };
      }),
    );
    expect(told?.status).not.toBe(200);
    expect(relayed).toEqual(told);
  });

  it('counts and logs wrong keys and secrets of programs, and shows no more than their first ten characters', async () => {
    const counted = async (): Promise<number> => {
      const metrics = await (await fetch(`${api.url}/metrics`)).text();
      return Number(/\{reason="wrong-program-key"\} (\d+)/.exec(metrics)?.[1]);
    };
    const before = await counted();
    const unknown = 'PSunknown0SECRETPARTSECRETPARTSECRET';
    for (const change of [{ appkey: unknown }, { appsecret: 'y'.repeat(180) }])
      await fetch(`${api.url}/kis/mock${PRICE}`, { headers: { ...headers, ...change } });
    expect((await counted()) - before).toBe(2);
    const lines = api.log.filter((line) => line.includes('A program at the gateway gave'));
    expect(lines[0]).toMatch(
      /\[HTTP\] .* and got EGW0010[35]\. Correct its key; "kis gateway key list" shows/,
    );
    expect(api.log.join('\n')).not.toContain('SECRETPART');
  });
});

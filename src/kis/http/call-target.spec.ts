import { failureOf, HttpCalls, OK, PATH } from '../../../test/support/kis/http-calls';
import { json, LocalKis } from '../../../test/support/kis/local-kis';

describe('the guards of a KIS call', () => {
  let calls: HttpCalls;
  let kis: LocalKis;
  let elsewhere: LocalKis;

  beforeEach(async () => {
    calls = await HttpCalls.open();
    ({ kis } = calls);
    elsewhere = await LocalKis.start();
    elsewhere.reply = OK;
  });

  afterEach(async () => {
    await elsewhere.stop();
    await calls.close();
  });

  const tricks: [string, (host: string) => [string, object]][] = [
    ['another origin', (host) => [`http://${host}${PATH}`, {}]],
    ['a protocol-relative address', (host) => [`//${host}${PATH}`, {}]],
    ['backslashes', (host) => [`/\\${host}${PATH}`, {}]],
    ['backslashes alone', (host) => [`\\\\${host}${PATH}`, {}]],
    ['a tab before', (host) => [`\t//${host}${PATH}`, {}]],
    ['a tab inside', (host) => [`/\t/${host}${PATH}`, {}]],
    ['another base', (host) => [PATH, { baseURL: `http://${host}` }]],
    ['a protocol-relative base', (host) => [PATH, { baseURL: `//${host}` }]],
    ['credentials before the host', (host) => [`http://127.0.0.1@${host}${PATH}`, {}]],
    ['another port by a user name', () => [`http://a:b@${new URL(kis.origin).host}${PATH}`, {}]],
    ['another scheme', () => [`https://${new URL(kis.origin).host}${PATH}`, {}]],
    ['data', () => ['data:application/json,{"rt_cd":"0"}', {}]],
    ['a broken address', () => ['http://', {}]],
    ['a broken scheme', (host) => [`http:${host}${PATH}`, {}]],
  ];

  it.each(tricks)('refuse %s before anything is sent', async (_, trick) => {
    const [url, config] = trick(new URL(elsewhere.origin).host);

    const error = await failureOf(calls.get(config, url));

    expect(error).toHaveProperty('code', 'INVALID_REQUEST');
    expect([elsewhere.requests.length, kis.requests.length, calls.fixture.tokens.asked.length]).toEqual([
      0, 0, 0,
    ]);
  });

  it.each<[string, object]>([
    ['a proxy', { proxy: { protocol: 'http', host: '127.0.0.1', port: 0 } }],
    ['redirects', { maxRedirects: 5, beforeRedirect: () => undefined }],
    ['a socket', { socketPath: '/tmp/none.sock' }],
    ['a time limit that is off', { timeout: 0 }],
    ['a status check', { validateStatus: () => false }],
    ['basic authentication', { auth: { username: 'a', password: 'b' } }],
    ['an adapter', { adapter: () => Promise.reject(new Error('another way')) }],
    ['what is made of the connection', { headers: { 'Content-Length': '1', Connection: 'upgrade' } }],
    ['another form of the answer', { transformResponse: () => 'mine', responseType: 'stream' }],
  ])('leave a caller no way round: %s', async (_, config) => {
    await expect(calls.get({ ...config })).resolves.toMatchObject({ status: 200 });

    expect(kis.requests[0]?.headers.authorization).toBe('Bearer eyJ0.TOKEN1.c2ln');
  });

  it("apply after a caller's own interceptors as well", async () => {
    calls.fixture.http.axiosRef.interceptors.request.use((config) => ({
      ...config,
      url: `${elsewhere.origin}${PATH}`,
    }));

    expect(await failureOf(calls.get())).toHaveProperty('code', 'INVALID_REQUEST');
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('do not follow a redirect', async () => {
    kis.reply = json(302, { rt_cd: '0' }, { Location: `${elsewhere.origin}${PATH}` });

    expect(await failureOf(calls.get())).toHaveProperty('code', 'KIS_BAD_RESPONSE');
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('refuse the token endpoints', async () => {
    expect(await failureOf(calls.get({}, '/oauth2/tokenP'))).toHaveProperty('code', 'INVALID_REQUEST');
    expect(kis.requests).toHaveLength(0);
  });

  it('require a TR id and a known account', async () => {
    expect(await failureOf(calls.get({ kis: {} }))).toHaveProperty('code', 'INVALID_REQUEST');
    expect(await failureOf(calls.get({ kis: { trId: 'X', account: 'nobody' } }))).toHaveProperty(
      'code',
      'ACCOUNT_NOT_FOUND',
    );
    expect(kis.requests).toHaveLength(0);
  });

  it("accept the account's own origin when it is written out", async () => {
    await expect(calls.get({}, `${kis.origin}${PATH}`)).resolves.toMatchObject({ status: 200 });
    await expect(calls.get({ baseURL: kis.origin }, 'inquire-balance')).resolves.toMatchObject({
      status: 200,
    });
  });
});

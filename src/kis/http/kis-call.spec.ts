import { inspect } from 'node:util';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { firstValueFrom } from 'rxjs';
import { tokenNumber } from '../../../test/support/kis/http-fixture';
import { failureOf, HttpCalls, PATH } from '../../../test/support/kis/http-calls';
import { APP_KEY, APP_SECRET, type LocalKis } from '../../../test/support/kis/local-kis';
import type { KisToken } from '../token/kis-token';

describe('a KIS call', () => {
  let calls: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    calls = await HttpCalls.open({}, { alias: 'live', appKey: 'OTHERKEY0123456789', mode: 'REAL' });
    ({ kis } = calls);
  });

  afterEach(() => calls.close());

  it('is sent with token, credentials and the headers of KIS, for the first account', async () => {
    const response = await firstValueFrom(
      calls.fixture.http.get<unknown>(PATH, {
        headers: { tr_id: 'VTTC8434R' },
        params: { CANO: '50112345', OFL_YN: '' },
      }),
    );

    expect(response.data).toMatchObject({ rt_cd: '0', output: { a: '1' } });
    expect(kis.requests).toHaveLength(1);
    expect(kis.requests[0]?.url).toBe(`${PATH}?CANO=50112345&OFL_YN=`);
    expect(kis.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer eyJ0.TOKEN1.c2ln',
      appkey: APP_KEY,
      appsecret: APP_SECRET,
      tr_id: 'VTTC8434R',
      custtype: 'P',
      tr_cont: '',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(kis.requests[0]?.headerNames).toEqual(
      expect.arrayContaining(['authorization', 'appkey', 'appsecret', 'tr_id', 'custtype', 'tr_cont']),
    );
    expect(calls.fixture.tokens.asked).toEqual(['main']);
  });

  it('carries what the options state: account, customer type, following page', async () => {
    await calls.get({ kis: { account: 'live', trId: 'TTTC8434R', custType: 'B', continued: true } });

    expect(kis.requests[0]?.headers).toMatchObject({
      appkey: 'OTHERKEY0123456789',
      tr_id: 'TTTC8434R',
      custtype: 'B',
      tr_cont: 'N',
    });
    expect(calls.fixture.tokens.asked).toEqual(['live']);
  });

  it('serializes a body to JSON once', async () => {
    await calls.order({ PDNO: '005930', ORD_QTY: '1' });

    expect(kis.requests[0]).toMatchObject({ method: 'POST', body: '{"PDNO":"005930","ORD_QTY":"1"}' });
  });

  it.each<[string, unknown, string]>([
    ['bytes', Buffer.from('{"PDNO":"005930"}'), '{"PDNO":"005930"}'],
    ['an array buffer', new TextEncoder().encode('{"PDNO":"005930"}').buffer, '{"PDNO":"005930"}'],
    ['a stream', Readable.from(['{"PDNO":', '"005930"}']), '{"PDNO":"005930"}'],
    ['form fields', { PDNO: '005930' }, '{"PDNO":"005930"}'],
  ])('takes a body as %s, and says that it is JSON', async (_, body, sent) => {
    await calls.order(body, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });

    expect(kis.requests[0]).toMatchObject({
      body: sent,
      headers: { 'content-type': 'application/json; charset=utf-8' },
    });
  });

  it('is not sent with a body that is not JSON', async () => {
    expect(await failureOf(calls.order(new Blob(['{}'])))).toHaveProperty('code', 'INVALID_REQUEST');
    expect(kis.requests).toHaveLength(0);
  });

  it.each<[string, object, string]>([
    ['a table', { params: { A: 'x y', B: '' } }, `${PATH}?A=x+y&B=`],
    ['a query of the platform', { params: new URLSearchParams({ A: 'x y' }) }, `${PATH}?A=x+y`],
    ['a list', { params: { A: ['1', '2'] } }, `${PATH}?A%5B%5D=1&A%5B%5D=2`],
    ["a caller's own serializer", { params: { A: '1' }, paramsSerializer: () => 'B=2' }, `${PATH}?B=2`],
  ])('takes parameters as %s', async (_, config, url) => {
    await calls.get(config);
    await calls.get(config, `${PATH}?first=1#part`);

    expect(kis.requests.map((request) => request.url)).toEqual([url, url.replace('?', '?first=1&')]);
  });

  it('cannot be made to carry credentials other than the configured ones', async () => {
    await calls.get({
      headers: { Authorization: 'Bearer mine', AppKey: 'mine', APPSECRET: 'mine', Host: 'x' },
    });

    const headers = kis.requests[0]?.headers;
    expect(headers).toMatchObject({
      authorization: 'Bearer eyJ0.TOKEN1.c2ln',
      appkey: APP_KEY,
      appsecret: APP_SECRET,
    });
    expect(headers?.host).toBe(new URL(kis.origin).host);
  });

  it('is not sent before there is a token', async () => {
    let arrive: (token: KisToken) => void = () => undefined;
    calls.fixture.tokens.next = () => new Promise((resolve) => (arrive = resolve));
    const call = calls.get();
    await calls.fixture.clock.advance(59_000);
    expect(kis.requests).toHaveLength(0);

    arrive(tokenNumber(7));

    await call;
    expect(kis.requests[0]?.headers.authorization).toBe('Bearer eyJ0.TOKEN7.c2ln');
  });

  it('is not sent when no token is available', async () => {
    calls.fixture.tokens.next = () => Promise.reject(new Error('no token'));

    await expect(calls.get()).rejects.toThrow('no token');

    expect(kis.requests).toHaveLength(0);
  });

  it('returns no credentials, neither in the response nor in its configuration', async () => {
    const response = await calls.get();

    const told = inspect(response, { depth: 10, showHidden: true });
    expect(told).not.toContain(APP_SECRET);
    expect(told).not.toContain('TOKEN1');
  });

  it('reads a compressed answer', async () => {
    kis.reply = (response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.end(gzipSync('{"rt_cd":"0","packed":"yes"}'));
    };

    await expect(calls.get()).resolves.toMatchObject({ data: { packed: 'yes' } });
  });
});

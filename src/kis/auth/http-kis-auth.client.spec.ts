import { createServer, type AddressInfo } from 'node:net';
import { AuthFixture, ISSUED, TOKEN } from '../../../test/support/kis/auth-fixture';
import {
  APP_KEY,
  APP_SECRET,
  configurationAt,
  hangUp,
  json,
  LocalKis,
  silence,
  text,
  type Reply,
} from '../../../test/support/kis/local-kis';

describe('HttpKisAuthClient', () => {
  let fixture: AuthFixture;
  let kis: LocalKis;

  beforeEach(async () => {
    fixture = await AuthFixture.open();
    ({ kis } = fixture);
  });

  afterEach(() => fixture.close());

  describe('issue', () => {
    it('sends requests in the shape of the official samples', async () => {
      kis.reply = json(200, ISSUED);

      await fixture.client.issue(fixture.credential, 20_000);

      expect(kis.requests).toHaveLength(1);
      const [request] = kis.requests;
      expect(request).toMatchObject({
        method: 'POST',
        url: '/oauth2/tokenP',
        body: JSON.stringify({ grant_type: 'client_credentials', appkey: APP_KEY, appsecret: APP_SECRET }),
      });
      expect(request?.headers).toMatchObject({
        'content-type': 'application/json',
        accept: 'text/plain',
        charset: 'UTF-8',
        'user-agent': 'nestjs-kis',
      });
      expect(request?.headers).not.toHaveProperty('authorization');
    });

    it('reads the token, its expiry in Korean time, its life and the clock of KIS', async () => {
      kis.reply = json(200, ISSUED, { Date: 'Sun, 22 Nov 2026 04:00:00 GMT' });

      await expect(fixture.client.issue(fixture.credential, 20_000)).resolves.toEqual({
        accessToken: TOKEN,
        tokenType: 'Bearer',
        statedExpiry: Date.parse('2026-11-23T04:00:00Z'),
        expiresInSeconds: 86400,
        serverTime: Date.parse('2026-11-22T04:00:00Z'),
      });
      expect(fixture.log).toEqual([
        'log [KIS API] Requesting new access token',
        'log [KIS API] Response Status: 200',
        'log [KIS API] Access token obtained successfully',
      ]);
    });

    it('does not follow a redirect, which would carry key and secret away', async () => {
      const elsewhere = await LocalKis.start();
      elsewhere.reply = json(200, ISSUED);

      const error = await fixture.failureOfIssue(
        json(307, ISSUED, { Location: `${elsewhere.origin}/oauth2/tokenP` }),
      );

      expect(error).toHaveProperty('code', 'KIS_BAD_RESPONSE');
      expect(elsewhere.requests).toHaveLength(0);
      await elsewhere.stop();
    });

    it('uses no proxy of the environment', async () => {
      const proxy = await LocalKis.start();
      proxy.reply = json(200, ISSUED);
      process.env['http_proxy'] = proxy.origin;
      kis.reply = json(200, ISSUED);

      await fixture.client.issue(fixture.credential, 20_000).finally(() => delete process.env['http_proxy']);

      expect([proxy.requests.length, kis.requests.length]).toEqual([0, 1]);
      await proxy.stop();
    });

    it('names the host that cannot be reached', async () => {
      const { host } = new URL(kis.origin);
      await kis.stop();

      const error = await fixture.failureOfIssue(silence);

      expect(error).toMatchObject({ code: 'KIS_UNAVAILABLE', unsent: true });
      expect(error.message).toContain(`${host} cannot be reached (ECONNREFUSED)`);
    });

    it('states whether the request was sent when no connection is made in time, and when there is no answer', async () => {
      const host = createServer();
      await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
      const { port } = host.address() as AddressInfo;
      const secure = configurationAt(`https://127.0.0.1:${port}`).account().credential;
      const greeted = new Promise((resolve) => host.once('connection', resolve));
      const unsent = fixture.client.issue(secure, 20_000);
      await greeted;
      await fixture.clock.advance(20_000);
      await expect(unsent).rejects.toMatchObject({ code: 'KIS_UNAVAILABLE', unsent: true });
      host.close();

      const sent = fixture.failureOfIssue(silence);
      await kis.arrived(1);
      await fixture.clock.advance(20_000);
      expect(await sent).toMatchObject({ code: 'KIS_TIMEOUT', unsent: false });
      expect(await fixture.failureOfIssue(hangUp)).toMatchObject({ code: 'KIS_UNAVAILABLE', unsent: false });
    });

    it.each<[string, Reply]>([
      ['no answer', silence],
      [
        'an answer that drips',
        (response) => {
          response.writeHead(200);
          response.write('{');
        },
      ],
    ])('gives up after the time limit on %s', async (_, reply) => {
      kis.reply = reply;
      const failure = fixture.failureOfIssue(reply);
      await kis.arrived(1);

      await fixture.clock.advance(19_999);
      expect(fixture.clock.pendingTimers).toBe(1);
      await fixture.clock.advance(1);

      expect(await failure).toHaveProperty('code', 'KIS_TIMEOUT');
      expect(fixture.clock.pendingTimers).toBe(0);
    });

    it('leaves no timer behind', async () => {
      kis.reply = json(200, ISSUED);

      await fixture.client.issue(fixture.credential, 20_000);
      await fixture.clock.advance(0);

      expect(fixture.clock.pendingTimers).toBe(0);
    });
  });

  describe('revoke', () => {
    it.each<[string, Reply]>([
      ['says 200 as a number', json(200, { code: 200, message: '접근토큰 폐기에 성공하였습니다' })],
      ['says 200 as text', json(200, { code: '200', message: '접근토큰 폐기에 성공하였습니다' })],
      [
        'does not know the token any more',
        json(403, { error_description: '유효하지 않은 token 입니다.', error_code: 'EGW00121' }),
      ],
    ])('succeeds when KIS %s', async (_, reply) => {
      kis.reply = reply;

      await expect(fixture.client.revoke(fixture.credential, TOKEN)).resolves.toBeUndefined();

      expect(kis.requests).toHaveLength(1);
      expect(kis.requests[0]).toMatchObject({
        url: '/oauth2/revokeP',
        body: JSON.stringify({ appkey: APP_KEY, appsecret: APP_SECRET, token: TOKEN }),
      });
      expect(fixture.log.at(-1)).toBe('log [KIS API] Access token revoked successfully');
    });

    it.each<[Reply, string]>([
      [
        json(403, { error_description: '유효하지 않은 AppSecret입니다.', error_code: 'EGW00105' }),
        'KIS_CREDENTIALS_REJECTED',
      ],
      [json(200, { code: 500, message: 'no' }), 'KIS_BAD_RESPONSE'],
      [text(503, ''), 'KIS_UNAVAILABLE'],
    ])('rejects otherwise', async (reply, code) => {
      kis.reply = reply;

      await expect(fixture.client.revoke(fixture.credential, TOKEN)).rejects.toHaveProperty('code', code);
      expect(fixture.log.join()).not.toContain(TOKEN);
    });
  });
});

import { ANSWER_CODES } from '../protocol/answer-codes';
import { AuthFixture, ISSUED, TOKEN } from '../../../test/support/kis/auth-fixture';
import {
  APP_KEY,
  APP_SECRET,
  breakOff,
  hangUp,
  json,
  text,
  type LocalKis,
  type Reply,
} from '../../../test/support/kis/local-kis';

describe('an answer of the token endpoint', () => {
  let fixture: AuthFixture;
  let kis: LocalKis;

  beforeEach(async () => {
    fixture = await AuthFixture.open();
    ({ kis } = fixture);
  });

  afterEach(() => fixture.close());

  it.each([
    [
      'no dates at all',
      { access_token: TOKEN },
      { statedExpiry: null, expiresInSeconds: null, tokenType: 'Bearer' },
    ],
    ['expires_in as text', { access_token: TOKEN, expires_in: '7776000' }, { expiresInSeconds: 7_776_000 }],
    [
      'expires_in that is not a number',
      { access_token: TOKEN, expires_in: 'soon' },
      { expiresInSeconds: null },
    ],
    ['expires_in as empty text', { access_token: TOKEN, expires_in: ' ' }, { expiresInSeconds: null }],
    [
      'an expiry that is no date',
      { access_token: TOKEN, access_token_token_expired: '2026-02-30 00:00:00' },
      { statedExpiry: null },
    ],
    [
      'an expiry that is a number',
      { access_token: TOKEN, access_token_token_expired: 20261123 },
      { statedExpiry: null },
    ],
    ['another token type', { access_token: TOKEN, token_type: 'bearer' }, { tokenType: 'bearer' }],
    ['a blank token type', { access_token: TOKEN, token_type: ' ' }, { tokenType: 'Bearer' }],
    [
      'a token type with a line break',
      { access_token: TOKEN, token_type: 'Bearer\r\nX-Evil: 1' },
      { tokenType: 'Bearer' },
    ],
    ['a token type of another kind', { access_token: TOKEN, token_type: { a: 1 } }, { tokenType: 'Bearer' }],
    [
      'a token type of no kind',
      { access_token: TOKEN, token_type: 'x'.repeat(9999) },
      { tokenType: 'Bearer' },
    ],
    ['a long token', { access_token: 'x'.repeat(4096) }, { accessToken: 'x'.repeat(4096) }],
  ])('accepts %s', async (_, body, expected) => {
    kis.reply = json(200, body);

    await expect(fixture.client.issue(fixture.credential, 20_000)).resolves.toMatchObject(expected);
  });

  it.each([200, 403, 500])('recognizes the one-a-minute rule by the body, with HTTP %i', async (status) => {
    const error = await fixture.failureOfIssue(
      json(status, {
        error_description: '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)',
        error_code: 'EGW00133',
      }),
    );

    expect(error).toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
      kis: { msgCd: 'EGW00133', msg1: '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)' },
    });
    expect(error).not.toHaveProperty('retryAt');
    expect(fixture.log).toContain(
      'warn [KIS API] Access token not obtained: KIS issues one token a minute for an app key and has just issued one ' +
        '(EGW00133 접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)). Wait a minute.',
    );
  });

  it.each([
    ['EGW00103', 'app key'],
    ['EGW00102', 'app key'],
    ['EGW00105', 'app secret'],
    ['EGW00104', 'app secret'],
    ['EGW00304', 'app secret'],
  ])('says for %s which of the credentials is wrong', async (code, which) => {
    const error = await fixture.failureOfIssue(
      json(403, { error_description: '유효하지 않은 값입니다.', error_code: code }),
    );

    expect(error).toMatchObject({ code: 'KIS_CREDENTIALS_REJECTED', kis: { msgCd: code } });
    expect(error.message).toContain(`Compare the configured ${which} with`);
  });

  describe('with every code of the contract', () => {
    const EXPECTED: Readonly<Record<string, string>> = {
      'issued-too-often': 'TOKEN_ISSUE_COOLDOWN',
      'credentials-refused': 'KIS_CREDENTIALS_REJECTED',
      'not-permitted': 'KIS_CREDENTIALS_REJECTED',
      misconfigured: 'KIS_CREDENTIALS_REJECTED',
      malformed: 'KIS_REJECTED',
    };

    it.each([...ANSWER_CODES].map(([code, { answerClass }]) => [code, answerClass]))(
      '%s: %s',
      async (code, name) => {
        const reply = json(403, { error_description: '처리할 수 없습니다.', error_code: code });
        const error = await fixture.failureOfIssue(reply);

        expect(error).toMatchObject({ code: EXPECTED[name] ?? 'KIS_UNAVAILABLE', kis: { msgCd: code } });
        expect(kis.requests).toHaveLength(1);
      },
    );

    it.each([
      ['EGW00003', 'has no permission'],
      ['EGW00004', 'has no permission'],
      ['EGW00206', 'has no permission'],
      ['EGW00207', 'Register the public IP address'],
      ['EGW00303', 'Register the public IP address'],
      ['EGW00210', 'does not offer mock trading to firms'],
    ])('says after %s that waiting does not help, and what does', async (code, remedy) => {
      const { message } = await fixture.failureOfIssue(
        json(403, { error_description: '', error_code: code }),
      );

      expect(message).toContain(ANSWER_CODES.get(code)?.words);
      expect(message).toContain('Waiting does not help.');
      expect(message).toContain(remedy);
      expect(message).not.toContain('Try again later');
    });
  });

  it.each<[string, Reply, string]>([
    [
      'an outage in KIS words',
      json(403, { error_description: '서버 에러', error_code: 'EGW00002' }),
      'KIS_UNAVAILABLE',
    ],
    ['an outage of the gateway', text(502, '<html>Bad Gateway</html>'), 'KIS_UNAVAILABLE'],
    ['a page instead of an answer', text(200, '<html>login</html>'), 'KIS_BAD_RESPONSE'],
    ['an empty answer', text(200, ''), 'KIS_BAD_RESPONSE'],
    ['half an answer', text(200, '{"access_token":"ey'), 'KIS_BAD_RESPONSE'],
    ['a connection that ends inside the answer', breakOff, 'KIS_BAD_RESPONSE'],
    ['an answer that is no object', json(200, [ISSUED]), 'KIS_BAD_RESPONSE'],
    ['an answer without a token', json(200, { ...ISSUED, access_token: '' }), 'KIS_BAD_RESPONSE'],
    [
      'a token that would break a header',
      json(200, { ...ISSUED, access_token: 'a\r\nb' }),
      'KIS_BAD_RESPONSE',
    ],
    [
      'a token that is longer than a header',
      json(200, { ...ISSUED, access_token: 'x'.repeat(20_000) }),
      'KIS_BAD_RESPONSE',
    ],
    ['an answer nested without end', text(200, '{"access_token":' + '['.repeat(400_000)), 'KIS_BAD_RESPONSE'],
    ['a token that is no text', json(200, { ...ISSUED, access_token: 5 }), 'KIS_BAD_RESPONSE'],
    ['an answer without end', json(200, { ...ISSUED, more: 'x'.repeat(1_000_001) }), 'KIS_BAD_RESPONSE'],
    [
      'an answer that is packed wrongly',
      text(200, 'not gzip', { 'Content-Encoding': 'gzip' }),
      'KIS_BAD_RESPONSE',
    ],
    ['a connection that is hung up', hangUp, 'KIS_UNAVAILABLE'],
  ])('tells %s from a wrong key', async (_, reply, code) => {
    expect(await fixture.failureOfIssue(reply)).toHaveProperty('code', code);
    expect(kis.requests).toHaveLength(1);
  });

  it('strikes key, secret and token out of the words of KIS', async () => {
    const words = `${APP_KEY} with ${APP_SECRET} got ${TOKEN}`;
    const error = await fixture.failureOfIssue(
      json(403, { error_description: words, error_code: 'EGW00105' }),
    );

    expect(error.kis?.msg1).toBe('PStestKeyO… with [secret] got [token]');
  });
});

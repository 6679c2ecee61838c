import { BadRequestException, ConflictException, HttpException } from '@nestjs/common';
import request from 'supertest';
import * as kis from '../kis';
import { ProblemFixture } from '../../test/support/problem-fixture';

const WHY = 'It happened. Do this.';

describe('The API', () => {
  let fixture: ProblemFixture;

  beforeAll(async () => {
    fixture = await ProblemFixture.open();
  });

  afterAll(() => fixture.close());

  it.each([
    [kis.KisAccountNotFoundError, 404, 'ACCOUNT_NOT_FOUND', 'account-not-found'],
    [kis.KisSymbolNotFoundError, 404, 'SYMBOL_NOT_FOUND', 'symbol-not-found'],
    [kis.KisInvalidRequestError, 400, 'INVALID_REQUEST', 'invalid-request'],
    [kis.KisNotAvailableInMockError, 422, 'NOT_AVAILABLE_IN_MOCK', 'not-available-in-mock'],
    [kis.KisApiError, 422, 'KIS_REJECTED', 'kis-rejected'],
    [kis.KisTokenCooldownError, 503, 'TOKEN_ISSUE_COOLDOWN', 'token-issue-cooldown'],
    [kis.KisTokenStoreError, 503, 'TOKEN_STORE_FAILED', 'token-store-failed'],
    [kis.KisCredentialsRejectedError, 503, 'KIS_CREDENTIALS_REJECTED', 'kis-credentials-rejected'],
    [kis.KisTokenRejectedError, 503, 'KIS_TOKEN_REJECTED', 'kis-token-rejected'],
    [kis.KisRateLimitedError, 503, 'KIS_RATE_LIMITED', 'kis-rate-limited'],
    [kis.KisUnavailableError, 502, 'KIS_UNAVAILABLE', 'kis-unavailable'],
    [kis.KisTimeoutError, 504, 'KIS_TIMEOUT', 'kis-timeout'],
    [kis.KisBadResponseError, 502, 'KIS_BAD_RESPONSE', 'kis-bad-response'],
  ])('answers %p with %i %s', async (Failure, status, code, slug) => {
    const answer = await fixture.throwing(new Failure(WHY)).expect(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers).not.toHaveProperty('retry-after');
    expect(JSON.parse(answer.text)).toEqual({
      type: `urn:kis-api:problem:${slug}`,
      title: expect.stringMatching(/\S/),
      status,
      detail: WHY,
      code,
    });
  });

  it('answers 503 with Retry-After when KIS says to try again later', async () => {
    const busy = new kis.KisUnavailableError(WHY, {
      kis: { msgCd: 'OPSQ1002', msg1: 'SESSION FULL' },
      retryAt: new Date(Date.now() + 5000),
    });
    const answer = await fixture.throwing(busy).expect(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(4);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'KIS_UNAVAILABLE', kis: { msgCd: 'OPSQ1002' } });
  });

  it.each([
    [new BadRequestException('symbol: six characters'), 400, 'INVALID_REQUEST', 'symbol: six characters'],
    [new BadRequestException(['a: wrong', 'b: wrong']), 400, 'INVALID_REQUEST', 'a: wrong; b: wrong'],
    [new ConflictException(), 409, 'CONFLICT', 'Conflict'],
    [new HttpException('slow down', 429), 429, 'TOO_MANY_REQUESTS', 'slow down'],
    [new HttpException({ odd: 1 }, 418), 418, 'I_M_A_TEAPOT', 'Http Exception'],
  ])('answers an exception of Nest: %p', async (exception, status, code, detail) => {
    const answer = await fixture.throwing(exception).expect(status);
    expect(JSON.parse(answer.text)).toMatchObject({ status, code, detail });
  });

  it('reports an unknown route without repeating the query', async () => {
    const answer = await request(fixture.server).get('/nowhere?key=hush').expect(404);
    expect(JSON.parse(answer.text)).toMatchObject({
      type: 'urn:kis-api:problem:not-found',
      code: 'NOT_FOUND',
      detail: 'There is no route GET /nowhere. All routes are listed at /docs.',
    });
  });

  it.each([
    ['is no JSON', '{"secret": hush', 400, 'INVALID_REQUEST', 'The body is not valid JSON.'],
    ['is cut short', '{"secret": "hush', 400, 'INVALID_REQUEST', 'The body is not valid JSON.'],
    [
      'is too large',
      JSON.stringify('x'.repeat(200_000)),
      413,
      'PAYLOAD_TOO_LARGE',
      'The body is longer than this API accepts.',
    ],
  ])('refuses a body that %s without repeating it', async (_, body, status, code, detail) => {
    const answer = await request(fixture.server).post('/act').type('json').send(body).expect(status);
    expect(JSON.parse(answer.text)).toMatchObject({ status, code, detail });
    expect(answer.text).not.toContain('hush');
  });

  it('refuses a path that cannot be decoded', async () => {
    const answer = await request(fixture.server).get('/act/%E0%A4%A').expect(400);
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'INVALID_REQUEST',
      detail: expect.stringContaining('%'),
    });
  });

  it.each([
    ['a string', 'boom'],
    ['nothing', undefined],
    ['an error with the status of an answer from elsewhere', Object.assign(new Error('x'), { status: 401 })],
  ])('answers %s with 500', async (_, thrown) => {
    const answer = await fixture.throwing(thrown).expect(500);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'INTERNAL_ERROR' });
  });
});

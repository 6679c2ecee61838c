import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceUnavailableException, UnauthorizedException } from '@nestjs/common';
import request from 'supertest';
import * as kis from '../kis';
import { ProblemFixture } from '../../test/support/problem-fixture';
import { ProblemWithStatus } from '../platform/problem-with-status';

const NOW = Date.UTC(2026, 10, 22, 4, 30);
const JWT = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJ0b2tlbiJ9.c2lnbmF0dXJl';
const WHY = 'It happened. Do this.';

describe('ProblemFilter', () => {
  let fixture: ProblemFixture;

  beforeAll(async () => {
    fixture = await ProblemFixture.open();
  });

  beforeEach(() => {
    fixture.log = '';
    jest.spyOn(Date, 'now').mockReturnValue(NOW);
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  afterAll(() => fixture.close());

  it('passes on what KIS said and when to try again', async () => {
    const facts = {
      kis: { msgCd: 'EGW00133', msg1: '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)', trId: 'TR' },
      retryAt: new Date(NOW + 41_001),
    };
    const answer = await fixture
      .throwing(new kis.KisTokenCooldownError(WHY, facts))
      .expect('Retry-After', '42');
    expect(JSON.parse(answer.text)).toMatchObject({ kis: facts.kis, retryAt: '2026-11-22T04:30:41.001Z' });
  });

  it.each([
    ['is over', -5000, '1'],
    ['is now', 0, '1'],
    ['is in a moment', 1, '1'],
    ['is in exactly a minute', 60_000, '60'],
  ])('gives at least a second when the time to try again %s', async (_, inMs, seconds) => {
    const retryAt = new Date(NOW + inMs);
    await fixture.throwing(new kis.KisRateLimitedError(WHY, { retryAt })).expect('Retry-After', seconds);
  });

  it('lets a route answer with a status of its own', async () => {
    const error = new kis.KisTokenCooldownError(WHY, { retryAt: new Date(NOW + 1000) });
    const answer = await fixture
      .throwing(new ProblemWithStatus(409, error))
      .expect(409)
      .expect('Retry-After', '1');
    expect(JSON.parse(answer.text)).toMatchObject({ status: 409, code: 'TOKEN_ISSUE_COOLDOWN', detail: WHY });
    expect(fixture.log).toBe('');
  });

  it('asks for the API key with a challenge', async () => {
    const answer = await fixture
      .throwing(new UnauthorizedException('no key'))
      .expect(401)
      .expect('WWW-Authenticate', 'Bearer');
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'UNAUTHORIZED', detail: 'no key' });
  });

  it('answers an unexpected error without details, and logs it once with its trace', async () => {
    const answer = await fixture.throwing(new TypeError(`cannot read ${JWT}`)).expect(500);
    expect(JSON.parse(answer.text)).toEqual({
      type: 'urn:kis-api:problem:internal-error',
      title: 'Internal Server Error',
      status: 500,
      detail: 'Something went wrong on our side. The log of the server has the details.',
      code: 'INTERNAL_ERROR',
    });
    expect(fixture.log).toMatch(
      /^\S+ \S+ - ERROR - \[HTTP\] GET \/act\/1 failed: TypeError: cannot read \[token\] \(request [\w-]{36}\)\n( {4}at .*\n)+$/,
    );
  });

  it('logs a failure towards KIS in one line, and a mistake of the caller not at all', async () => {
    await fixture.throwing(new kis.KisUnavailableError(WHY));
    expect(fixture.log).toMatch(
      /^\S+ \S+ - WARNING - \[HTTP\] GET \/act\/1 answered 502 KIS_UNAVAILABLE: It happened.*\n$/,
    );
    fixture.log = '';
    await fixture.throwing(new kis.KisAccountNotFoundError(WHY));
    expect(fixture.log).toBe('');
  });

  it('logs a failure that many callers meet once, and one that the library has reported not at all', async () => {
    const shared = new kis.KisTokenCooldownError(WHY);
    await fixture.throwing(shared);
    await fixture.throwing(shared);
    expect(fixture.log.match(/TOKEN_ISSUE_COOLDOWN/g)).toHaveLength(1);
    fixture.log = '';
    const reported = new kis.KisUnavailableError(WHY);
    reported.markLogged();
    await fixture.throwing(reported);
    await fixture.throwing(new ProblemWithStatus(503, reported));
    expect(fixture.log).toBe('');
  });

  it('leaves secrets out of the detail, even if somebody put them in', async () => {
    const answer = await fixture.throwing(new kis.KisBadResponseError(`got ${JWT} for 50112345-01`));
    expect(JSON.parse(answer.text)).toMatchObject({ detail: 'got [token] for 5011****-01' });
  });

  it('passes the result of a health check as it is', async () => {
    const result = {
      status: 'error',
      info: {},
      error: { t: { status: 'down' } },
      details: { t: { status: 'down' } },
    };
    const answer = await fixture.throwing(new ServiceUnavailableException(result)).expect(503);
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.body).toEqual(result);
    expect(fixture.log).toBe('');
  });

  it('ends an answer that has begun already', async () => {
    fixture.act.run = (response) => {
      response.raw.writeHead(200).write('begun');
      throw new Error('too late');
    };
    const answer = await request(fixture.server).get('/act/1').expect(200);
    expect(answer.text).toBe('begun');
    expect(fixture.log).toContain('too late');
  });

  it('has nothing to say to a caller that went away', async () => {
    const gone = new Promise<void>((resolve) => {
      fixture.act.run = async (response) => {
        const closed = once(response.raw, 'close');
        leave();
        await closed;
        setImmediate(resolve);
        throw new Error('nobody listens');
      };
    });
    const { port } = fixture.server.address() as AddressInfo;
    const caller = get({ port, host: '127.0.0.1', path: '/act/1' }, (answer: IncomingMessage) =>
      answer.resume(),
    );
    const failed = once(caller, 'error');
    const leave = (): void => void caller.destroy(new Error('gone'));
    await Promise.all([gone, failed]);
    expect(fixture.log).toBe('');
  });
});

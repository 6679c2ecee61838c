import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  BadRequestException,
  ConflictException,
  Controller,
  Get,
  HttpException,
  Post,
  Res,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyReply } from 'fastify';
import request from 'supertest';
import * as kis from '../kis';
import { AppLogger } from '../logging/app-logger';
import { Redactor } from '../logging/redactor';
import { HttpPlatform } from '../platform/http-platform';
import { ProblemWithStatus } from './problem-with-status';
import { ProblemFilter } from './problem.filter';

const NOW = Date.UTC(2026, 10, 22, 4, 30);
const JWT = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJ0b2tlbiJ9.c2lnbmF0dXJl';
const WHY = 'It happened. Do this.';

/** What the controller does next; set by each test. */
class Act {
  run: (response: FastifyReply) => unknown = () => 'ok';
}

@Controller()
class ActController {
  constructor(private readonly act: Act) {}

  @Get('act/:id')
  get(@Res({ passthrough: true }) response: FastifyReply): unknown {
    return this.act.run(response);
  }

  @Post('act')
  post(): string {
    return 'ok';
  }
}

describe('ProblemFilter', () => {
  let app: NestFastifyApplication;
  let act: Act;
  let log: string;

  const throwing = (error: unknown): request.Test => {
    act.run = () => {
      throw error;
    };
    return request(app.getHttpServer()).get('/act/1');
  };

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      controllers: [ActController],
      providers: [Act, { provide: APP_FILTER, useClass: ProblemFilter }],
    }).compile();
    act = module.get(Act);
    app = module.createNestApplication<NestFastifyApplication>(new HttpPlatform());
    app.useLogger(
      new AppLogger({
        level: 'debug',
        format: 'text',
        file: null,
        redactor: new Redactor(),
        console: (text) => (log += text),
      }),
    );
    await app.listen(0, '127.0.0.1');
  });

  beforeEach(() => {
    log = '';
    jest.spyOn(Date, 'now').mockReturnValue(NOW);
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  afterAll(async () => {
    await app.close();
  });

  it.each([
    [kis.KisAccountNotFoundError, 404, 'ACCOUNT_NOT_FOUND', 'account-not-found'],
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
    const answer = await throwing(new Failure(WHY)).expect(status);
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

  it('passes on what KIS said and when to try again', async () => {
    const facts = {
      kis: { msgCd: 'EGW00133', msg1: '접근토큰 발급 잠시 후 다시 시도하세요(1분당 1회)', trId: 'TR' },
      retryAt: new Date(NOW + 41_001),
    };
    const answer = await throwing(new kis.KisTokenCooldownError(WHY, facts)).expect('Retry-After', '42');
    expect(JSON.parse(answer.text)).toMatchObject({ kis: facts.kis, retryAt: '2026-11-22T04:30:41.001Z' });
  });

  it.each([
    ['is over', -5000, '1'],
    ['is now', 0, '1'],
    ['is in a moment', 1, '1'],
    ['is in exactly a minute', 60_000, '60'],
  ])('gives at least a second when the time to try again %s', async (_, inMs, seconds) => {
    const retryAt = new Date(NOW + inMs);
    await throwing(new kis.KisRateLimitedError(WHY, { retryAt })).expect('Retry-After', seconds);
  });

  it('lets a route answer with a status of its own', async () => {
    const error = new kis.KisTokenCooldownError(WHY, { retryAt: new Date(NOW + 1000) });
    const answer = await throwing(new ProblemWithStatus(409, error)).expect(409).expect('Retry-After', '1');
    expect(JSON.parse(answer.text)).toMatchObject({ status: 409, code: 'TOKEN_ISSUE_COOLDOWN', detail: WHY });
    expect(log).toBe('');
  });

  it.each([
    [new BadRequestException('symbol: six characters'), 400, 'INVALID_REQUEST', 'symbol: six characters'],
    [new BadRequestException(['a: wrong', 'b: wrong']), 400, 'INVALID_REQUEST', 'a: wrong; b: wrong'],
    [new ConflictException(), 409, 'CONFLICT', 'Conflict'],
    [new HttpException('slow down', 429), 429, 'TOO_MANY_REQUESTS', 'slow down'],
    [new HttpException({ odd: 1 }, 418), 418, 'I_M_A_TEAPOT', 'Http Exception'],
  ])('answers an exception of Nest: %p', async (exception, status, code, detail) => {
    const answer = await throwing(exception).expect(status);
    expect(JSON.parse(answer.text)).toMatchObject({ status, code, detail });
  });

  it('asks for the API key with a challenge', async () => {
    const answer = await throwing(new UnauthorizedException('no key'))
      .expect(401)
      .expect('WWW-Authenticate', 'Bearer');
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'UNAUTHORIZED', detail: 'no key' });
  });

  it('tells of an unknown route without repeating the query', async () => {
    const answer = await request(app.getHttpServer()).get('/nowhere?key=hush').expect(404);
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
      'Request body is too large',
    ],
  ])('refuses a body that %s without repeating it', async (_, body, status, code, detail) => {
    const answer = await request(app.getHttpServer()).post('/act').type('json').send(body).expect(status);
    expect(JSON.parse(answer.text)).toMatchObject({ status, code, detail });
    expect(answer.text).not.toContain('hush');
  });

  it('refuses a path that cannot be decoded', async () => {
    const answer = await request(app.getHttpServer()).get('/act/%E0%A4%A').expect(400);
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'INVALID_REQUEST',
      detail: expect.stringContaining('%'),
    });
  });

  it('answers what nobody expected without details, and logs it once with its trace', async () => {
    const answer = await throwing(new TypeError(`cannot read ${JWT}`)).expect(500);
    expect(JSON.parse(answer.text)).toEqual({
      type: 'urn:kis-api:problem:internal-error',
      title: 'Internal Server Error',
      status: 500,
      detail: 'Something went wrong on our side. The log of the server has the details.',
      code: 'INTERNAL_ERROR',
    });
    expect(log).toMatch(
      /^\S+ \S+ - ERROR - \[HTTP\] GET \/act\/1 failed: TypeError: cannot read \[token\]\n( {4}at .*\n)+$/,
    );
  });

  it.each([
    ['a string', 'boom'],
    ['nothing', undefined],
    ['an error with the status of an answer from elsewhere', Object.assign(new Error('x'), { status: 401 })],
  ])('answers %s with 500', async (_, thrown) => {
    const answer = await throwing(thrown).expect(500);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'INTERNAL_ERROR' });
  });

  it('logs a failure towards KIS in one line, and a mistake of the caller not at all', async () => {
    await throwing(new kis.KisUnavailableError(WHY));
    expect(log).toMatch(
      /^\S+ \S+ - WARNING - \[HTTP\] GET \/act\/1 answered 502 KIS_UNAVAILABLE: It happened.*\n$/,
    );
    log = '';
    await throwing(new kis.KisAccountNotFoundError(WHY));
    expect(log).toBe('');
  });

  it('leaves secrets out of the detail, even if somebody put them in', async () => {
    const answer = await throwing(new kis.KisBadResponseError(`got ${JWT} for 50112345-01`));
    expect(JSON.parse(answer.text)).toMatchObject({ detail: 'got [token] for 5011****-01' });
  });

  it('passes the result of a health check as it is', async () => {
    const result = {
      status: 'error',
      info: {},
      error: { t: { status: 'down' } },
      details: { t: { status: 'down' } },
    };
    const answer = await throwing(new ServiceUnavailableException(result)).expect(503);
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.body).toEqual(result);
    expect(log).toBe('');
  });

  it('ends an answer that has begun already', async () => {
    act.run = (response) => {
      response.raw.writeHead(200).write('begun');
      throw new Error('too late');
    };
    const answer = await request(app.getHttpServer()).get('/act/1').expect(200);
    expect(answer.text).toBe('begun');
    expect(log).toContain('too late');
  });

  it('has nothing to say to a caller that went away', async () => {
    const gone = new Promise<void>((resolve) => {
      act.run = async (response) => {
        const closed = once(response.raw, 'close');
        leave();
        await closed;
        setImmediate(resolve);
        throw new Error('nobody listens');
      };
    });
    const { port } = app.getHttpServer().address() as AddressInfo;
    const caller = get({ port, host: '127.0.0.1', path: '/act/1' }, (answer: IncomingMessage) =>
      answer.resume(),
    );
    const failed = once(caller, 'error');
    const leave = (): void => void caller.destroy(new Error('gone'));
    await Promise.all([gone, failed]);
    expect(log).toBe('');
  });
});

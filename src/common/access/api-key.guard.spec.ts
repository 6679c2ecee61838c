import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Controller, Get } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { AppConfigModule } from '../../config/app-config.module';
import { loadConfig } from '../../config/load-config';
import { HttpPlatform } from '../../platform/http-platform';
import { AccessModule } from './access.module';
import { ProblemFilter } from '../problem.filter';

const KEY = 'correct-horse-battery';

@Controller()
class Routes {
  @Get(['api', 'api/accounts', 'api/accounts/:alias', 'health/live', 'apiary', ''])
  any(): string {
    return 'served';
  }
}

async function start(apiKey: string): Promise<NestFastifyApplication> {
  const config = loadConfig({ KIS_SIMULATOR: 'true', API_KEY: apiKey });
  const module = await Test.createTestingModule({
    imports: [AppConfigModule.forRoot(config), AccessModule],
    controllers: [Routes],
    providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new HttpPlatform(), { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

describe('ApiKeyGuard with a key', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    app = await start(KEY);
  });

  afterAll(async () => {
    await app.close();
  });

  it.each([
    ['Authorization', `Bearer ${KEY}`],
    ['Authorization', `bearer ${KEY}`],
    ['X-API-Key', KEY],
  ])('serves a call with %s: %s', async (name, value) => {
    await request(app.getHttpServer()).get('/api/accounts').set(name, value).expect(200, 'served');
  });

  it.each([
    ['X-API-Key', `${KEY}x`],
    ['X-API-Key', KEY.slice(0, -1)],
    ['X-API-Key', KEY.toUpperCase()],
    ['X-API-Key', ''],
    ['Authorization', KEY],
    ['Authorization', `Basic ${KEY}`],
    ['Authorization', 'Bearer '],
  ])('refuses a call with %s: %s', async (name, value) => {
    const answer = await request(app.getHttpServer())
      .get('/api/accounts')
      .set(name, value)
      .expect(401)
      .expect('WWW-Authenticate', 'Bearer');
    expect(JSON.parse(answer.text)).toMatchObject({
      code: 'UNAUTHORIZED',
      detail: expect.stringContaining('API_KEY'),
    });
    expect(answer.text).not.toContain(KEY);
  });

  it.each([
    '/api',
    '/api/',
    '/api/accounts',
    '/API/accounts',
    '/Api/Accounts/main',
    '/api/accounts?x=/health',
  ])('guards %s', async (path) => {
    await request(app.getHttpServer()).get(path).expect(401);
  });

  it.each(['/health/live', '/apiary', '/'])('leaves %s open', async (path) => {
    await request(app.getHttpServer()).get(path).expect(200, 'served');
  });

  it.each([
    'http://example.com/api/accounts',
    '//api/accounts',
    '/%61pi/accounts',
    '/./api/accounts',
    '/x/../api',
  ])('is not passed by the request target %s', async (target) => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    socket.end(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 40[14] /);
  });
});

describe('ApiKeyGuard without a key', () => {
  it('serves every call', async () => {
    const app = await start('');
    await request(app.getHttpServer()).get('/api/accounts').expect(200, 'served');
    await app.close();
  });
});

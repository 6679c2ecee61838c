import { Controller, Get, Post } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProblemFilter } from '../common/problem.filter';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { HttpPlatform } from './http-platform';

/** What comes behind a request has arrived. */
const behind = { arrived: Promise.resolve() };

/** An answer that tells how often it was written down. */
class Countable {
  written = 0;

  toJSON(): object {
    this.written += 1;
    return { name: '삼성전자' };
  }
}

const SHARED = new Countable();

@Controller('api/things')
class Things {
  @Get('slow')
  async slow(): Promise<string> {
    await behind.arrived;
    return 'late';
  }

  @Get(':name')
  shared(): Countable {
    return SHARED;
  }

  @Post()
  take(): string {
    return 'taken';
  }
}

describe('HttpPlatform', () => {
  let folder: string;
  let app: NestFastifyApplication;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kis-static-'));
    await writeFile(join(folder, 'index.html'), '<title>Seite</title>');
    await writeFile(join(folder, 'style.css'), 'body {}');
    await mkdir(join(folder, 'inner'));
    const module = await Test.createTestingModule({
      controllers: [Things],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new HttpPlatform(), { logger: false });
    app.useStaticAssets({ root: folder });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    ['/', 'text/html; charset=utf-8', '<title>Seite</title>'],
    ['/index.html', 'text/html; charset=utf-8', '<title>Seite</title>'],
    ['/style.css', 'text/css; charset=utf-8', 'body {}'],
    ['/STYLE.CSS?v=2', 'text/css; charset=utf-8', 'body {}'],
  ])('serves the file at %s', async (path, type, text) => {
    const answer = await fetch(url + path);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      type,
      text,
    ]);
  });

  it.each(['/inner', '/inner/', '/..%2f', '/%2e%2e/etc/passwd', '/other.css'])(
    'serves no file at %s',
    async (path) => {
      expect((await fetch(url + path)).status).toBe(404);
    },
  );

  it('does not send a file again that the browser has, until it changes', async () => {
    const tag = (await fetch(`${url}/style.css`)).headers.get('etag') ?? '';
    const again = (): Promise<Response> => fetch(`${url}/style.css`, { headers: { 'If-None-Match': tag } });
    expect((await again()).status).toBe(304);

    await utimes(join(folder, 'style.css'), 1, 1);

    expect((await again()).status).toBe(200);
  });

  it('answers HEAD as GET, without the body', async () => {
    const answer = await fetch(`${url}/style.css`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([
      200,
      '7',
      '',
    ]);
  });

  it('writes an answer down once for all who share it', async () => {
    const texts = await Promise.all([1, 2, 3].map(async () => (await fetch(`${url}/api/things/a`)).text()));
    expect(texts).toEqual(Array(3).fill('{"name":"삼성전자"}'));
    expect(SHARED.written).toBe(1);
  });

  it.each(['/API/Things/a', '/api/things/a/'])('matches %s', async (path) => {
    expect((await fetch(url + path)).status).toBe(200);
  });

  it.each([
    ['an empty body that calls itself JSON', { 'Content-Type': 'application/json' }, ''],
    ['a body of another kind', { 'Content-Type': 'application/x-www-form-urlencoded' }, 'a=1'],
  ])('does not mind %s', async (_, headers, body) => {
    const answer = await fetch(`${url}/api/things`, { method: 'POST', headers, body });
    expect([answer.status, await answer.text()]).toEqual([201, 'taken']);
  });

  it('gives a request up that does not arrive, and says so', async () => {
    const slow = new HttpPlatform({ requestTimeoutMs: 200 });
    const module = await Test.createTestingModule({ controllers: [Things] }).compile();
    const other = module.createNestApplication<NestFastifyApplication>(slow, { logger: false });
    await other.listen(0, '127.0.0.1');
    const { port } = other.getHttpServer().address() as AddressInfo;
    for (const begun of [
      'GET / HTTP/1.1\r\nX: ',
      'POST /api/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{"',
    ]) {
      const socket = connect(port, '127.0.0.1');
      socket.write(begun);
      expect(await text(socket)).toMatch(
        /^HTTP\/1\.1 408 Request Timeout\r\n[^]*\r\nContent-Type: application\/problem\+json; charset=utf-8\r\n[^]*"code":"REQUEST_TIMEOUT"/,
      );
    }
    const answered = connect(port, '127.0.0.1');
    answered.write('POST /api/things HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab');
    expect(await text(answered)).toMatch(/^HTTP\/1\.1 201 Created\r\n[^]*\r\n\r\ntaken$/);
    await other.close();
  });

  it.each([
    ['while it is handled', 'GET /api/things/slow HTTP/1.1\r\nHost: a\r\n\r\n', '200 OK'],
    ['after it was the last', 'GET /api/things/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', '200 OK'],
    [
      'in its body',
      'POST /api/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
      '400 Bad Request',
    ],
  ])('gives a request one response, whatever comes behind it %s', async (_, bytes, expected) => {
    const server = app.getHttpServer();
    behind.arrived = once(server, 'clientError').then(() => undefined);
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(`${bytes}behind it`);
    const answers = (await text(socket)).match(/HTTP\/1\.1 \d{3} [A-Za-z ]+/g);
    expect(answers).toEqual([`HTTP/1.1 ${expected}`]);
  });

  it.each([
    ['/api/things/%E0%A4%A', 400, 'INVALID_REQUEST', 'each % must be followed by two hexadecimal digits'],
    ['/api/things/%ff', 400, 'INVALID_REQUEST', 'these must be UTF-8'],
    [`/api/things/${'x'.repeat(500)}`, 414, 'URI_TOO_LONG', 'Shorten it.'],
  ])('tells as a problem what the router refuses, and what to do: %s', async (path, status, code, words) => {
    const answer = await fetch(url + path);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const detail: unknown = expect.stringContaining(words);
    expect(await answer.json()).toMatchObject({ status, code, detail });
  });
});

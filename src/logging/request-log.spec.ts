import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConsoleLogger } from '@nestjs/common';
import { requestLog } from './request-log';

class Lines extends ConsoleLogger {
  readonly all: unknown[][] = [];

  override debug(...line: unknown[]): void {
    this.all.push(line);
    this.onLine();
  }

  onLine: () => void = () => undefined;

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.onLine = resolve;
    });
  }
}

describe('requestLog', () => {
  let server: Server;
  let lines: Lines;
  let url: string;

  beforeEach(async () => {
    lines = new Lines();
    const log = requestLog(lines);
    server = createServer((request, response) => {
      const { method = '', url: path = '' } = request;
      log({ id: 'a-request', method, url: path }, response);
      if (request.url === '/never') request.socket.destroy();
      else response.writeHead(418).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });

  it('logs method, path, status and duration, but not the query', async () => {
    const told = lines.next();
    await fetch(`${url}/api/quotes/005930?key=secret`);
    await told;
    expect(lines.all).toEqual([[expect.stringMatching(/^GET \/api\/quotes\/005930 418 \d+ ms$/), 'HTTP']]);
  });

  it('reports when the caller went away', async () => {
    const told = lines.next();
    const failed = once(get(`${url}/never`), 'error');
    await Promise.all([told, failed]);
    expect(lines.all).toEqual([[expect.stringMatching(/^GET \/never caller went away \d+ ms$/), 'HTTP']]);
  });
});

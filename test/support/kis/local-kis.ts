import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KisAccountOptions } from '../../../src/kis/kis-account.options';
import { KisConfiguration } from '../../../src/kis/kis.options';

/** The secrets of the tests: nothing that is logged or thrown may hold them. */
export const APP_KEY = 'PStestKeyOfNobody0123456789abcdefghi';
export const APP_SECRET = `SECRETofNobody/${'x'.repeat(150)}+END==`;

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Names as they were written. */
  readonly headerNames: readonly string[];
  readonly body: string;
}

export type Reply = (response: ServerResponse, request: ReceivedRequest) => void;

/** A real HTTP server on a free port that answers as a test says. */
export class LocalKis {
  readonly requests: ReceivedRequest[] = [];
  /** How the next request is answered. */
  reply: Reply = silence;
  private readonly arrivals: (() => void)[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<LocalKis> {
    const server = createServer();
    const kis = new LocalKis(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        kis.receive(response, {
          method: request.method ?? '',
          url: request.url ?? '',
          headers: request.headers,
          headerNames: request.rawHeaders.filter((_, index) => index % 2 === 0),
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    await new Promise<void>((resolve) => {
      server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve);
    });
    return kis;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Answers one request after the other; the last reply goes on. */
  script(...replies: readonly Reply[]): void {
    const left = [...replies];
    this.reply = (response, request) => {
      const reply = left.length > 1 ? left.shift() : left[0];
      (reply ?? silence)(response, request);
    };
  }

  /** Resolves when this many requests have arrived in all. */
  async arrived(count: number): Promise<void> {
    while (this.requests.length < count) {
      await new Promise<void>((resolve) => {
        this.arrivals.push(resolve);
      });
    }
  }

  connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.getConnections((error, count) => {
        if (error) reject(error);
        else resolve(count);
      });
    });
  }

  /** Resolves when no connection is left. */
  async disconnected(): Promise<void> {
    while ((await this.connections()) > 0) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private receive(response: ServerResponse, request: ReceivedRequest): void {
    this.requests.push(request);
    this.reply(response, request);
    for (const arrival of this.arrivals.splice(0)) arrival();
  }
}

/** Never answers. */
export const silence: Reply = () => undefined;

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return text(status, JSON.stringify(body), {
    'Content-Type': 'application/json; charset=utf-8',
    ...headers,
  });
}

export function text(
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** Ends the connection without an answer. */
export const hangUp: Reply = (response) => {
  response.socket?.destroy();
};

/** Promises more than it sends. */
export const breakOff: Reply = (response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
  response.write('{"rt_cd":"0","msg', () => response.socket?.destroy());
};

export function accountAt(origin: string, more: Partial<KisAccountOptions> = {}): KisAccountOptions {
  return {
    mode: 'MOCK',
    appKey: APP_KEY,
    appSecret: APP_SECRET,
    accountNumber: '50112345',
    baseUrl: origin,
    requestTimeoutMs: 20_000,
    requestsPerSecond: 10_000,
    ...more,
  };
}

export function configurationAt(origin: string, more: Partial<KisAccountOptions> = {}): KisConfiguration {
  return new KisConfiguration({ accounts: [accountAt(origin, more)] });
}

import { Controller, Get, HttpCode, Module, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GracefulShutdown } from './graceful-shutdown';
import { HttpPlatform } from './platform/http-platform';

class Gate {
  readonly entered: Promise<void>;
  open: () => void = () => undefined;
  private enter: () => void = () => undefined;
  private readonly opened: Promise<void>;

  constructor() {
    this.entered = new Promise((resolve) => (this.enter = resolve));
    this.opened = new Promise((resolve) => (this.open = resolve));
  }

  pass(): Promise<void> {
    this.enter();
    return this.opened;
  }
}

@Controller()
class SlowController {
  constructor(private readonly gate: Gate) {}

  @Get('slow')
  async slow(): Promise<string> {
    await this.gate.pass();
    return 'answered';
  }

  @Get('quick')
  quick(): string {
    return 'quick';
  }

  @Post('quick')
  @HttpCode(200)
  quickPost(): string {
    return 'quick';
  }
}

@Module({ controllers: [SlowController], providers: [Gate, GracefulShutdown] })
class SlowModule {}

async function textOf(answer: IncomingMessage): Promise<string> {
  const parts = (await answer.toArray()) as Buffer[];
  return Buffer.concat(parts).toString();
}

describe('GracefulShutdown', () => {
  let app: NestFastifyApplication;
  let port: number;
  const agent = new Agent({ keepAlive: true });

  beforeEach(async () => {
    const testing = await Test.createTestingModule({ imports: [SlowModule] }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(new HttpPlatform(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const server = app.getHttpServer();
    // Longer than any test: only an active close ends an idle connection.
    server.keepAliveTimeout = 600_000;
    port = (server.address() as AddressInfo).port;
  });

  afterAll(() => {
    agent.destroy();
  });

  async function ask(path: string): Promise<IncomingMessage> {
    const [answer] = (await once(get({ port, path, agent, host: '127.0.0.1' }), 'response')) as [
      IncomingMessage,
    ];
    return answer;
  }

  it('answers what is under way, on a connection that stays open, before it ends', async () => {
    const asking = ask('/slow');
    const gate = app.get(Gate);
    await gate.entered;
    const closing = app.close();
    while (app.getHttpServer().listening) await new Promise(setImmediate);
    gate.open();
    expect(await textOf(await asking)).toBe('answered');
    await closing;
  });

  it('does not wait for a connection on which nothing was ever asked', async () => {
    const idle = connect(port, '127.0.0.1');
    await once(idle, 'connect');
    await app.close();
    await once(idle.resume(), 'close');
  }, 20_000);

  describe('with a request that has not been received completely', () => {
    const lines =
      'POST /quick HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n';
    const halves = [
      ['half a header', lines],
      ['half a body', `${lines}\r\n{`],
    ] as const;

    /** Resolves with the client once the server has read all of it. */
    async function send(text: string): Promise<Socket> {
      const server = app.getHttpServer();
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      const client = connect(port, '127.0.0.1').setEncoding('utf8');
      client.write(text);
      const [socket] = await accepted;
      while (socket.bytesRead < text.length) await new Promise(setImmediate);
      return client;
    }

    /** Time stands still from the moment at which the server no longer listens. */
    async function stop(): Promise<{ closing: Promise<void> }> {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
      const closing = app.close();
      while (app.getHttpServer().listening) await new Promise(setImmediate);
      return { closing };
    }

    afterEach(() => {
      jest.useRealTimers();
    });

    it.each(halves)(
      'waits a second for the rest of %s, and no longer',
      async (_, text) => {
        const client = await send(text);
        const { closing } = await stop();
        await jest.advanceTimersByTimeAsync(1_000);
        await closing;
        expect(await client.toArray()).toEqual([]);
      },
      20_000,
    );

    it.each(halves)(
      'answers it if the rest of %s comes within a second',
      async (_, text) => {
        const client = await send(text);
        const { closing } = await stop();
        await jest.advanceTimersByTimeAsync(900);
        client.write(`Connection: close\r\n\r\n{}`.slice(text === lines ? 0 : -1));
        const [answer] = (await once(client, 'data')) as [string];
        expect(answer).toContain('HTTP/1.1 200 OK');
        await jest.advanceTimersByTimeAsync(50);
        await closing;
      },
      20_000,
    );

    it('waits for a complete request in front of it on the same connection', async () => {
      const client = await send(`GET /slow HTTP/1.1\r\nHost: x\r\n\r\n${lines}`);
      const gate = app.get(Gate);
      await gate.entered;
      const { closing } = await stop();
      await jest.advanceTimersByTimeAsync(20_000);
      gate.open();
      const [answer] = (await once(client, 'data')) as [string];
      expect(answer).toContain('answered');
      await jest.advanceTimersByTimeAsync(1_050);
      await closing;
    }, 20_000);
  });

  it('cuts off what takes longer than anybody waits', async () => {
    const asking = ask('/slow').catch((error: unknown) => (error as NodeJS.ErrnoException).code);
    await app.get(Gate).entered;
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const closing = app.close();
    await jest.advanceTimersByTimeAsync(25_000);
    jest.useRealTimers();
    expect(await asking).toBe('ECONNRESET');
    await closing;
  });
});

import { Controller, Get, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
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
  }, 5_000);

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

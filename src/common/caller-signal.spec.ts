import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signalOf } from './caller-signal';

describe('the signal of a caller', () => {
  let server: Server;

  beforeEach(async () => {
    server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  function call() {
    return request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }).end();
  }

  it('aborts when the caller hangs up before the answer', async () => {
    const arrived = new Promise<AbortSignal>((resolve) => {
      server.once('request', (_, response) => {
        resolve(signalOf(response));
      });
    });
    const caller = call().on('error', () => undefined);
    const signal = await arrived;
    expect(signal.aborted).toBe(false);
    const aborted = once(signal, 'abort');
    caller.destroy();
    await aborted;
    expect(signal.aborted).toBe(true);
  });

  it('stays silent when the answer was sent', async () => {
    const closed = new Promise<AbortSignal>((resolve) => {
      server.once('request', (_, response) => {
        const signal = signalOf(response);
        response.once('close', () => {
          resolve(signal);
        });
        response.end('done');
      });
    });
    call().on('response', (answer) => answer.resume());
    expect((await closed).aborted).toBe(false);
  });
});

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Redactor, type KisRealtimeEvent } from '../kis';
import { EventConnection, type EventSource } from './event-connection';
import { WriteScheduler } from './write-scheduler';

const EVENT: KisRealtimeEvent = {
  type: 'status',
  data: { channel: null, state: 'connected', detail: 'The realtime session is open.' },
};

/** Always has events, more than the buffers of a connection take. */
const plenty: EventSource = {
  isClosed: false,
  close: () => undefined,
  onEvents: (listener) => {
    listener();
  },
  take: () => Array.from({ length: 300_000 }, () => EVENT),
};

describe('A connection of a listener that does not read', () => {
  it('ends soon after it was closed from this side', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.pause();
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
    const connection = new EventConnection(plenty, response, new Redactor(), new WriteScheduler());
    while (!response.writableNeedDrain) await new Promise(setImmediate);
    const closed = once(response, 'close');
    connection.close(10);
    await closed;
    expect(response.destroyed).toBe(true);
    socket.destroy();
    server.close();
  });
});

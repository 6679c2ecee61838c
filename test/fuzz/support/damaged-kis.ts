import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { damageAll, type Damage, type Draft } from './damage';

export interface KisRequest {
  readonly method: string;
  readonly path: string;
  /** In lower case, with their values. */
  readonly headers: ReadonlyMap<string, string>;
}

/** A good answer of KIS: what is to be damaged. */
export interface GoodAnswer {
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What was sent for one request. */
export interface Sent {
  readonly request: KisRequest;
  readonly draft: Draft;
}

/**
 * A server that answers byte by byte as it is told, also with what is no HTTP. Connections are kept, so that what is
 * left over of one answer could be taken for the beginning of the next.
 */
export class DamagedKis {
  readonly sent: Sent[] = [];
  /** How the answer to a request is damaged. */
  damageFor: (request: KisRequest) => readonly Damage[] = () => [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly answerTo: (request: KisRequest) => GoodAnswer,
  ) {}

  static async start(answerTo: (request: KisRequest) => GoodAnswer): Promise<DamagedKis> {
    const server = createServer();
    const kis = new DamagedKis(server, answerTo);
    server.on('connection', (socket) => {
      kis.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => kis.sockets.delete(socket));
      kis.serve(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return kis;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    let received = '';
    socket.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1');
      for (let request = firstRequest(received); request; request = firstRequest(received)) {
        received = received.slice(request.length);
        void this.answer(socket, request.request);
      }
    });
  }

  private async answer(socket: Socket, request: KisRequest): Promise<void> {
    const { body, headers = {} } = this.answerTo(request);
    const draft: Draft = {
      status: 200,
      headers: [['Content-Type', 'application/json; charset=utf-8'], ...Object.entries(headers)],
      body: Buffer.from(JSON.stringify(body)),
      arrives: true,
      lengthDelta: 0,
      raw: null,
      stop: null,
      drip: null,
    };
    damageAll(draft, this.damageFor(request));
    this.sent.push({ request, draft });
    await transmit(socket, draft);
  }
}

interface Framed {
  readonly request: KisRequest;
  /** How much of the text it was. */
  readonly length: number;
}

function firstRequest(text: string): Framed | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [start = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const length = end + 4 + Number(headers.get('content-length') ?? 0);
  if (text.length < length) return null;
  const [method = '', target = ''] = start.split(' ');
  return { request: { method, path: target.split('?')[0] ?? '', headers }, length };
}

async function transmit(socket: Socket, draft: Draft): Promise<void> {
  const whole = draft.raw === null ? framed(draft) : Buffer.from(draft.raw);
  const bytes = draft.stop ? whole.subarray(0, Math.floor(whole.length * draft.stop.share)) : whole;
  const { pieces, pauseMs } = draft.drip ?? { pieces: 1, pauseMs: 0 };
  const size = Math.max(1, Math.ceil(bytes.length / pieces));
  for (let from = 0; from < bytes.length && !socket.destroyed; from += size) {
    if (from > 0) await delay(pauseMs);
    socket.write(bytes.subarray(from, from + size));
  }
  if (draft.raw !== null) socket.end();
  else if (draft.stop?.how === 'end') socket.end();
  else if (draft.stop?.how === 'reset') socket.resetAndDestroy();
}

function framed({ status, headers, body, lengthDelta }: Draft): Buffer {
  const named = new Set(headers.map(([name]) => name.toLowerCase()));
  const own: [string, string][] = [];
  if (!named.has('content-length') && !named.has('transfer-encoding')) {
    own.push(['Content-Length', String(Math.max(0, body.length + lengthDelta))]);
  }
  if (!named.has('date')) own.push(['Date', new Date().toUTCString()]);
  const lines = [...headers, ...own].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Some Words\r\n${lines.join('')}\r\n`), body]);
}

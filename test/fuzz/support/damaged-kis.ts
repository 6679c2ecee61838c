import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ByteServer, type RawMessage } from '../../support/byte-server';
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

  private constructor(
    readonly origin: string,
    readonly stop: () => Promise<void>,
    private readonly answerTo: (request: KisRequest) => GoodAnswer,
  ) {}

  static async start(answerTo: (request: KisRequest) => GoodAnswer): Promise<DamagedKis> {
    const server = await ByteServer.start((message, socket) => void kis.answer(socket, requestOf(message)));
    const kis = new DamagedKis(server.origin, () => server.stop(), answerTo);
    return kis;
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

function requestOf({ line, headers }: RawMessage): KisRequest {
  const named = headers.map((header): [string, string] => {
    const colon = header.indexOf(':');
    return [header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()];
  });
  const [method = '', target = ''] = line.split(' ');
  return { method, path: target.split('?')[0] ?? '', headers: new Map(named) };
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

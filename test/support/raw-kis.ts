import { ByteServer, type RawMessage } from './byte-server';

/** A brokerage that records requests and sends responses byte for byte. Its n-th token ends with `.n`. */
export class RawKis {
  /** All but those for tokens. */
  readonly requests: RawMessage[] = [];
  issues = 0;
  /** What a request gets, the whole response; those for tokens excepted. */
  respond: (request: RawMessage) => string | Buffer = () => '';

  private constructor(
    readonly origin: string,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<RawKis> {
    const server = await ByteServer.start((request, socket) => socket.write(kis.responseTo(request)));
    const kis = new RawKis(server.origin, () => server.stop());
    return kis;
  }

  private responseTo(request: RawMessage): string | Buffer {
    if (request.line.startsWith('POST /oauth2/tokenP ')) return this.token(request);
    this.requests.push(request);
    return this.respond(request);
  }

  private token({ body }: RawMessage): string {
    this.issues += 1;
    const { appkey } = JSON.parse(body.toString()) as { appkey: string };
    const expiresAt = Date.now() + 24 * 3_600_000;
    const parts = [{ typ: 'JWT' }, { jti: appkey, exp: Math.floor(expiresAt / 1000) }];
    const encoded = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const inKorea = new Date(expiresAt + 9 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    const text = JSON.stringify({
      access_token: [...encoded, this.issues].join('.'),
      access_token_token_expired: inKorea,
      token_type: 'Bearer',
      expires_in: 86_400,
    });
    return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
  }
}

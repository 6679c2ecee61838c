import { connect } from 'node:net';
import { ManualKisClock } from '../../src/kis/testing/manual-clock';
import { nextMessage, type RawMessage } from './byte-server';
import { RawKis } from './raw-kis';
import { RunningApi, temporaryDirectory } from './running-api';

/** The gateway between a raw client and a raw brokerage, to compare bytes in both directions. */

const APP_KEY = 'PStestKeyOfNobody0123456789abcdefghi';
const APP_SECRET = 'S'.repeat(180);
export const BALANCE = '/uapi/domestic-stock/v1/trading/inquire-balance';

/** "삼성" in code page 949: not UTF-8. */
const CP949 = Buffer.from([0xbb, 0xef, 0xbc, 0xba]);
/** JSON that no serializer writes: blanks, a name twice, a number beyond doubles, padded words, a line break at the end. */
export const ODD = Buffer.concat([
  Buffer.from('{ "rt_cd" : "0",\n\t"msg1":"'),
  CP949,
  Buffer.from('      " ,"output":{"a":"1","a":"\\u0032","n":100000000000000000001.50}} \r\n'),
]);

/** A body in two chunks, as `Transfer-Encoding: chunked` frames it. */
export function inChunks(body: Buffer): Buffer {
  const half = Math.floor(body.length / 2);
  const chunks = [body.subarray(0, half), body.subarray(half), Buffer.alloc(0)];
  return Buffer.concat(
    chunks.map((each) =>
      Buffer.concat([Buffer.from(`${each.length.toString(16)}\r\n`), each, Buffer.from('\r\n')]),
    ),
  );
}

/** An HTTP response with exactly these header lines and a Content-Length. */
export function response(status: number, headers: readonly string[], body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  const lines = [`HTTP/1.1 ${status} OK`, ...headers, `Content-Length: ${bytes.length}`, '', ''];
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), bytes]);
}

/** The API with its gateway in front of a brokerage of bytes; what passes is read and written on plain sockets. */
export class ByteGatewayFixture {
  private readonly port: number;

  private constructor(
    readonly kis: RawKis,
    readonly api: RunningApi,
    readonly clock: ManualKisClock,
    private readonly token: string,
    private readonly directory: { remove: () => void },
  ) {
    this.port = Number(new URL(api.url).port);
  }

  static async open(): Promise<ByteGatewayFixture> {
    const directory = await temporaryDirectory();
    const kis = await RawKis.start();
    const env = {
      KIS_SIMULATOR: 'false',
      KIS_BASE_URL: kis.origin,
      KIS_APP_KEY: APP_KEY,
      KIS_APP_SECRET: APP_SECRET,
      KIS_ACCOUNT_NUMBER: '50112345',
      KIS_TOKEN_DIR: `${directory.path}/tokens`,
      KIS_STATE_DIR: `${directory.path}/state`,
      KIS_GATEWAY: 'true',
      KIS_ORDERS: 'true',
      KIS_REQUESTS_PER_SECOND: '1000',
    };
    const clock = new ManualKisClock(Date.now());
    const api = await RunningApi.start({ env, clock });
    const body = JSON.stringify({ grant_type: 'client_credentials', appkey: APP_KEY, appsecret: APP_SECRET });
    const init = { method: 'POST', body };
    const { access_token } = (await api.ask<{ access_token: string }>('/kis/mock/oauth2/tokenP', init)).body;
    return new ByteGatewayFixture(kis, api, clock, access_token, directory);
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.kis.stop();
    this.directory.remove();
  }

  /** Forgets the requests so far and answers the next ones with success. */
  reset(): void {
    this.kis.requests.length = 0;
    this.kis.respond = () => response(200, ['Content-Type: application/json'], '{"rt_cd":"0"}');
  }

  get credentials(): string[] {
    return [`Authorization: Bearer ${this.token}`, `AppKey: ${APP_KEY}`, `appsecret: ${APP_SECRET}`];
  }

  async send(line: string, headers: readonly string[], body: Buffer = Buffer.alloc(0)): Promise<RawMessage> {
    const socket = connect(this.port, '127.0.0.1');
    const head = [`${line} HTTP/1.1`, `hOST: 127.0.0.1:${this.port}`, ...headers, '', ''].join('\r\n');
    socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
    const answer = await nextMessage(socket);
    socket.destroy();
    return answer;
  }

  read(query = ''): Promise<RawMessage> {
    return this.send(`GET /kis/mock${BALANCE}${query}`, [...this.credentials, 'tr_id: VTTC8434R']);
  }
}

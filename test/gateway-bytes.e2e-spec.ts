import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { ManualKisClock } from '../src/kis/testing/manual-clock';
import { nextMessage, type RawMessage } from './support/byte-server';
import { RawKis } from './support/raw-kis';
import { RunningApi, temporaryDirectory } from './support/running-api';

const APP_KEY = 'PStestKeyOfNobody0123456789abcdefghi';
const APP_SECRET = 'S'.repeat(180);
const BALANCE = '/uapi/domestic-stock/v1/trading/inquire-balance';
const ORDER_CASH = '/uapi/domestic-stock/v1/trading/order-cash';

/** A token that is refused after this has not been refused too soon. */
const A_WHILE_MS = 3 * 3_600_000;

/** "삼성" in code page 949: not UTF-8. */
const CP949 = Buffer.from([0xbb, 0xef, 0xbc, 0xba]);
/** JSON that no serializer writes: blanks, a name twice, a number beyond doubles, padded words, a line break at the end. */
const ODD = Buffer.concat([
  Buffer.from('{ "rt_cd" : "0",\n\t"msg1":"'),
  CP949,
  Buffer.from('      " ,"output":{"a":"1","a":"\\u0032","n":100000000000000000001.50}} \r\n'),
]);

describe('The gateway, byte for byte', () => {
  let directory: { path: string; remove: () => void };
  let kis: RawKis;
  let api: RunningApi;
  let clock: ManualKisClock;
  let port: number;
  let token: string;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    kis = await RawKis.start();
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
    clock = new ManualKisClock(Date.now());
    api = await RunningApi.start({ env, clock });
    port = Number(new URL(api.url).port);
    const body = JSON.stringify({ grant_type: 'client_credentials', appkey: APP_KEY, appsecret: APP_SECRET });
    const answer = await api.ask<{ access_token: string }>('/kis/mock/oauth2/tokenP', {
      method: 'POST',
      body,
    });
    token = answer.body.access_token;
  });

  afterAll(async () => {
    await api.close();
    await kis.stop();
    directory.remove();
  });

  beforeEach(() => {
    kis.requests.length = 0;
    kis.respond = () => response(200, ['Content-Type: application/json'], '{"rt_cd":"0"}');
  });

  function response(status: number, headers: readonly string[], body: string | Buffer): Buffer {
    const bytes = Buffer.from(body);
    const lines = [`HTTP/1.1 ${status} OK`, ...headers, `Content-Length: ${bytes.length}`, '', ''];
    return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), bytes]);
  }

  const credentials = (): string[] => [
    `Authorization: Bearer ${token}`,
    `AppKey: ${APP_KEY}`,
    `appsecret: ${APP_SECRET}`,
  ];

  async function send(
    line: string,
    headers: readonly string[],
    body: Buffer = Buffer.alloc(0),
  ): Promise<RawMessage> {
    const socket = connect(port, '127.0.0.1');
    const head = [`${line} HTTP/1.1`, `hOST: 127.0.0.1:${port}`, ...headers, '', ''].join('\r\n');
    socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
    const answer = await nextMessage(socket);
    socket.destroy();
    return answer;
  }

  const read = (query = ''): Promise<RawMessage> =>
    send(`GET /kis/mock${BALANCE}${query}`, [...credentials(), 'tr_id: VTTC8434R']);

  it('brings a response back as KIS has written it', async () => {
    const headers = [
      'content-type: text/html;charset=EUC-KR',
      'tr_id: VTTC8434R',
      'Tr_Cont: M',
      'gt_uid: 1234567890abcdef',
      'X-odd-CASE: a  b',
      'Set-Cookie: one=1',
      'Set-Cookie: two=2',
      'Date: Sat, 28 Nov 2026 05:00:00 GMT',
    ];
    kis.respond = () => response(200, headers, ODD);
    const answer = await read();
    expect(answer.line).toContain('HTTP/1.1 200');
    expect(answer.headers).toEqual([...headers, `Content-Length: ${ODD.length}`]);
    expect(answer.body.equals(ODD)).toBe(true);
  });

  it.each([
    ['a refusal of the business', 200, '{"rt_cd":"1","msg_cd":"APBK0919","msg1":"padded          "}'],
    ['a refusal with another status', 500, '{"rt_cd":"1","msg_cd":"EGW02006","msg1":"x"}'],
    ['something that is not JSON', 404, '<html>\r\n</html>\r\n'],
    ['nothing', 200, ''],
  ])('brings %s back', async (_, status, body) => {
    kis.respond = () => response(status, ['Content-Type: text/plain'], body);
    const answer = await read();
    expect([answer.line.split(' ')[1], answer.body.toString()]).toEqual([String(status), body]);
    expect(kis.requests).toHaveLength(1);
  });

  it('passes HEAD of a read on as a read, and treats any other method as an order', async () => {
    kis.respond = () => Buffer.from('HTTP/1.1 200 OK\r\nTr_Cont: M\r\nContent-Length: 42\r\n\r\n');
    const headers = { authorization: `Bearer ${token}`, appkey: APP_KEY, appsecret: APP_SECRET };
    const ask = (method: string) =>
      fetch(`${api.url}/kis/mock${BALANCE}`, { method, headers: { ...headers, tr_id: 'VTTC8434R' } });

    const answer = await ask('HEAD');
    expect([answer.status, answer.headers.get('tr_cont'), answer.headers.get('content-length')]).toEqual([
      200,
      'M',
      '42',
    ]);
    expect(kis.requests.map(({ line }) => line)).toEqual([`HEAD ${BALANCE} HTTP/1.1`]);

    for (const method of ['OPTIONS', 'DELETE', 'PUT', 'PATCH', 'POST']) {
      expect(await (await ask(method)).json()).toMatchObject({ rt_cd: '1', msg_cd: 'KAPI0005' });
    }
    expect(kis.requests).toHaveLength(1);
  });

  it('brings a packed response back packed, and a chunked one whole', async () => {
    const packed = gzipSync(ODD);
    kis.respond = () => response(200, ['Content-Encoding: gzip'], packed);
    const answer = await read();
    expect(answer.headers).toContain('Content-Encoding: gzip');
    expect(answer.body.equals(packed)).toBe(true);
    kis.respond = () => {
      const half = Math.floor(ODD.length / 2);
      const chunks = [ODD.subarray(0, half), ODD.subarray(half), Buffer.alloc(0)];
      const written = chunks.map((each) =>
        Buffer.concat([Buffer.from(`${each.length.toString(16)}\r\n`), each, Buffer.from('\r\n')]),
      );
      return Buffer.concat([
        Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
        ...written,
      ]);
    };
    expect((await read()).body.equals(ODD)).toBe(true);
  });

  it('sends a request as the program has written it, with our token', async () => {
    const own = [
      'Tr_ID: VTTC8434R',
      'tr_cont: N',
      'CUSTTYPE: P',
      'X-Odd-CASE:  a  b',
      'Constructor: 1',
      'gt_uid: x',
      'gt_uid: y',
    ];
    const query = '?b=2&a=%EA%B0%80+1&a=&=c&CANO=50112345&z=%7e~/?';
    await send(`GET /kis/mock${BALANCE}${query}`, [...credentials(), ...own]);
    const [seen] = kis.requests;
    expect(seen?.line).toBe(`GET ${BALANCE}${query} HTTP/1.1`);
    expect(seen?.headers).toEqual([
      `hOST: ${new URL(kis.origin).host}`,
      ...credentials(),
      ...own.map((line) => line.replace(':  ', ': ')), // Blanks before a value do not belong to it (RFC 9112 section 5).
    ]);
  });

  it.each([
    ['a hashkey', 'POST', '/uapi/hashkey', ODD, 'x'],
    ['the body of a GET', 'GET', BALANCE, ODD, 'VTTC8434R'],
    [
      'an order',
      'POST',
      ORDER_CASH,
      Buffer.from(
        ' {"ORD_UNPR" : "70000",\r\n"PDNO":"005930 ","CANO":"50112345", "ACNT_PRDT_CD":"01","ORD_DVSN":"00","ORD_QTY":"\\u0031","MEMO":"삼성"} ',
      ),
      'VTTC0012U',
    ],
  ])('sends %s on byte for byte', async (_, method, path, body, trId) => {
    const answered = `{"rt_cd":"0","msg_cd":"40600000","msg1":"x","output":{"ODNO":"0000000001"} }`;
    kis.respond = () => response(200, ['Content-Type: application/json'], answered);
    const headers = [...credentials(), `tr_id: ${trId}`, `content-LENGTH: ${body.length}`];
    const answer = await send(`${method} /kis/mock${path}`, headers, body);
    const seen = kis.requests.find(({ line }) => line === `${method} ${path} HTTP/1.1`);
    expect(seen?.body.equals(body)).toBe(true);
    expect(seen?.headers).toContain(`content-LENGTH: ${body.length}`);
    expect(answer.body.toString()).toBe(answered);
  });

  it('sends a body that arrives in chunks on as a whole', async () => {
    const half = Math.floor(ODD.length / 2);
    const chunks = [ODD.subarray(0, half), ODD.subarray(half), Buffer.alloc(0)].map((part) =>
      Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
    );
    await send(
      'POST /kis/mock/uapi/hashkey',
      [...credentials(), 'Transfer-Encoding: chunked'],
      Buffer.concat(chunks),
    );
    const [seen] = kis.requests;
    expect(seen?.body.equals(ODD)).toBe(true);
    expect(seen?.headers).toContain(`Content-Length: ${ODD.length}`);
    expect(seen?.headers.some((line) => /transfer-encoding/i.test(line))).toBe(false);
  });

  it.each([
    ['that has expired', 500, 'EGW00123'],
    ['that has expired, with HTTP 200', 200, 'EGW00123'],
    ['that KIS does not know', 500, 'EGW00121'],
  ])('heals a token %s: the program sees the good response only', async (_, status, msg_cd) => {
    await clock.advance(A_WHILE_MS);
    const before = kis.issues;
    const stale = `.${before}`;
    kis.respond = ({ headers }) =>
      headers.some((line) => line.startsWith('Authorization:') && line.endsWith(stale))
        ? response(
            status,
            ['Content-Type: application/json'],
            JSON.stringify({ rt_cd: '1', msg_cd, msg1: '' }),
          )
        : response(200, ['tr_cont: D'], ODD);
    const answer = await read('?page=1');
    expect(answer.headers).toContain('tr_cont: D');
    expect(answer.body.equals(ODD)).toBe(true);
    expect([kis.requests.length, kis.issues]).toEqual([2, before + 1]);
    // The program goes on with the token that it was given.
    expect((await read()).body.equals(ODD)).toBe(true);
    expect(kis.issues).toBe(before + 1);
  });
});

import { gzipSync } from 'node:zlib';
import type { ManualKisClock } from '../src/kis/testing/manual-clock';
import { BALANCE, ByteGatewayFixture, inChunks, ODD, response } from './support/byte-gateway-fixture';
import type { RawKis } from './support/raw-kis';
import type { RunningApi } from './support/running-api';

/** A token that is refused after this has not been refused too soon. */
const A_WHILE_MS = 3 * 3_600_000;

describe('The gateway, with responses of any bytes', () => {
  let gateway: ByteGatewayFixture;
  let api: RunningApi;
  let kis: RawKis;
  let clock: ManualKisClock;

  beforeAll(async () => {
    gateway = await ByteGatewayFixture.open();
    ({ api, kis, clock } = gateway);
  });

  afterAll(() => gateway.close());

  beforeEach(() => {
    gateway.reset();
  });

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
    const answer = await gateway.read();
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
    const answer = await gateway.read();
    expect([answer.line.split(' ')[1], answer.body.toString()]).toEqual([String(status), body]);
    expect(kis.requests).toHaveLength(1);
  });

  it('passes HEAD of a read on as a read, and treats any other method as an order', async () => {
    kis.respond = () => Buffer.from('HTTP/1.1 200 OK\r\nTr_Cont: M\r\nContent-Length: 42\r\n\r\n');
    const lines = [...gateway.credentials, 'tr_id: VTTC8434R'];
    const headers = lines.map((line) => line.split(': '));
    const ask = (method: string) => fetch(`${api.url}/kis/mock${BALANCE}`, { method, headers });

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
    const answer = await gateway.read();
    expect(answer.headers).toContain('Content-Encoding: gzip');
    expect(answer.body.equals(packed)).toBe(true);
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    kis.respond = () => Buffer.concat([Buffer.from(head), inChunks(ODD)]);
    expect((await gateway.read()).body.equals(ODD)).toBe(true);
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
    const answer = await gateway.read('?page=1');
    expect(answer.headers).toContain('tr_cont: D');
    expect(answer.body.equals(ODD)).toBe(true);
    expect([kis.requests.length, kis.issues]).toEqual([2, before + 1]);
    // The program goes on with the token that it was given.
    expect((await gateway.read()).body.equals(ODD)).toBe(true);
    expect(kis.issues).toBe(before + 1);
  });
});

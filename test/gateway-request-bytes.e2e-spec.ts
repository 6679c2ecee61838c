import { BALANCE, ByteGatewayFixture, inChunks, ODD, response } from './support/byte-gateway-fixture';
import type { RawKis } from './support/raw-kis';

const ORDER_CASH = '/uapi/domestic-stock/v1/trading/order-cash';

describe('The gateway, with requests of any bytes', () => {
  let gateway: ByteGatewayFixture;
  let kis: RawKis;

  beforeAll(async () => {
    gateway = await ByteGatewayFixture.open();
    ({ kis } = gateway);
  });

  afterAll(() => gateway.close());

  beforeEach(() => {
    gateway.reset();
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
    await gateway.send(`GET /kis/mock${BALANCE}${query}`, [...gateway.credentials, ...own]);
    const [seen] = kis.requests;
    expect(seen?.line).toBe(`GET ${BALANCE}${query} HTTP/1.1`);
    expect(seen?.headers).toEqual([
      `hOST: ${new URL(kis.origin).host}`,
      ...gateway.credentials,
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
    const headers = [...gateway.credentials, `tr_id: ${trId}`, `content-LENGTH: ${body.length}`];
    const answer = await gateway.send(`${method} /kis/mock${path}`, headers, body);
    const seen = kis.requests.find(({ line }) => line === `${method} ${path} HTTP/1.1`);
    expect(seen?.body.equals(body)).toBe(true);
    expect(seen?.headers).toContain(`content-LENGTH: ${body.length}`);
    expect(answer.body.toString()).toBe(answered);
  });

  it('sends a body that arrives in chunks on as a whole', async () => {
    await gateway.send(
      'POST /kis/mock/uapi/hashkey',
      [...gateway.credentials, 'Transfer-Encoding: chunked'],
      inChunks(ODD),
    );
    const [seen] = kis.requests;
    expect(seen?.body.equals(ODD)).toBe(true);
    expect(seen?.headers).toContain(`Content-Length: ${ODD.length}`);
    expect(seen?.headers.some((line) => /transfer-encoding/i.test(line))).toBe(false);
  });
});

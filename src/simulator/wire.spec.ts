import { once } from 'node:events';
import { connect } from 'node:net';
import { TestSimulator, BALANCE_QUERY, objectOf, rowsOf } from '../../test/support/simulator/test-simulator';
import { eucKrLength, padded } from './uapi/answer';

/** The bytes of an answer, as a client without any HTTP library sees them. */
async function rawAnswer(url: string, request: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.end([...request, 'Host: kis', 'Connection: close', '', ''].join('\r\n'));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('utf8');
}

describe('an answer on the wire', () => {
  let server: TestSimulator;
  let token: string;
  beforeEach(async () => {
    server = await TestSimulator.open();
    token = await server.token('mock');
  });
  afterEach(() => server.close());

  it('has the three KIS headers in lower case and all others capitalised, over HTTP/1.1', async () => {
    const { appKey, appSecret, accountNumber } = server.demo('mock');
    const query = new URLSearchParams({
      CANO: accountNumber,
      ACNT_PRDT_CD: '01',
      ...BALANCE_QUERY,
    }).toString();
    const raw = await rawAnswer(server.simulator.mockUrl ?? '', [
      `GET /uapi/domestic-stock/v1/trading/inquire-balance?${query} HTTP/1.1`,
      `authorization: Bearer ${token}`,
      `appkey: ${appKey}`,
      `appsecret: ${appSecret}`,
      'tr_id: VTTC8434R',
    ]);
    const [head = ''] = raw.split('\r\n\r\n');
    const [statusLine, ...lines] = head.split('\r\n');
    expect(statusLine).toBe('HTTP/1.1 200 OK');
    const names = lines.map((line) => line.slice(0, line.indexOf(':')));
    expect(names.filter((name) => name === name.toLowerCase())).toEqual(['tr_id', 'tr_cont', 'gt_uid']);
    expect(names).toEqual(expect.arrayContaining(['Content-Type', 'Date', 'Content-Length', 'Connection']));
    expect(lines).toContain('tr_id: VTTC8434R');
    expect(lines).toContain('tr_cont: D');
    expect(lines).toContain('Content-Type: application/json; charset=utf-8');
    expect(head).toMatch(/\r\ngt_uid: [0-9a-f]{32}(\r\n|$)/);
  });

  it("tells the brokerage's time in Date", async () => {
    const { headers } = await server.balance('mock', token);
    expect(headers.get('Date')).toBe('Mon, 23 Nov 2026 01:00:00 GMT');
  });

  it('pads the message of a trading answer to 80 bytes of EUC-KR and the paging areas to their width', async () => {
    const { json } = await server.balance('mock', token);
    const message = String(json['msg1']);
    expect(message.trimEnd()).toBe('모의투자 조회가 완료되었습니다.');
    expect(eucKrLength(message)).toBe(80);
    expect(json['ctx_area_fk100']).toHaveLength(100);
    expect(json['ctx_area_nk100']).toBe(' '.repeat(100));
    expect(Object.keys(json)).toEqual([
      'ctx_area_fk100',
      'ctx_area_nk100',
      'output1',
      'output2',
      'rt_cd',
      'msg_cd',
      'msg1',
    ]);
  });

  it.each([
    ['조회가 완료되었습니다', 70],
    ['조회되었습니다', 73],
    ['조회할 내용이 없습니다', 70],
    ['모의투자 조회가 완료되었습니다.', 66],
  ])('pads "%s" to %i characters', (message, characters) => {
    expect(padded(message)).toHaveLength(characters);
  });

  it('does not pad the messages of gateway and quotes', async () => {
    expect((await server.balance('mock', 'unknown')).json['msg1']).toBe('유효하지 않은 token 입니다.');
    const quote = await server.inquire(
      'mock',
      '/uapi/domestic-stock/v1/quotations/inquire-price',
      'FHKST01010100',
      token,
      { query: { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: '005930' } },
    );
    expect(quote.json).toMatchObject({ rt_cd: '0', msg_cd: 'MCA00000', msg1: '정상처리 되었습니다.' });
    expect(quote.headers.get('tr_cont')).toBe('');
    expect(Object.values(objectOf(quote, 'output')).every((value) => typeof value === 'string')).toBe(true);
  });

  it('has only strings in its rows, under lower-case names', async () => {
    const answer = await server.balance('mock', token);
    for (const row of [...rowsOf(answer), ...rowsOf(answer, 'output2')]) {
      expect(Object.values(row).every((value) => typeof value === 'string')).toBe(true);
      expect(Object.keys(row).every((name) => name === name.toLowerCase())).toBe(true);
    }
  });

  it('keeps a record of requests with headers in the case and order they came', async () => {
    await rawAnswer(server.simulator.mockUrl ?? '', ['GET /uapi/x?CANO=1 HTTP/1.1', 'Tr_Id: ABC', 'x: y']);
    expect(server.simulator.requests.all.at(-1)).toMatchObject({
      at: server.now,
      host: 'mock',
      method: 'GET',
      path: '/uapi/x',
      query: { CANO: '1' },
      headers: [
        ['Tr_Id', 'ABC'],
        ['x', 'y'],
        ['Host', 'kis'],
        ['Connection', 'close'],
      ],
      trId: 'ABC',
      status: 404,
      code: 'EGW00202',
    });
    expect(server.simulator.requests.to('/oauth2/tokenP')).toHaveLength(1);
    expect(server.simulator.requests.withTrId('ABC')).toHaveLength(1);
  });
});

import { TestSimulator, credentials } from '../../test/support/simulator/test-simulator';

describe('POST /uapi/hashkey', () => {
  let server: TestSimulator;
  beforeEach(async () => {
    server = await TestSimulator.open();
  });
  afterEach(() => server.close());

  it('hashes an order against key and secret, without a token', async () => {
    const headers = credentials(server.demo('mock'), '');
    const asked = { method: 'POST', headers, body: { CANO: '50112345', ORD_QTY: '1' } };
    const { status, json } = await server.ask('mock', '/uapi/hashkey', asked);
    expect(status).toBe(200);
    expect(json).toEqual({
      BODY: { CANO: '50112345', ORD_QTY: '1' },
      HASH: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const wrong = { ...asked, headers: { ...headers, appsecret: 'x' } };
    expect((await server.ask('mock', '/uapi/hashkey', wrong)).json['msg_cd']).toBe('EGW00304');
  });
});

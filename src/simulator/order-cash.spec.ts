import { OrderFixture } from '../../test/support/simulator/order-fixture';
import { objectOf, strangerKeys } from '../../test/support/simulator/test-simulator';

let fixture: OrderFixture;
beforeEach(async () => {
  fixture = await OrderFixture.open();
});
afterEach(() => fixture.server.close());

describe('an order', () => {
  it.each([
    ['real', 'TTTC0802U', 'buy', 'APBK0013', '주문 전송 완료 되었습니다.'],
    ['real', 'TTTC0011U', 'sell', 'APBK0013', '주문 전송 완료 되었습니다.'],
    ['mock', 'VTTC0012U', 'buy', '40600000', '모의투자 매수주문이 완료 되었습니다.'],
    ['mock', 'VTTC0801U', 'sell', '40590000', '모의투자 매도주문이 완료 되었습니다.'],
  ] as const)(
    'is accepted at the %s host as %s and in the book to %s',
    async (host, trId, side, code, words) => {
      const fields = { PDNO: '005930', ORD_DVSN: '00', ORD_QTY: '1', ORD_UNPR: '98000' };
      const path = '/uapi/domestic-stock/v1/trading/order-cash';
      const id = host === 'mock' ? `T${trId.slice(1)}` : trId;
      const { json, status } = await fixture.post(host, path, id, fields);
      expect(status).toBe(200);
      expect(json).toMatchObject({
        output: { KRX_FWDG_ORD_ORGNO: expect.any(String), ODNO: '0000000001', ORD_TMD: '100000' },
        rt_cd: '0',
        msg_cd: code,
      });
      expect(String(json['msg1']).trimEnd()).toBe(words);
      expect(fixture.server.simulator.orders).toMatchObject([
        {
          at: fixture.server.now,
          host,
          trId,
          side,
          action: 'new',
          accountNumber: fixture.server.demo(host).accountNumber,
          symbol: '005930',
          exchange: 'KRX',
          type: '00',
          quantity: '1',
          price: '98000',
          orderNumber: '0000000001',
          originalNumber: '',
        },
      ]);
    },
  );

  it('has a number that counts up in its branch and its day', async () => {
    const numbers = [await fixture.placed('real', 'buy'), await fixture.placed('real', 'buy')];
    expect(numbers).toEqual(['0000000001', '0000000002']);
    expect(await fixture.placed('mock', 'buy')).toBe('0000000001');
    fixture.server.pass(86_400);
    expect(await fixture.placed('real', 'buy', { ORD_UNPR: '94000' })).toBe('0000000001');
  });

  it('of another account comes from another branch', async () => {
    const { server } = fixture;
    const keys = strangerKeys('branch');
    const token = await server.token('real', keys);
    const heard = await server.ask('real', '/uapi/domestic-stock/v1/trading/order-cash', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        appkey: keys.appKey,
        appsecret: keys.appSecret,
        tr_id: 'TTTC0012U',
      },
      body: {
        CANO: '50999999',
        ACNT_PRDT_CD: '01',
        PDNO: '005930',
        ORD_DVSN: '00',
        ORD_QTY: '1',
        ORD_UNPR: '98000',
      },
    });
    const own = objectOf(await fixture.order('real', 'buy'), 'output');
    expect(objectOf(heard, 'output')).toMatchObject({ ODNO: own['ODNO'] });
    expect(objectOf(heard, 'output')['KRX_FWDG_ORD_ORGNO']).not.toBe(own['KRX_FWDG_ORD_ORGNO']);
  });

  it('sent by SOR is answered with an empty number of its own', async () => {
    expect(objectOf(await fixture.order('real', 'buy', { EXCG_ID_DVSN_CD: 'SOR' }), 'output')).toMatchObject({
      SOR_ODNO: '',
    });
  });

  it('that the gateway refuses is not in the book', async () => {
    const { server } = fixture;
    await server.inquire('mock', '/uapi/domestic-stock/v1/trading/order-cash', 'VTTC0802U', 'unknown', {
      method: 'POST',
      body: {},
    });
    expect(server.simulator.orders).toEqual([]);
  });
});

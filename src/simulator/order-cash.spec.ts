import { type KisHost } from './message';
import { Bench } from './spec-support';

const ORDER = '/uapi/domestic-stock/v1/trading/order-cash';

let bench: Bench;
let tokens: Record<KisHost, string>;
beforeEach(async () => {
  bench = await Bench.open();
  tokens = await bench.tokens();
});
afterEach(() => bench.close());

describe('an order', () => {
  const order = (host: KisHost, trId: string) => {
    const body = {
      CANO: bench.demo(host).accountNumber,
      ACNT_PRDT_CD: '01',
      PDNO: '005930',
      ORD_DVSN: '00',
      ORD_QTY: '1',
      ORD_UNPR: '68000',
    };
    return bench.inquire(host, ORDER, trId, tokens[host], { method: 'POST', body });
  };

  it.each([
    ['real', 'TTTC0802U', 'buy', 'APBK0013'],
    ['real', 'TTTC0011U', 'sell', 'APBK0013'],
    ['mock', 'VTTC0012U', 'buy', '40600000'],
    ['mock', 'VTTC0801U', 'sell', '40590000'],
  ] as const)('is accepted at the %s host as %s and counted as one to %s', async (host, trId, side, code) => {
    const { json } = await order(host, trId);
    expect(json).toMatchObject({
      output: { KRX_FWDG_ORD_ORGNO: expect.any(String), ODNO: '0000000001', ORD_TMD: '100000' },
      rt_cd: '0',
      msg_cd: code,
    });
    expect(bench.simulator.orders).toEqual([
      {
        at: bench.now,
        host,
        trId,
        side,
        accountNumber: bench.demo(host).accountNumber,
        symbol: '005930',
        quantity: '1',
        price: '68000',
        orderNumber: '0000000001',
      },
    ]);
  });

  it('that is refused is not counted', async () => {
    await bench.inquire('mock', ORDER, 'VTTC0802U', 'unknown', {
      method: 'POST',
      body: {},
    });
    expect(bench.simulator.orders).toEqual([]);
  });
});

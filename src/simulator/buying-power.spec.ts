import { TestSimulator, objectOf } from '../../test/support/simulator/test-simulator';

let server: TestSimulator;
let token: string;
beforeEach(async () => {
  server = await TestSimulator.open();
  token = await server.token('mock');
});
afterEach(() => server.close());

describe('the buying power', () => {
  const buyingPower = (query: Record<string, string>) =>
    server.inquire('mock', '/uapi/domestic-stock/v1/trading/inquire-psbl-order', 'VTTC8908R', token, {
      query: {
        PDNO: '',
        ORD_UNPR: '',
        ORD_DVSN: '00',
        CMA_EVLU_AMT_ICLD_YN: 'N',
        OVRS_ICLD_YN: 'N',
        ...query,
      },
    });
  const outputOf = async (query: Record<string, string>) => objectOf(await buyingPower(query), 'output');

  it('is amounts only without a stock', async () => {
    const { json } = await buyingPower({});
    expect(Object.keys(json)).toEqual(['output', 'rt_cd', 'msg_cd', 'msg1']);
    expect(json['output']).toMatchObject({
      ord_psbl_cash: '49750000',
      nrcvb_buy_amt: '49992900',
      max_buy_amt: '49992900',
      psbl_qty_calc_unpr: '0',
      nrcvb_buy_qty: '0',
      max_buy_qty: '0',
    });
  });

  it('is shares at the asked price', async () => {
    expect(await outputOf({ PDNO: '005930', ORD_UNPR: '68100' })).toMatchObject({
      psbl_qty_calc_unpr: '68100',
      nrcvb_buy_qty: String(Math.floor(49_992_900 / 68_100)),
      max_buy_qty: String(Math.floor(49_992_900 / 68_100)),
    });
  });

  it('reckons a market order with the highest price of the day and the margin rate', async () => {
    const output = await outputOf({ PDNO: '005930', ORD_DVSN: '01' });
    expect(Number(output['psbl_qty_calc_unpr'])).toBeGreaterThan(120_000);
    expect(output['max_buy_amt']).toBe('250000000');
  });

  it('is refused by the service for an unknown stock', async () => {
    expect(await buyingPower({ PDNO: '999999' })).toMatchObject({
      status: 200,
      json: { rt_cd: '7', msg_cd: 'APBK0656' },
    });
  });
});

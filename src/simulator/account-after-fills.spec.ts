import { OrderFixture } from '../../test/support/simulator/order-fixture';
import { objectOf, rowsOf, summaryOf } from '../../test/support/simulator/test-simulator';

const PRICE = 98_000;
const AT_MARKET = { ORD_DVSN: '01', ORD_UNPR: '0' };

let fixture: OrderFixture;
beforeEach(async () => {
  fixture = await OrderFixture.open();
  await fixture.price('005930', PRICE);
});
afterEach(() => fixture.server.close());

describe('the account', () => {
  it('gets the shares and owes the money of a purchase', async () => {
    const before = summaryOf(await fixture.balance('real'));
    await fixture.placed('real', 'buy', { ...AT_MARKET, ORD_QTY: '10' });
    const heard = await fixture.balance('real');
    const [samsung] = rowsOf(heard);
    expect(samsung).toMatchObject({ pdno: '005930', hldg_qty: '20', thdt_buyqty: '10', ord_psbl_qty: '20' });
    const after = summaryOf(heard);
    const spent = Number(after['thdt_buy_amt']);
    expect(spent).toBeGreaterThanOrEqual(10 * PRICE);
    expect(after['dnca_tot_amt']).toBe(before['dnca_tot_amt']);
    expect(Number(after['prvs_rcdl_excc_amt'])).toBe(
      Number(before['prvs_rcdl_excc_amt']) - spent - Number(after['thdt_tlex_amt']),
    );
  });

  it('keeps a row of what was sold out, and money comes two days later', async () => {
    await fixture.placed('real', 'sell', { ...AT_MARKET, ORD_QTY: '10' });
    const row = rowsOf(await fixture.balance('real')).find(({ pdno }) => pdno === '005930');
    expect(row).toMatchObject({ hldg_qty: '0', thdt_sll_qty: '10', evlu_amt: '0' });
    const sold = Number(summaryOf(await fixture.balance('real'))['thdt_sll_amt']);
    const deposits = async () => {
      const sums = summaryOf(await fixture.balance('real'));
      return [sums['dnca_tot_amt'], sums['nxdy_excc_amt'], sums['prvs_rcdl_excc_amt']].map(
        (amount) => Number(amount) > 50_000_000,
      );
    };
    expect(sold).toBeGreaterThan(0);
    expect(await deposits()).toEqual([false, false, true]);
    fixture.server.pass(86_400 - 60);
    expect(await deposits()).toEqual([false, true, true]);
  });

  it('cannot sell or spend twice what an open order holds', async () => {
    await fixture.placed('real', 'sell', { ORD_QTY: '8', ORD_UNPR: '120000' });
    const sellable = await fixture.get(
      'real',
      '/uapi/domestic-stock/v1/trading/inquire-psbl-sell',
      'TTTC8408R',
      {},
      {
        PDNO: '005930',
      },
    );
    expect(objectOf(sellable, 'output1')).toMatchObject({ cblc_qty: '10', ord_psbl_qty: '2' });
    expect((await fixture.order('real', 'sell', { ORD_QTY: '3' })).json['msg_cd']).toBe('APBK0400');
    await fixture.placed('real', 'buy', { ORD_QTY: '400', ORD_UNPR: '90000' });
    const power = await fixture.get(
      'real',
      '/uapi/domestic-stock/v1/trading/inquire-psbl-order',
      'TTTC8908R',
      {},
      {
        PDNO: '005930',
        ORD_UNPR: '98000',
        ORD_DVSN: '00',
        CMA_EVLU_AMT_ICLD_YN: 'N',
        OVRS_ICLD_YN: 'N',
      },
    );
    expect(Number(objectOf(power, 'output')['nrcvb_buy_amt'])).toBeLessThan(14_000_000);
    expect((await fixture.order('real', 'buy', { ORD_QTY: '150' })).json['msg_cd']).toBe('APBK0952');
  });

  it('can spend no more on a market order than at the upper limit', async () => {
    expect((await fixture.order('real', 'buy', { ...AT_MARKET, ORD_QTY: '450' })).json['msg_cd']).toBe(
      'APBK0952',
    );
    expect((await fixture.order('real', 'buy', { ORD_QTY: '450', ORD_UNPR: '98000' })).json['rt_cd']).toBe(
      '0',
    );
  });
});

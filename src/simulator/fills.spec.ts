import { OrderFixture } from '../../test/support/simulator/order-fixture';
import { objectOf, rowsOf } from '../../test/support/simulator/test-simulator';

const PRICE = 98_000;
const AT_MARKET = { ORD_DVSN: '01', ORD_UNPR: '0' };

let fixture: OrderFixture;
beforeEach(async () => {
  fixture = await OrderFixture.open();
  await fixture.price('005930', PRICE);
});
afterEach(() => fixture.server.close());

/** Filled, remaining and cancelled shares of an order. */
async function stateOf(number: string): Promise<number[]> {
  const row = await fixture.row('real', number);
  return ['tot_ccld_qty', 'rmn_qty', 'cncl_cfrm_qty'].map((name) => Number(row[name]));
}

describe('a limit order', () => {
  it('through the book is filled at once', async () => {
    const number = await fixture.placed('real', 'buy', { ORD_QTY: '10', ORD_UNPR: '98300' });
    expect(await stateOf(number)).toEqual([10, 0, 0]);
    expect(Number((await fixture.row('real', number))['avg_prvs'])).toBeLessThanOrEqual(98_300);
  });

  it('below the book waits until the market comes to it', async () => {
    const number = await fixture.placed('real', 'buy', { ORD_QTY: '10', ORD_UNPR: '97000' });
    expect(await stateOf(number)).toEqual([0, 10, 0]);
    fixture.server.pass(60);
    expect(await stateOf(number)).toEqual([0, 10, 0]);
    await fixture.price('005930', 96_900);
    fixture.server.pass(6);
    expect(await stateOf(number)).toEqual([10, 0, 0]);
  });

  it('is filled step by step when so set', async () => {
    fixture.server.simulator.update({ largestFill: 4 });
    const number = await fixture.placed('real', 'buy', { ORD_QTY: '10', ORD_UNPR: '98300' });
    const states = [await stateOf(number)];
    for (let turn = 0; turn < 2; turn += 1) {
      fixture.server.pass(3);
      states.push(await stateOf(number));
    }
    expect(states).toEqual([
      [4, 6, 0],
      [8, 2, 0],
      [10, 0, 0],
    ]);
  });

  it('takes no share that another order has taken from the same book', async () => {
    const big = { ORD_QTY: '100', ORD_UNPR: '98000' };
    const [one, other] = [await fixture.placed('real', 'buy', big), await fixture.placed('real', 'buy', big)];
    const [first, second] = [await stateOf(one), await stateOf(other)];
    expect(first[0]).toBeGreaterThan(0);
    const third = await fixture.placed('real', 'buy', big);
    const taken = (first[0] ?? 0) + (second[0] ?? 0) + ((await stateOf(third))[0] ?? 0);
    await fixture.reset();
    const all = await fixture.placed('real', 'buy', { ...big, ORD_QTY: '300' });
    expect((await stateOf(all))[0]).toBe(taken);
    expect(taken).toBeLessThan(300);
  });

  it('is void at the end of its session', async () => {
    const number = await fixture.placed('real', 'buy', { ORD_UNPR: '97000' });
    fixture.at('15:31');
    expect(rowsOf(await fixture.open(), 'output')).toEqual([]);
    expect(await stateOf(number)).toEqual([0, 1, 0]);
    fixture.server.simulator.update({ expiredRemainder: 'cancelled' });
    expect(await stateOf(number)).toEqual([0, 0, 1]);
  });

  it('beyond the limits of the day is rejected by the exchange, after KIS has accepted it', async () => {
    const number = await fixture.placed('real', 'sell', { ORD_UNPR: '150000' });
    expect(await fixture.row('real', number)).toMatchObject({ rjct_qty: '1', rmn_qty: '0' });
  });
});

describe('other types', () => {
  it('at the market price take what the book has', async () => {
    expect(await stateOf(await fixture.placed('real', 'buy', { ...AT_MARKET, ORD_QTY: '20' }))).toEqual([
      20, 0, 0,
    ]);
  });

  it('IOC cancel the rest, FOK all of it', async () => {
    const far = { ORD_UNPR: '97000', ORD_QTY: '5' };
    expect(await stateOf(await fixture.placed('real', 'buy', { ...far, ORD_DVSN: '11' }))).toEqual([0, 0, 5]);
    const huge = { ORD_UNPR: '98100', ORD_QTY: '300' };
    const [filled = 0, left, cancelled = 0] = await stateOf(
      await fixture.placed('real', 'buy', { ...huge, ORD_UNPR: '98000', ORD_DVSN: '11', ORD_QTY: '400' }),
    );
    expect([filled + cancelled, left]).toEqual([400, 0]);
    fixture.server.simulator.update({ fillShare: 0.001 });
    expect(
      await stateOf(await fixture.placed('real', 'buy', { ...AT_MARKET, ORD_DVSN: '14', ORD_QTY: '99' })),
    ).toEqual([0, 0, 99]);
  });

  it('at the best price of either side are bound to it', async () => {
    const opposite = await fixture.placed('real', 'buy', { ORD_DVSN: '03', ORD_UNPR: '0' });
    expect(await stateOf(opposite)).toEqual([1, 0, 0]);
    const own = await fixture.placed('real', 'buy', { ORD_DVSN: '04', ORD_UNPR: '0' });
    expect(await stateOf(own)).toEqual([0, 1, 0]);
    await fixture.price('005930', 97_500);
    fixture.server.pass(3);
    expect(await stateOf(own)).toEqual([1, 0, 0]);
  });

  it('in the middle are filled between bid and ask', async () => {
    const number = await fixture.placed('real', 'buy', { ORD_DVSN: '21', ORD_UNPR: '0' });
    expect(await fixture.row('real', number)).toMatchObject({
      tot_ccld_qty: '1',
      avg_prvs: expect.stringMatching(/50$/),
    });
  });

  it('with a stop sleep until its price is reached', async () => {
    const stop = { ORD_DVSN: '22', ORD_UNPR: '99000', CNDT_PRIC: '98500' };
    const number = await fixture.placed('real', 'buy', stop);
    fixture.server.pass(30);
    expect(await stateOf(number)).toEqual([0, 1, 0]);
    expect(rowsOf(await fixture.open(), 'output')[0]).toMatchObject({
      stpm_cndt_pric: '98500',
      stpm_efct_occr_yn: 'N',
    });
    await fixture.price('005930', 98_600);
    fixture.server.pass(3);
    expect(await stateOf(number)).toEqual([1, 0, 0]);
  });

  it('before the open are filled in its auction, or at the close before', async () => {
    await fixture.price('005930', null);
    fixture.at('08:35');
    const auction = await fixture.placed('real', 'buy', AT_MARKET);
    const early = await fixture.placed('real', 'buy', { ORD_DVSN: '05', ORD_UNPR: '0' });
    expect(await stateOf(auction)).toEqual([0, 1, 0]);
    expect(await stateOf(early)).toEqual([1, 0, 0]);
    fixture.at('09:00:01');
    expect(await stateOf(auction)).toEqual([1, 0, 0]);
    const chart = await fixture.get(
      'real',
      '/uapi/domestic-stock/v1/quotations/inquire-price',
      'FHKST01010100',
      {},
      {
        FID_COND_MRKT_DIV_CODE: 'J',
        FID_INPUT_ISCD: '005930',
      },
    );
    expect((await fixture.row('real', auction))['avg_prvs']).toBe(objectOf(chart, 'output')['stck_oprc']);
  });

  it('in the closing auction and at the close are filled at the close', async () => {
    fixture.at('15:25');
    const auction = await fixture.placed('real', 'sell', AT_MARKET);
    expect(await stateOf(auction)).toEqual([0, 1, 0]);
    fixture.at('15:35');
    expect(await stateOf(auction)).toEqual([1, 0, 0]);
    const late = await fixture.placed('real', 'sell', { ORD_DVSN: '06', ORD_UNPR: '0' });
    expect(await stateOf(late)).toEqual([0, 1, 0]);
    fixture.at('15:41');
    expect(await stateOf(late)).toEqual([1, 0, 0]);
  });

  it('with a condition become market orders in the closing auction', async () => {
    const number = await fixture.placed('real', 'buy', { ORD_DVSN: '02', ORD_UNPR: '97000' });
    fixture.at('15:29');
    expect(await stateOf(number)).toEqual([0, 1, 0]);
    fixture.at('15:31');
    expect(await stateOf(number)).toEqual([1, 0, 0]);
  });

  it('of the pre-market end with it, those of the after-market in the evening', async () => {
    fixture.at('08:15');
    const gtp = await fixture.placed('real', 'buy', {
      ORD_DVSN: '27',
      ORD_UNPR: '95000',
      EXCG_ID_DVSN_CD: 'NXT',
    });
    fixture.at('08:51');
    expect(rowsOf(await fixture.open(), 'output').map((row) => row['odno'])).not.toContain(gtp);
    fixture.at('17:00');
    const evening = await fixture.placed('real', 'buy', { ORD_DVSN: '41', ORD_UNPR: '95000' });
    fixture.at('19:59');
    expect(rowsOf(await fixture.open(), 'output').map((row) => row['odno'])).toEqual([evening]);
    fixture.at('20:01');
    expect(rowsOf(await fixture.open(), 'output')).toEqual([]);
  });
});

describe('fills by setting', () => {
  it('are whole as soon as the price is right', async () => {
    fixture.server.simulator.update({ fills: 'instant' });
    expect(await stateOf(await fixture.placed('real', 'buy', { ORD_QTY: '400', ORD_UNPR: '98100' }))).toEqual(
      [400, 0, 0],
    );
  });

  it('come only from the control', async () => {
    fixture.server.simulator.update({ fills: 'manual' });
    const orderNumber = await fixture.placed('real', 'buy', { ORD_QTY: '10', ORD_UNPR: '98300' });
    fixture.server.pass(60);
    expect(await stateOf(orderNumber)).toEqual([0, 10, 0]);
    const fill = (body: object) => fixture.server.ask('real', '/__sim/orders/fill', { method: 'POST', body });
    expect((await fill({ orderNumber, quantity: 3, price: 97_900 })).json).toEqual({
      orderNumber,
      filled: 3,
      remaining: 7,
    });
    expect((await fill({ orderNumber: '1' })).json).toMatchObject({ filled: 10, remaining: 0 });
    expect(await fill({ orderNumber })).toMatchObject({ status: 400 });
    expect(await fill({ orderNumber: '77' })).toMatchObject({ status: 400 });
    expect(await fill({})).toMatchObject({ status: 400 });
    expect(Number((await fixture.row('real', orderNumber))['tot_ccld_amt'])).toBe(3 * 97_900 + 7 * 98_300);
  });

  it('end where the exchange rejects an order', async () => {
    fixture.server.simulator.update({ fills: 'manual' });
    const orderNumber = await fixture.placed('real', 'buy');
    const body = { orderNumber };
    const reject = () => fixture.server.ask('real', '/__sim/orders/reject', { method: 'POST', body });
    expect((await reject()).json).toEqual({ orderNumber, rejected: 1 });
    expect((await reject()).status).toBe(400);
    expect(await fixture.row('real', orderNumber)).toMatchObject({ rjct_qty: '1', rmn_qty: '0' });
  });
});

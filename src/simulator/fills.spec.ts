import { OrderScene } from '../../test/support/simulator/order-scene';
import { objectOf, rowsOf } from '../../test/support/simulator/bench';

const PRICE = 98_000;
const AT_MARKET = { ORD_DVSN: '01', ORD_UNPR: '0' };

let scene: OrderScene;
beforeEach(async () => {
  scene = await OrderScene.open();
  await scene.price('005930', PRICE);
});
afterEach(() => scene.bench.close());

/** Filled, remaining and cancelled shares of an order. */
async function stateOf(number: string): Promise<number[]> {
  const row = await scene.row('real', number);
  return ['tot_ccld_qty', 'rmn_qty', 'cncl_cfrm_qty'].map((name) => Number(row[name]));
}

describe('a limit order', () => {
  it('through the book is filled at once', async () => {
    const number = await scene.placed('real', 'buy', { ORD_QTY: '10', ORD_UNPR: '98300' });
    expect(await stateOf(number)).toEqual([10, 0, 0]);
    expect(Number((await scene.row('real', number))['avg_prvs'])).toBeLessThanOrEqual(98_300);
  });

  it('below the book waits until the market comes to it', async () => {
    const number = await scene.placed('real', 'buy', { ORD_QTY: '10', ORD_UNPR: '97000' });
    expect(await stateOf(number)).toEqual([0, 10, 0]);
    scene.bench.pass(60);
    expect(await stateOf(number)).toEqual([0, 10, 0]);
    await scene.price('005930', 96_900);
    scene.bench.pass(6);
    expect(await stateOf(number)).toEqual([10, 0, 0]);
  });

  it('is filled step by step when so set', async () => {
    scene.bench.simulator.update({ largestFill: 4 });
    const number = await scene.placed('real', 'buy', { ORD_QTY: '10', ORD_UNPR: '98300' });
    const states = [await stateOf(number)];
    for (let turn = 0; turn < 2; turn += 1) {
      scene.bench.pass(3);
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
    const [one, other] = [await scene.placed('real', 'buy', big), await scene.placed('real', 'buy', big)];
    const [first, second] = [await stateOf(one), await stateOf(other)];
    expect(first[0]).toBeGreaterThan(0);
    const third = await scene.placed('real', 'buy', big);
    const taken = (first[0] ?? 0) + (second[0] ?? 0) + ((await stateOf(third))[0] ?? 0);
    await scene.reset();
    const all = await scene.placed('real', 'buy', { ...big, ORD_QTY: '300' });
    expect((await stateOf(all))[0]).toBe(taken);
    expect(taken).toBeLessThan(300);
  });

  it('is void at the end of its session', async () => {
    const number = await scene.placed('real', 'buy', { ORD_UNPR: '97000' });
    scene.at('15:31');
    expect(rowsOf(await scene.open(), 'output')).toEqual([]);
    expect(await stateOf(number)).toEqual([0, 1, 0]);
    scene.bench.simulator.update({ expiredRemainder: 'cancelled' });
    expect(await stateOf(number)).toEqual([0, 0, 1]);
  });

  it('beyond the limits of the day is rejected by the exchange, after KIS has accepted it', async () => {
    const number = await scene.placed('real', 'sell', { ORD_UNPR: '150000' });
    expect(await scene.row('real', number)).toMatchObject({ rjct_qty: '1', rmn_qty: '0' });
  });
});

describe('other types', () => {
  it('at the market price take what the book has', async () => {
    expect(await stateOf(await scene.placed('real', 'buy', { ...AT_MARKET, ORD_QTY: '20' }))).toEqual([
      20, 0, 0,
    ]);
  });

  it('IOC cancel the rest, FOK all of it', async () => {
    const far = { ORD_UNPR: '97000', ORD_QTY: '5' };
    expect(await stateOf(await scene.placed('real', 'buy', { ...far, ORD_DVSN: '11' }))).toEqual([0, 0, 5]);
    const huge = { ORD_UNPR: '98100', ORD_QTY: '300' };
    const [filled = 0, left, cancelled = 0] = await stateOf(
      await scene.placed('real', 'buy', { ...huge, ORD_UNPR: '98000', ORD_DVSN: '11', ORD_QTY: '400' }),
    );
    expect([filled + cancelled, left]).toEqual([400, 0]);
    scene.bench.simulator.update({ fillShare: 0.001 });
    expect(
      await stateOf(await scene.placed('real', 'buy', { ...AT_MARKET, ORD_DVSN: '14', ORD_QTY: '99' })),
    ).toEqual([0, 0, 99]);
  });

  it('at the best price of either side are bound to it', async () => {
    const opposite = await scene.placed('real', 'buy', { ORD_DVSN: '03', ORD_UNPR: '0' });
    expect(await stateOf(opposite)).toEqual([1, 0, 0]);
    const own = await scene.placed('real', 'buy', { ORD_DVSN: '04', ORD_UNPR: '0' });
    expect(await stateOf(own)).toEqual([0, 1, 0]);
    await scene.price('005930', 97_500);
    scene.bench.pass(3);
    expect(await stateOf(own)).toEqual([1, 0, 0]);
  });

  it('in the middle are filled between bid and ask', async () => {
    const number = await scene.placed('real', 'buy', { ORD_DVSN: '21', ORD_UNPR: '0' });
    expect(await scene.row('real', number)).toMatchObject({
      tot_ccld_qty: '1',
      avg_prvs: expect.stringMatching(/50$/),
    });
  });

  it('with a stop sleep until its price is reached', async () => {
    const stop = { ORD_DVSN: '22', ORD_UNPR: '99000', CNDT_PRIC: '98500' };
    const number = await scene.placed('real', 'buy', stop);
    scene.bench.pass(30);
    expect(await stateOf(number)).toEqual([0, 1, 0]);
    expect(rowsOf(await scene.open(), 'output')[0]).toMatchObject({
      stpm_cndt_pric: '98500',
      stpm_efct_occr_yn: 'N',
    });
    await scene.price('005930', 98_600);
    scene.bench.pass(3);
    expect(await stateOf(number)).toEqual([1, 0, 0]);
  });

  it('before the open are filled in its auction, or at the close before', async () => {
    await scene.price('005930', null);
    scene.at('08:35');
    const auction = await scene.placed('real', 'buy', AT_MARKET);
    const early = await scene.placed('real', 'buy', { ORD_DVSN: '05', ORD_UNPR: '0' });
    expect(await stateOf(auction)).toEqual([0, 1, 0]);
    expect(await stateOf(early)).toEqual([1, 0, 0]);
    scene.at('09:00:01');
    expect(await stateOf(auction)).toEqual([1, 0, 0]);
    const chart = await scene.get(
      'real',
      '/uapi/domestic-stock/v1/quotations/inquire-price',
      'FHKST01010100',
      {},
      {
        FID_COND_MRKT_DIV_CODE: 'J',
        FID_INPUT_ISCD: '005930',
      },
    );
    expect((await scene.row('real', auction))['avg_prvs']).toBe(objectOf(chart, 'output')['stck_oprc']);
  });

  it('in the closing auction and at the close are filled at the close', async () => {
    scene.at('15:25');
    const auction = await scene.placed('real', 'sell', AT_MARKET);
    expect(await stateOf(auction)).toEqual([0, 1, 0]);
    scene.at('15:35');
    expect(await stateOf(auction)).toEqual([1, 0, 0]);
    const late = await scene.placed('real', 'sell', { ORD_DVSN: '06', ORD_UNPR: '0' });
    expect(await stateOf(late)).toEqual([0, 1, 0]);
    scene.at('15:41');
    expect(await stateOf(late)).toEqual([1, 0, 0]);
  });

  it('with a condition become market orders in the closing auction', async () => {
    const number = await scene.placed('real', 'buy', { ORD_DVSN: '02', ORD_UNPR: '97000' });
    scene.at('15:29');
    expect(await stateOf(number)).toEqual([0, 1, 0]);
    scene.at('15:31');
    expect(await stateOf(number)).toEqual([1, 0, 0]);
  });

  it('of the pre-market end with it, those of the after-market in the evening', async () => {
    scene.at('08:15');
    const gtp = await scene.placed('real', 'buy', {
      ORD_DVSN: '27',
      ORD_UNPR: '95000',
      EXCG_ID_DVSN_CD: 'NXT',
    });
    scene.at('08:51');
    expect(rowsOf(await scene.open(), 'output').map((row) => row['odno'])).not.toContain(gtp);
    scene.at('17:00');
    const evening = await scene.placed('real', 'buy', { ORD_DVSN: '41', ORD_UNPR: '95000' });
    scene.at('19:59');
    expect(rowsOf(await scene.open(), 'output').map((row) => row['odno'])).toEqual([evening]);
    scene.at('20:01');
    expect(rowsOf(await scene.open(), 'output')).toEqual([]);
  });
});

describe('fills by setting', () => {
  it('are whole as soon as the price is right', async () => {
    scene.bench.simulator.update({ fills: 'instant' });
    expect(await stateOf(await scene.placed('real', 'buy', { ORD_QTY: '400', ORD_UNPR: '98100' }))).toEqual([
      400, 0, 0,
    ]);
  });

  it('come only from the control', async () => {
    scene.bench.simulator.update({ fills: 'manual' });
    const orderNumber = await scene.placed('real', 'buy', { ORD_QTY: '10', ORD_UNPR: '98300' });
    scene.bench.pass(60);
    expect(await stateOf(orderNumber)).toEqual([0, 10, 0]);
    const fill = (body: object) => scene.bench.ask('real', '/__sim/orders/fill', { method: 'POST', body });
    expect((await fill({ orderNumber, quantity: 3, price: 97_900 })).json).toEqual({
      orderNumber,
      filled: 3,
      remaining: 7,
    });
    expect((await fill({ orderNumber: '1' })).json).toMatchObject({ filled: 10, remaining: 0 });
    expect(await fill({ orderNumber })).toMatchObject({ status: 400 });
    expect(await fill({ orderNumber: '77' })).toMatchObject({ status: 400 });
    expect(await fill({})).toMatchObject({ status: 400 });
    expect(Number((await scene.row('real', orderNumber))['tot_ccld_amt'])).toBe(3 * 97_900 + 7 * 98_300);
  });

  it('end where the exchange rejects an order', async () => {
    scene.bench.simulator.update({ fills: 'manual' });
    const orderNumber = await scene.placed('real', 'buy');
    const body = { orderNumber };
    const reject = () => scene.bench.ask('real', '/__sim/orders/reject', { method: 'POST', body });
    expect((await reject()).json).toEqual({ orderNumber, rejected: 1 });
    expect((await reject()).status).toBe(400);
    expect(await scene.row('real', orderNumber)).toMatchObject({ rjct_qty: '1', rmn_qty: '0' });
  });
});

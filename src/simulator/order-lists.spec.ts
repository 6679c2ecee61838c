import { type KisHost } from './message';
import { OrderFixture, TODAY } from '../../test/support/simulator/order-fixture';
import { type Heard, rowsOf, objectOf } from '../../test/support/simulator/test-simulator';

let fixture: OrderFixture;
beforeEach(async () => {
  fixture = await OrderFixture.open();
  await fixture.price('005930', 98_000);
});
afterEach(() => fixture.server.close());

const numbers = (heard: Heard, output = 'output1') => rowsOf(heard, output).map((row) => row['odno']);

async function three(host: KisHost): Promise<string[]> {
  return [
    await fixture.placed(host, 'buy', { ORD_UNPR: '98300' }),
    await fixture.placed(host, 'buy', { ORD_UNPR: '97000' }),
    await fixture.placed(host, 'sell', { ORD_UNPR: '99000' }),
  ];
}

describe('the orders of a day', () => {
  it('are listed newest first, with sums and the names seen live', async () => {
    const [filled = '', buy, sell] = await three('real');
    const heard = await fixture.daily('real');
    expect(numbers(heard)).toEqual([sell, buy, filled]);
    expect(heard.json['msg_cd']).toBe('KIOK0460');
    expect(String(heard.json['ctx_area_fk100'])).toMatch(/^50012345!\^01!\^20261123!\^20261123!\^/);
    expect(await fixture.row('real', filled)).toMatchObject({
      ord_dt: TODAY,
      ord_gno_brno: '91252',
      orgn_odno: '',
      ord_dvsn_name: '지정가',
      sll_buy_dvsn_cd: '02',
      sll_buy_dvsn_cd_name: '현금매수',
      pdno: '005930',
      prdt_name: '삼성전자',
      ord_tmd: '100000',
      tot_ccld_qty: '1',
      ordr_empno: 'OpnAPI',
      cncl_cfrm_qty: '0',
      excg_id_dvsn_cd: 'KRX',
    });
    const sums = objectOf(heard, 'output2');
    expect(sums).toMatchObject({ tot_ord_qty: '3', tot_ccld_qty: '1' });
    expect(sums['tot_ccld_amt']).toBe((await fixture.row('real', filled))['tot_ccld_amt']);
  });

  it('can be asked for in part', async () => {
    const [filled, buy, sell] = await three('real');
    const asked = async (query: Record<string, string>) => numbers(await fixture.daily('real', query));
    expect(await asked({ INQR_DVSN: '01' })).toEqual([filled, buy, sell]);
    expect(await asked({ SLL_BUY_DVSN_CD: '01' })).toEqual([sell]);
    expect(await asked({ CCLD_DVSN: '01' })).toEqual([filled]);
    expect(await asked({ CCLD_DVSN: '02' })).toEqual([sell, buy]);
    expect(await asked({ ODNO: '2' })).toEqual([buy]);
    expect(await asked({ PDNO: '000660' })).toEqual([]);
    expect(await asked({ EXCG_ID_DVSN_CD: 'NXT' })).toEqual([]);
    expect(await asked({ INQR_STRT_DT: '20261124', INQR_END_DT: '20261124' })).toEqual([]);
  });

  it('insist on two digits at the mock host only', async () => {
    await three('mock');
    expect((await fixture.daily('mock', { CCLD_DVSN: '0' })).json['msg_cd']).toBe('OPSQ2001');
    expect((await fixture.daily('real', { CCLD_DVSN: '0' })).json['rt_cd']).toBe('0');
    expect((await fixture.daily('mock')).json['msg_cd']).toBe('20310000');
  });

  it.each([
    ['real', 100],
    ['mock', 15],
  ] as const)('come in pages at the %s host', async (host, size) => {
    fixture.server.simulator.update({ fills: 'manual' });
    for (let count = 0; count < size + 2; count += 1) await fixture.placed(host, 'buy');
    const first = await fixture.daily(host);
    expect([rowsOf(first).length, first.headers.get('tr_cont')]).toEqual([size, 'M']);
    const areas = {
      CTX_AREA_FK100: String(first.json['ctx_area_fk100']),
      CTX_AREA_NK100: String(first.json['ctx_area_nk100']),
    };
    const last = await fixture.daily(host, areas, { tr_cont: 'N' });
    expect([numbers(last), last.headers.get('tr_cont')]).toEqual([['0000000002', '0000000001'], 'D']);
  });

  it('of more than three months ago are under another id', async () => {
    const number = await fixture.placed('real', 'buy');
    fixture.server.pass(100 * 86_400);
    expect(numbers(await fixture.daily('real'))).toEqual([]);
    expect(numbers(await fixture.daily('real', {}, {}, 'CTSC9215R'))).toEqual([number]);
  });

  it('have the names of the portal when so set', async () => {
    await fixture.placed('real', 'buy');
    fixture.server.simulator.update({ portalOrderNames: true });
    const [row] = rowsOf(await fixture.daily('real'));
    expect(row).toMatchObject({ cnc_cfrm_qty: '0', excg_id_dvsn_Cd: 'KRX' });
    expect(row).not.toHaveProperty('cncl_cfrm_qty');
  });

  it('show orders and fills late when so set', async () => {
    fixture.server.simulator.update({ orderListLagMs: 20_000 });
    const number = await fixture.placed('real', 'buy', { ORD_UNPR: '97000' });
    expect(numbers(await fixture.daily('real'))).toEqual([]);
    expect(numbers(await fixture.open(), 'output')).toEqual([]);
    fixture.server.pass(20);
    expect(numbers(await fixture.open(), 'output')).toEqual([number]);
    await fixture.price('005930', 96_000);
    fixture.server.pass(6);
    expect(await fixture.row('real', number)).toMatchObject({ tot_ccld_qty: '0' });
    fixture.server.pass(20);
    expect(await fixture.row('real', number)).toMatchObject({ tot_ccld_qty: '1' });
  });

  it('show an order that reaches the book late only then', async () => {
    fixture.server.simulator.update({ orderReachesAfterMs: 5_000 });
    const number = await fixture.placed('real', 'buy', { ORD_UNPR: '98300' });
    expect(numbers(await fixture.daily('real'))).toEqual([]);
    fixture.server.pass(5);
    expect(await fixture.row('real', number)).toMatchObject({ tot_ccld_qty: '1', ord_tmd: '100005' });
  });
});

describe('the open orders', () => {
  it('are what can still be changed, all or one side, by order or by stock', async () => {
    const [, buy, sell] = await three('real');
    const other = await fixture.placed('real', 'buy', { PDNO: '000270', ORD_UNPR: '110000' });
    expect(numbers(await fixture.open(), 'output')).toEqual([other, sell, buy]);
    expect(numbers(await fixture.open({ INQR_DVSN_1: '1' }), 'output')).toEqual([other, buy, sell]);
    expect(numbers(await fixture.open({ INQR_DVSN_2: '1' }), 'output')).toEqual([sell]);
    expect(rowsOf(await fixture.open(), 'output').at(-1)).toMatchObject({
      psbl_qty: '1',
      ord_qty: '1',
      rvse_cncl_dvsn_name: '현금매수',
      excg_id_dvsn_cd: 'KRX',
    });
  });

  it('are not available at the mock host', async () => {
    const path = '/uapi/domestic-stock/v1/trading/inquire-psbl-rvsecncl';
    const query = { CTX_AREA_FK100: '', CTX_AREA_NK100: '', INQR_DVSN_1: '0', INQR_DVSN_2: '0' };
    expect((await fixture.get('mock', path, 'TTTC0084R', {}, query)).json['msg_cd']).toBe('OPSQ0002');
  });

  it('sent by SOR carry the code seen live', async () => {
    await fixture.placed('real', 'buy', { ORD_UNPR: '97000', EXCG_ID_DVSN_CD: 'SOR' });
    expect(rowsOf(await fixture.open(), 'output')[0]).toMatchObject({
      excg_dvsn_cd: '12',
      excg_id_dvsn_cd: 'SOR',
    });
  });
});

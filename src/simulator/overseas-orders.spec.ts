import { type KisHost } from './message';
import { OrderFixture, TODAY } from '../../test/support/simulator/order-fixture';
import { type Heard, objectOf, rowsOf } from '../../test/support/simulator/test-simulator';

const OVERSEAS = '/uapi/overseas-stock/v1/trading';

let fixture: OrderFixture;
beforeEach(async () => {
  fixture = await OrderFixture.open();
  await fixture.price('AAPL', 268);
});
afterEach(() => fixture.server.close());

/** 00:30 in Korea is 10:30 in New York. */
const toRegularSession = () => {
  fixture.server.pass(86_400);
  fixture.at('00:30');
};
const numberOf = (heard: Heard) => objectOf(heard, 'output')['ODNO'] ?? '';
const codeOf = (heard: Heard) => heard.json['msg_cd'];
const row = async (number: string) =>
  rowsOf(await fixture.overseasOrders('real'), 'output').find(({ odno }) => odno === number) ?? {};

describe('an order in the United States', () => {
  beforeEach(toRegularSession);

  it.each([
    ['real', 'buy', 'TTTT1002U', 'APBK0013'],
    ['real', 'sell', 'TTTT1006U', 'APBK0013'],
    ['mock', 'buy', 'VTTT1002U', '40600000'],
    ['mock', 'sell', 'VTTT1001U', '40590000'],
  ] as const)('is accepted at the %s host to %s as %s', async (host, side, trId, code) => {
    const heard = await fixture.overseas(host, side);
    expect(heard.json).toMatchObject({ rt_cd: '0', msg_cd: code });
    expect(objectOf(heard, 'output')).toMatchObject({ ODNO: '0000000001', ORD_TMD: '003000' });
    expect(fixture.server.simulator.orders).toMatchObject([
      { trId, side, symbol: 'AAPL', exchange: 'NASD', type: '00', price: '270' },
    ]);
  });

  it('is filled through the book and changes shares and dollars', async () => {
    const number = numberOf(await fixture.overseas('real', 'buy', { ORD_QTY: '10' }));
    expect(await row(number)).toMatchObject({
      ord_dt: TODAY,
      ord_tmd: '103000',
      dmst_ord_dt: '20261124',
      ft_ord_qty: '10',
      ft_ccld_qty: '10',
      nccs_qty: '0',
      prcs_stat_name: '완료',
      tr_crcy_cd: 'USD',
    });
    const held = await fixture.get(
      'real',
      `${OVERSEAS}/inquire-balance`,
      'TTTS3012R',
      {},
      {
        ...{ OVRS_EXCG_CD: 'NASD', TR_CRCY_CD: 'USD', CTX_AREA_FK200: '', CTX_AREA_NK200: '' },
      },
    );
    expect(rowsOf(held)[0]).toMatchObject({ ovrs_pdno: 'AAPL', ovrs_cblc_qty: '50', ord_psbl_qty: '50' });
    const present = await fixture.get(
      'real',
      `${OVERSEAS}/inquire-present-balance`,
      'CTRP6504R',
      {},
      {
        ...{ WCRC_FRCR_DVSN_CD: '02', NATN_CD: '000', TR_MKET_CD: '00', INQR_DVSN_CD: '00' },
      },
    );
    expect(rowsOf(present)[0]).toMatchObject({ thdt_buy_ccld_qty1: '10.00000000' });
    expect(Number(rowsOf(present, 'output2')[0]?.['frcr_dncl_amt_2'])).toBeLessThan(25_000 - 10 * 260);
  });

  it('waits below the book until the price comes to it', async () => {
    const number = numberOf(await fixture.overseas('real', 'buy', { OVRS_ORD_UNPR: '265.5' }));
    expect(await row(number)).toMatchObject({ ft_ccld_qty: '0', nccs_qty: '1', prcs_stat_name: '전송' });
    await fixture.price('AAPL', 265);
    fixture.server.pass(6);
    expect(await row(number)).toMatchObject({ ft_ccld_qty: '1' });
  });

  it.each<[string, KisHost, 'buy' | 'sell', Record<string, string>, string]>([
    ['without a price', 'real', 'buy', { OVRS_ORD_UNPR: '0' }, 'APBK1507'],
    ['between two ticks', 'real', 'buy', { OVRS_ORD_UNPR: '268.005' }, 'APBK0506'],
    ['at another exchange', 'real', 'buy', { OVRS_EXCG_CD: 'NYSE' }, 'APBK0656'],
    ['at the market price to buy', 'real', 'buy', { ORD_DVSN: '31', OVRS_ORD_UNPR: '0' }, 'APBK0963'],
    ['of a type that mock trading has not', 'mock', 'buy', { ORD_DVSN: '34' }, 'APBK0963'],
    ['for the open, once it is over', 'real', 'buy', { ORD_DVSN: '32' }, 'APBK0963'],
    ['for more shares than there are', 'real', 'sell', { ORD_QTY: '41' }, 'APBK0400'],
    ['for more dollars than there are', 'real', 'buy', { ORD_QTY: '93' }, 'APBK0952'],
    ['for a number that is none', 'real', 'buy', { OVRS_ORD_UNPR: '1e3' }, 'OPSQ2002'],
    ['for nothing', 'real', 'buy', { ORD_QTY: '0' }, 'OPSQ2001'],
  ])('is refused %s', async (_why, host, side, fields, code) => {
    expect(codeOf(await fixture.overseas(host, side, fields))).toBe(code);
    expect(fixture.server.simulator.orders).toEqual([]);
  });

  it.each([
    ['that begins later', { START_TIME: '010000', END_TIME: '050000' }, 'APBK0013'],
    ['that lasts until the close', { ALGO_ORD_TMD_DVSN_CD: '02' }, 'APBK0013'],
    ['that has begun', { START_TIME: '003000', END_TIME: '050000' }, 'APBK9001'],
    ['that began before midnight', { START_TIME: '233000', END_TIME: '050000' }, 'APBK9001'],
    ['with a date for a time', { START_TIME: '261125', END_TIME: '261125' }, 'OPSQ2001'],
    ['without times', {}, 'OPSQ2001'],
  ])('over a time %s is answered by it', async (_which, times, code) => {
    for (const ORD_DVSN of ['35', '36'])
      expect(codeOf(await fixture.overseas('real', 'buy', { ORD_DVSN, ...times }))).toBe(code);
  });

  it('over a time says when its start has passed, and cannot be modified', async () => {
    const past = { ORD_DVSN: '35', START_TIME: '002959', END_TIME: '050000' };
    const { json } = await fixture.overseas('real', 'buy', past);
    expect(String(json['msg1']).trimEnd()).toBe('시작시간은 현재시간 이후로 입력해주세요');
    const later = { ...past, START_TIME: '003100', OVRS_ORD_UNPR: '290' };
    const number = numberOf(await fixture.overseas('real', 'sell', later));
    const change = { RVSE_CNCL_DVSN_CD: '01', ORD_QTY: '1', OVRS_ORD_UNPR: '289' };
    expect(codeOf(await fixture.reviseOverseas('real', number, change))).toBe('APBK0963');
    expect(codeOf(await fixture.reviseOverseas('real', number))).toBe('APBK0013');
  });

  it('moves below one dollar in finer steps', async () => {
    const fine = { PDNO: 'SNDL', OVRS_ORD_UNPR: '0.8001' };
    expect((await fixture.overseas('real', 'buy', fine)).json['rt_cd']).toBe('0');
  });

  it('is sold in mock trading under the id that is set', async () => {
    expect(codeOf(await fixture.overseas('mock', 'sell', {}, 'TTTT1006U'))).toBe('APBK0656');
    fixture.server.simulator.update({ mockAmericanSale: '1006' });
    expect(codeOf(await fixture.overseas('mock', 'sell', {}, 'TTTT1006U'))).toBe('40590000');
    expect(codeOf(await fixture.overseas('mock', 'sell'))).toBe('APBK0656');
  });

  it('knows its buying power, which open orders lessen', async () => {
    const power = async () => {
      const query = { OVRS_EXCG_CD: 'NASD', OVRS_ORD_UNPR: '268', ITEM_CD: 'AAPL' };
      return objectOf(
        await fixture.get('mock', `${OVERSEAS}/inquire-psamount`, 'TTTS3007R', {}, query),
        'output',
      );
    };
    expect(await power()).toMatchObject({
      tr_crcy_cd: 'USD',
      ord_psbl_frcr_amt: '25000.00',
      ord_psbl_qty: '93',
    });
    await fixture.overseas('mock', 'buy', { OVRS_ORD_UNPR: '250', ORD_QTY: '40' });
    expect(await power()).toMatchObject({ ord_psbl_frcr_amt: '14975.00' });
  });
});

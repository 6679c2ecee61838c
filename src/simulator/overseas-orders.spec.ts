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

describe('the sessions of the United States', () => {
  const order = async (host: KisHost = 'real', fields: Record<string, string> = {}) =>
    codeOf(await fixture.overseas(host, 'buy', { ...fields, OVRS_ORD_UNPR: '260' }));

  it.each([
    ['17:59', 'APBK0918', 'APBK0918'],
    ['18:00', 'APBK0013', 'APBK0918'],
    ['23:30', 'APBK0013', '40600000'],
  ])('at %s in winter', async (time, real, mock) => {
    fixture.at(time);
    expect([await order(), await order('mock')]).toEqual([real, mock]);
  });

  it.each([
    ['05:59', 'APBK0013', '40600000'],
    ['06:30', 'APBK0013', 'APBK0918'],
    ['07:30', 'APBK0918', 'APBK0918'],
    ['09:30', 'APBK0918', 'APBK0918'],
  ])('at %s the next morning', async (time, real, mock) => {
    fixture.server.pass(86_400);
    fixture.at(time);
    expect([await order(), await order('mock')]).toEqual([real, mock]);
  });

  it('point to the daytime session in their refusal', async () => {
    const { json } = await fixture.overseas('real', 'buy');
    expect(String(json['msg1']).trimEnd()).toBe(
      '장운영시간이 아닙니다.(단,주간거래시간이면 전용화면 주문가능, 주문시간 외 불가)',
    );
  });

  it('last longer for those who have enrolled', async () => {
    fixture.server.pass(86_400);
    fixture.at('07:30');
    fixture.server.simulator.update({ americanExtendedHours: true });
    expect(await order()).toBe('APBK0013');
  });

  it('are none on its holidays', async () => {
    fixture.server.pass(3 * 86_400);
    fixture.at('23:45');
    expect([await order(), await order('mock')]).toEqual(['APBK0919', '40100000']);
  });
});

describe('orders for open and close', () => {
  it('are filled in those moments, up to their limit', async () => {
    await fixture.price('AAPL', null);
    fixture.at('20:00');
    const place = async (side: 'buy' | 'sell', ORD_DVSN: string, OVRS_ORD_UNPR: string) =>
      numberOf(await fixture.overseas('real', side, { ORD_DVSN, OVRS_ORD_UNPR }));
    const loo = await place('buy', '32', '350');
    const low = await place('buy', '32', '150');
    const moo = await place('sell', '31', '0');
    const loc = await place('buy', '34', '350');
    const moc = await place('sell', '33', '0');
    const states = async () =>
      Promise.all([loo, low, moo, loc, moc].map(async (number) => (await row(number))['ft_ccld_qty']));
    fixture.at('23:29');
    expect(await states()).toEqual(['0', '0', '0', '0', '0']);
    fixture.at('23:31');
    expect(await states()).toEqual(['1', '0', '1', '0', '0']);
    fixture.server.pass(86_400);
    fixture.at('06:01');
    expect(await states()).toEqual(['1', '0', '1', '1', '1']);
  });
});

describe('orders by day in Korea', () => {
  const daytime = (fields: Record<string, string> = {}) =>
    fixture.post('real', `${OVERSEAS}/daytime-order`, 'TTTS6036U', {
      ...{
        OVRS_EXCG_CD: 'NASD',
        PDNO: 'AAPL',
        ORD_QTY: '1',
        OVRS_ORD_UNPR: '270',
        ORD_SVR_DVSN_CD: '0',
        ORD_DVSN: '00',
      },
      ...fields,
    });

  it('have a call of their own, from ten to six in winter', async () => {
    const number = numberOf(await daytime());
    expect(await row(number)).toEqual({});
    const yesterday = { ORD_STRT_DT: '20261122', ORD_END_DT: '20261122' };
    expect(rowsOf(await fixture.overseasOrders('real', yesterday), 'output')).toMatchObject([
      { odno: number, ft_ccld_qty: '1' },
    ]);
    fixture.at('18:01');
    expect(codeOf(await daytime())).toBe('APBK0918');
  });

  it('end at five or at six in summer, as set', async () => {
    fixture.server.pass(-100 * 86_400);
    const at = async (time: string) => {
      fixture.at(time);
      return codeOf(await daytime());
    };
    fixture.server.pass(3 * 86_400);
    expect([await at('16:59'), await at('17:01')]).toEqual(['APBK0013', 'APBK0918']);
    fixture.server.simulator.update({ summerDaytimeEnds: '1800' });
    expect([await at('17:59'), await at('18:01')]).toEqual(['APBK0013', 'APBK0918']);
  });

  it('are limit orders, cancelled by a call of their own', async () => {
    expect(codeOf(await daytime({ ORD_DVSN: '34' }))).toBe('APBK0963');
    const number = numberOf(await daytime({ OVRS_ORD_UNPR: '200' }));
    expect(codeOf(await fixture.reviseOverseas('real', number))).toBe('APBK0927');
    const fields = {
      ...{ OVRS_EXCG_CD: 'NASD', PDNO: 'AAPL', ORGN_ODNO: number, RVSE_CNCL_DVSN_CD: '02', ORD_QTY: '1' },
      ...{ OVRS_ORD_UNPR: '0', CTAC_TLNO: '', MGCO_APTM_ODNO: '', ORD_SVR_DVSN_CD: '0' },
    };
    const path = `${OVERSEAS}/daytime-order-rvsecncl`;
    expect(codeOf(await fixture.post('real', path, 'TTTS6038U', fields))).toBe('APBK0013');
  });
});

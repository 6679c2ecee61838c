import { type KisHost } from './message';
import { OrderFixture } from '../../test/support/simulator/order-fixture';
import { type Heard, objectOf, rowsOf } from '../../test/support/simulator/test-simulator';

const OVERSEAS = '/uapi/overseas-stock/v1/trading';

let fixture: OrderFixture;
beforeEach(async () => {
  fixture = await OrderFixture.open();
  await fixture.price('AAPL', 268);
});
afterEach(() => fixture.server.close());

const numberOf = (heard: Heard) => objectOf(heard, 'output')['ODNO'] ?? '';
const codeOf = (heard: Heard) => heard.json['msg_cd'];
const row = async (number: string) =>
  rowsOf(await fixture.overseasOrders('real'), 'output').find(({ odno }) => odno === number) ?? {};

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

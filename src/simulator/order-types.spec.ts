import { ORDER_TYPES } from './order/order-types';
import { OrderFixture } from '../../test/support/simulator/order-fixture';

let fixture: OrderFixture;
beforeEach(async () => {
  fixture = await OrderFixture.open();
});
afterEach(() => fixture.server.close());

describe('the types of orders', () => {
  const accepted = async (exchange: string, price = '98000'): Promise<string[]> => {
    const codes: string[] = [];
    for (const { code } of ORDER_TYPES) {
      const fields = { ORD_DVSN: code, EXCG_ID_DVSN_CD: exchange, ORD_UNPR: price, CNDT_PRIC: '97000' };
      if ((await fixture.order('real', 'buy', fields)).json['rt_cd'] === '0') codes.push(code);
    }
    return codes;
  };
  const SOR = '00 01 03 04 11 12 13 14 15 16'.split(' ');

  it.each([
    ['10:00', 'KRX', '00 01 02 03 04 11 12 13 14 15 16 21 22 23 24'.split(' ')],
    ['10:00', 'NXT', '00 03 04 11 12 13 14 15 16 21 22 23 24'.split(' ')],
    ['10:00', 'SOR', SOR],
    ['08:35', 'KRX', ['00', '01', '02', '05']],
    ['08:45', 'KRX', ['00', '01', '02']],
    ['08:15', 'NXT', ['00', '03', '04', '27', '28', '29']],
    ['08:15', 'SOR', ['00', '03', '04']],
    ['15:25', 'KRX', ['00', '01']],
    ['15:35', 'KRX', ['06']],
    ['15:50', 'NXT', '00 03 04 11 12 15 16'.split(' ')],
    ['17:00', 'KRX', '41 42 43 44 45 46 47'.split(' ')],
    ['17:00', 'SOR', '00 03 04 11 12 15 16'.split(' ')],
    ['20:30', 'KRX', []],
    ['20:30', 'NXT', []],
  ])('at %s at %s', async (time, exchange, codes) => {
    fixture.at(time);
    expect(await accepted(exchange)).toEqual(codes);
  });

  it('follow the settings where no source decides', async () => {
    fixture.at('17:00');
    const refused = async (ORD_DVSN: string, ORD_UNPR: string, more: Record<string, string> = {}) =>
      (await fixture.order('real', 'buy', { ORD_DVSN, ORD_UNPR, ...more })).json['msg_cd'];
    fixture.server.simulator.update({ afterMarketPrice: 'zero' });
    expect([await refused('44', '98000'), await refused('44', '0')]).toEqual(['APBK0506', 'APBK0013']);
    fixture.server.simulator.update({ afterMarketPrice: 'price' });
    expect([await refused('47', '98000'), await refused('47', '0')]).toEqual(['APBK0013', 'APBK0506']);
    const bySor = { EXCG_ID_DVSN_CD: 'SOR' };
    expect(await refused('41', '98000', bySor)).toBe('APBK0963');
    fixture.server.simulator.update({ afterMarketBySor: true });
    expect(await refused('41', '98000', bySor)).toBe('APBK0013');
    fixture.at('15:35');
    fixture.server.simulator.update({ closeOrdersFrom: '1540' });
    expect(await refused('06', '0')).toBe('APBK0918');
    fixture.at('08:25');
    expect(await refused('00', '98000')).toBe('APBK0918');
    fixture.server.simulator.update({ openingOrdersFrom: '0820' });
    expect(await refused('00', '98000')).toBe('APBK0013');
  });

  it('at the single price were those of the time before 2026-09-14', async () => {
    fixture.server.pass(-73 * 86_400);
    fixture.at('17:00');
    expect(await accepted('KRX')).toEqual(['07']);
  });
});

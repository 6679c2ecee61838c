import { type KisHost } from './message';
import { OrderFixture } from '../../test/support/simulator/order-fixture';

let fixture: OrderFixture;
beforeEach(async () => {
  fixture = await OrderFixture.open();
});
afterEach(() => fixture.server.close());

describe('an order is refused', () => {
  it.each<[string, string, KisHost, 'buy' | 'sell', Record<string, string>, string, string, string]>([
    [
      'for a price between two ticks',
      '10:00',
      'real',
      'buy',
      { ORD_UNPR: '98050' },
      '1',
      'APBK0506',
      '주식주문호가단위 오류',
    ],
    [
      'for a limit without a price',
      '10:00',
      'real',
      'buy',
      { ORD_UNPR: '0' },
      '1',
      'APBK0506',
      '주식주문호가단위 오류',
    ],
    [
      'for more money than there is',
      '10:00',
      'mock',
      'buy',
      { ORD_QTY: '600' },
      '7',
      'APBK0952',
      '주문가능금액을 초과 했습니다',
    ],
    [
      'for more shares than there are',
      '10:00',
      'real',
      'sell',
      { ORD_QTY: '11' },
      '1',
      'APBK0400',
      '주문 가능한 수량을 초과했습니다',
    ],
    [
      'for an unknown stock',
      '10:00',
      'real',
      'buy',
      { PDNO: '999999' },
      '7',
      'APBK0656',
      '해당종목정보가 없습니다.',
    ],
    [
      'for a stock that NXT does not trade',
      '10:00',
      'real',
      'buy',
      { PDNO: '069500', ORD_UNPR: '109000', EXCG_ID_DVSN_CD: 'NXT' },
      '7',
      'APBK0656',
      '해당종목정보가 없습니다.',
    ],
    [
      'for an unknown type',
      '10:00',
      'real',
      'buy',
      { ORD_DVSN: '99' },
      '7',
      'APBK0963',
      '주문구분코드 오류 입니다.',
    ],
    [
      'for a type that NXT has not',
      '10:00',
      'real',
      'buy',
      { ORD_DVSN: '01', EXCG_ID_DVSN_CD: 'NXT' },
      '7',
      'APBK0963',
      '주문구분코드 오류 입니다.',
    ],
    [
      'for a type that mock trading has not',
      '10:00',
      'mock',
      'buy',
      { ORD_DVSN: '11' },
      '7',
      'APBK0963',
      '주문구분코드 오류 입니다.',
    ],
    [
      'for NXT in mock trading',
      '10:00',
      'mock',
      'buy',
      { EXCG_ID_DVSN_CD: 'NXT' },
      '1',
      '90000000',
      '모의투자에서는 해당업무가 제공되지 않습니다.',
    ],
    [
      'before the open in mock trading',
      '08:45',
      'mock',
      'buy',
      {},
      '1',
      'APBK0918',
      '장운영시간이 아닙니다.(주문불가)',
    ],
    ['at night', '03:00', 'real', 'buy', {}, '1', 'APBK0918', '장운영시간이 아닙니다.(주문불가)'],
    [
      'for the dead single price',
      '16:30',
      'real',
      'buy',
      { ORD_DVSN: '07' },
      '1',
      'APBK3013',
      '[애프터마켓]지정가 및 최유리/최우선지정가 주문만 가능합니다.',
    ],
    [
      'at the market price in the after-market',
      '16:30',
      'real',
      'buy',
      { ORD_DVSN: '01', ORD_UNPR: '0' },
      '1',
      'APBK3013',
      '[애프터마켓]지정가 및 최유리/최우선지정가 주문만 가능합니다.',
    ],
    [
      'for a fund in the after-market',
      '16:30',
      'real',
      'buy',
      { PDNO: '069500', ORD_DVSN: '41', ORD_UNPR: '109000' },
      '1',
      'APBK0918',
      '장운영시간이 아닙니다.(주문불가)',
    ],
    [
      'for an after-market type in the regular session',
      '10:00',
      'real',
      'buy',
      { ORD_DVSN: '41' },
      '7',
      'APBK0963',
      '주문구분코드 오류 입니다.',
    ],
  ])('%s (%s)', async (_why, time, host, side, fields, rtCd, code, words) => {
    fixture.at(time);
    const { json, status } = await fixture.order(host, side, fields);
    expect([status, json['rt_cd'], json['msg_cd'], String(json['msg1']).trimEnd()]).toEqual([
      200,
      rtCd,
      code,
      words,
    ]);
    expect(json).not.toHaveProperty('output');
    expect(fixture.server.simulator.orders).toEqual([]);
  });

  it.each([
    ['real', '7', 'APBK0919', '장운영일자가 주문일과 상이합니다'],
    ['mock', '1', '40100000', '모의투자 영업일이 아닙니다.'],
  ] as const)('on a day without trading at the %s host', async (host, rtCd, code, words) => {
    fixture.server.pass(32 * 86_400);
    const { json } = await fixture.order(host, 'buy');
    expect([json['rt_cd'], json['msg_cd'], String(json['msg1']).trimEnd()]).toEqual([rtCd, code, words]);
  });

  it('for a stock whose trading is stopped', async () => {
    const body = { symbol: '005930', halted: true };
    await fixture.server.ask('real', '/__sim/market', { method: 'POST', body });
    expect((await fixture.order('real', 'buy')).json['msg_cd']).toBe('APBK0066');
  });

  it.each([
    [{ ORD_QTY: '1.5' }, 'OPSQ2002'],
    [{ ORD_UNPR: 'much' }, 'OPSQ2002'],
    [{ ORD_DVSN: '22' }, 'OPSQ2001'],
    [{ EXCG_ID_DVSN_CD: 'XYZ' }, 'OPSQ2001'],
  ])('for fields that make no sense: %j', async (fields, code) => {
    expect((await fixture.order('real', 'buy', fields)).json['msg_cd']).toBe(code);
  });

  it('never, when every market is always open', async () => {
    fixture.server.simulator.update({ sessions: 'open' });
    fixture.server.pass(-86_400 - 7 * 3600);
    expect((await fixture.order('mock', 'buy')).json['rt_cd']).toBe('0');
  });
});

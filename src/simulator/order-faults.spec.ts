import { type OrderFault } from './order/order-settings';
import { OrderFixture } from '../../test/support/simulator/order-fixture';
import { objectOf } from '../../test/support/simulator/test-simulator';

let fixture: OrderFixture;
beforeEach(async () => {
  fixture = await OrderFixture.open();
});
afterEach(() => fixture.server.close());

const inBook = () => fixture.server.simulator.orders.length;

describe('the answer of an order', () => {
  it.each([
    ['drop', true],
    ['drop', false],
    ['truncated', true],
    ['truncated', false],
  ] as const)('can be lost (%s) with the order in the book: %s', async (orderFault, orderFaultReaches) => {
    fixture.server.simulator.update({ orderFault, orderFaultReaches });
    await expect(fixture.order('mock', 'buy')).rejects.toThrow();
    expect(inBook()).toBe(orderFaultReaches ? 1 : 0);
  });

  it.each<[OrderFault, boolean, number, string]>([
    ['EGW00301', true, 500, '연결 시간이 초과되었습니다.직전 거래를 반드시 확인하세요.'],
    ['EGW00302', false, 500, '거래시간이 초과되었습니다.직전 거래를 반드시 확인하세요.'],
  ])(
    'can be a timeout inside KIS (%s) with the order in the book: %s',
    async (orderFault, reaches, status, words) => {
      fixture.server.simulator.update({ orderFault, orderFaultReaches: reaches });
      expect(await fixture.order('real', 'buy')).toMatchObject({
        status,
        json: { rt_cd: '1', msg_cd: orderFault, msg1: words },
      });
      expect(inBook()).toBe(reaches ? 1 : 0);
    },
  );

  it.each([true, false])('can have no number, with the order in the book: %s', async (orderFaultReaches) => {
    fixture.server.simulator.update({ orderFault: 'noNumber', orderFaultReaches });
    const heard = await fixture.order('real', 'buy');
    expect(heard).toMatchObject({ status: 200, json: { rt_cd: '0', msg_cd: 'APBK0013' } });
    expect(objectOf(heard, 'output')).toEqual({ KRX_FWDG_ORD_ORGNO: '', ODNO: '', ORD_TMD: '' });
    expect(heard.headers.get('tr_id')).toBe('TTTC0012U');
    expect(inBook()).toBe(orderFaultReaches ? 1 : 0);
  });

  it('is the refusal itself where an order without a number is refused', async () => {
    fixture.server.simulator.update({ orderFault: 'noNumber' });
    expect((await fixture.order('real', 'buy', { ORD_UNPR: '98050' })).json['msg_cd']).toBe('APBK0506');
  });

  it('can be a page of a proxy', async () => {
    fixture.server.simulator.update({ orderFault: 'html502' });
    expect(await fixture.order('real', 'buy')).toMatchObject({ status: 502 });
    expect(inBook()).toBe(1);
  });

  it('goes wrong as often as set, for the calls that are meant', async () => {
    fixture.server.simulator.update({ orderFault: 'EGW00301', orderFaultNext: 1, orderFaultOn: 'change' });
    const number = await fixture.placed('real', 'buy', { ORD_UNPR: '95000' });
    expect((await fixture.revise('real', number, {})).json['msg_cd']).toBe('EGW00301');
    expect(fixture.server.simulator.settings.orderFaultNext).toBe(0);
    const [, cancellation] = fixture.server.simulator.orders;
    expect(cancellation).toMatchObject({ action: 'cancel', originalNumber: number });
    expect((await fixture.order('real', 'buy')).json['rt_cd']).toBe('0');
    fixture.server.simulator.update({ orderFaultNext: null, orderFaultOn: 'new' });
    expect((await fixture.order('real', 'buy')).json['msg_cd']).toBe('EGW00301');
  });

  it('leaves lists and quotations alone', async () => {
    fixture.server.simulator.update({ orderFault: 'drop' });
    expect((await fixture.daily('real')).status).toBe(200);
    expect((await fixture.balance('real')).status).toBe(200);
  });

  it('comes late when so set, the order is placed at once', async () => {
    fixture.server.simulator.update({ orderLatencyMs: 300 });
    const answer = fixture.order('real', 'buy');
    await fixture.balance('real');
    expect(inBook()).toBe(1);
    expect((await answer).json['rt_cd']).toBe('0');
  });
});

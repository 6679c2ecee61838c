import { type OrderFault } from './order/order-settings';
import { OrderScene } from '../../test/support/simulator/order-scene';
import { objectOf } from '../../test/support/simulator/bench';

let scene: OrderScene;
beforeEach(async () => {
  scene = await OrderScene.open();
});
afterEach(() => scene.bench.close());

const inBook = () => scene.bench.simulator.orders.length;

describe('the answer of an order', () => {
  it.each([
    ['drop', true],
    ['drop', false],
    ['truncated', true],
    ['truncated', false],
  ] as const)('can be lost (%s) with the order in the book: %s', async (orderFault, orderFaultReaches) => {
    scene.bench.simulator.update({ orderFault, orderFaultReaches });
    await expect(scene.order('mock', 'buy')).rejects.toThrow();
    expect(inBook()).toBe(orderFaultReaches ? 1 : 0);
  });

  it.each<[OrderFault, boolean, number, string]>([
    ['EGW00301', true, 500, '연결 시간이 초과되었습니다.직전 거래를 반드시 확인하세요.'],
    ['EGW00302', false, 500, '거래시간이 초과되었습니다.직전 거래를 반드시 확인하세요.'],
  ])(
    'can be a timeout inside KIS (%s) with the order in the book: %s',
    async (orderFault, reaches, status, words) => {
      scene.bench.simulator.update({ orderFault, orderFaultReaches: reaches });
      expect(await scene.order('real', 'buy')).toMatchObject({
        status,
        json: { rt_cd: '1', msg_cd: orderFault, msg1: words },
      });
      expect(inBook()).toBe(reaches ? 1 : 0);
    },
  );

  it.each([true, false])('can have no number, with the order in the book: %s', async (orderFaultReaches) => {
    scene.bench.simulator.update({ orderFault: 'noNumber', orderFaultReaches });
    const heard = await scene.order('real', 'buy');
    expect(heard).toMatchObject({ status: 200, json: { rt_cd: '0', msg_cd: 'APBK0013' } });
    expect(objectOf(heard, 'output')).toEqual({ KRX_FWDG_ORD_ORGNO: '', ODNO: '', ORD_TMD: '' });
    expect(heard.headers.get('tr_id')).toBe('TTTC0012U');
    expect(inBook()).toBe(orderFaultReaches ? 1 : 0);
  });

  it('is the refusal itself where an order without a number is refused', async () => {
    scene.bench.simulator.update({ orderFault: 'noNumber' });
    expect((await scene.order('real', 'buy', { ORD_UNPR: '98050' })).json['msg_cd']).toBe('APBK0506');
  });

  it('can be a page of a proxy', async () => {
    scene.bench.simulator.update({ orderFault: 'html502' });
    expect(await scene.order('real', 'buy')).toMatchObject({ status: 502 });
    expect(inBook()).toBe(1);
  });

  it('goes wrong as often as set, for the calls that are meant', async () => {
    scene.bench.simulator.update({ orderFault: 'EGW00301', orderFaultNext: 1, orderFaultOn: 'change' });
    const number = await scene.placed('real', 'buy', { ORD_UNPR: '95000' });
    expect((await scene.revise('real', number, {})).json['msg_cd']).toBe('EGW00301');
    expect(scene.bench.simulator.settings.orderFaultNext).toBe(0);
    const [, cancellation] = scene.bench.simulator.orders;
    expect(cancellation).toMatchObject({ action: 'cancel', originalNumber: number });
    expect((await scene.order('real', 'buy')).json['rt_cd']).toBe('0');
    scene.bench.simulator.update({ orderFaultNext: null, orderFaultOn: 'new' });
    expect((await scene.order('real', 'buy')).json['msg_cd']).toBe('EGW00301');
  });

  it('leaves lists and quotations alone', async () => {
    scene.bench.simulator.update({ orderFault: 'drop' });
    expect((await scene.daily('real')).status).toBe(200);
    expect((await scene.balance('real')).status).toBe(200);
  });

  it('comes late when so set, the order is placed at once', async () => {
    scene.bench.simulator.update({ orderLatencyMs: 300 });
    const answer = scene.order('real', 'buy');
    await scene.balance('real');
    expect(inBook()).toBe(1);
    expect((await answer).json['rt_cd']).toBe('0');
  });
});

import { ORDER_REFUSALS, type OrderRefusal } from '../src/kis/protocol/order-refusals';
import { startSimulator, type Simulator } from '../src/simulator';
import { brokerageEnv } from './support/brokerage-env';
import { RunningApi, temporaryDirectory, type ProblemBody } from './support/running-api';

const KEY = 'an-api-key-of-the-test';
const ORDERS = '/api/accounts/main/orders';

interface Refusal extends ProblemBody {
  readonly order: { readonly status: string; readonly clientOrderId: string };
}

/** What KIS answers to an order that it refuses, as the simulator plays it, and what a caller reads of it. */
describe('an order that KIS refuses', () => {
  let simulator: Simulator;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let api: RunningApi;

  beforeAll(async () => {
    const settings = { sessions: 'open', fills: 'manual', realPerSecond: 1000 } as const;
    simulator = await startSimulator({ realPort: 0, mockPort: null, settings });
    directory = await temporaryDirectory();
    const env = { API_KEY: KEY, KIS_ORDERS: 'true', KIS_ORDER_MAX_PER_MINUTE: '1000' };
    api = await RunningApi.start({ env: { ...brokerageEnv(simulator, 'REAL', directory.path), ...env } });
  });

  afterAll(async () => {
    await api.close();
    await simulator.stop();
    directory.remove();
  });

  let ids = 0;

  /** Each with a quantity of its own: an equal one would wait for an unknown one. */
  async function place(id = `order-${(ids += 1)}`) {
    const quantity = id.replace(/\D/g, '');
    const order = { symbol: '005930', side: 'buy', type: 'limit', quantity, price: '90000' };
    return api.ask<Refusal>(ORDERS, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': KEY },
      body: JSON.stringify({ ...order, clientOrderId: id }),
    });
  }

  const refuse = (code: string): void => {
    simulator.update({ refuseTrId: 'TTTC0012U', refuseNext: 1, refuseNextCode: code });
  };

  /** Code, and KIS's own words. */
  const CATALOGUE = [
    ['APBK0918', '장운영시간이 아닙니다.(주문불가)'],
    ['APBK0919', '장운영일자가 주문일과 상이합니다'],
    ['APBK0952', '주문가능금액을 초과 했습니다'],
    ['APBK0400', '주문 가능한 수량을 초과했습니다'],
    ['APBK0506', '주식주문호가단위 오류'],
    ['APBK0656', '해당종목정보가 없습니다.'],
    ['APBK0927', '정정취소 가능수량이 없습니다.'],
    ['APBK0963', '주문구분코드 오류 입니다.'],
    ['APBK1507', '가격 $0.01 미만시 온라인 주문불가'],
    ['APBK1943', '시장가호가불가로 주문이 불가합니다.'],
    ['APBK3013', '[애프터마켓]지정가 및 최유리/최우선지정가 주문만 가능합니다.'],
    ['APBK0066', '거래정지 종목입니다.'],
    ['APBK1664', ''],
    ['KIER3672', '예약주문 은 16:40분 이후부터'],
    ['40100000', '모의투자 영업일이 아닙니다.'],
    ['EGW02006', '모의투자 TR 이 아닙니다.'],
    ['MCA00124', '해당 서비스를 찾을수 없습니다.'],
    ['APBK9001', '시작시간은 현재시간 이후로 입력해주세요'],
    ['APBK9002', '주문단가를 입력 하십시오'],
  ] as const;

  const entryOf = (code: string, words: string): OrderRefusal | undefined =>
    ORDER_REFUSALS.find(({ msgCd, text }) => (text === undefined ? msgCd === code : words.includes(text)));

  it('can be any that is known, and each is explained in English and in Korean', () => {
    const played = CATALOGUE.map(([code, words]) => entryOf(code, words));
    expect(new Set(played)).toEqual(new Set(ORDER_REFUSALS));
    expect(CATALOGUE).toHaveLength(ORDER_REFUSALS.length);
    for (const { meaning, cure } of ORDER_REFUSALS) {
      for (const { en, ko } of [meaning, cure]) {
        expect(en).toMatch(/^[A-Z][^가-힣]+\.$/);
        expect(ko).toMatch(/[가-힣][^]*\.$/);
      }
    }
  });

  it.each(CATALOGUE)('with %s comes with its words, its meaning and a cure', async (msgCd, words) => {
    refuse(msgCd);
    const { status, body } = await place();
    expect({ status, body }).toMatchObject({
      status: 422,
      body: { code: 'KIS_REJECTED', kis: { msgCd, trId: 'TTTC0012U' }, order: { status: 'rejected' } },
    });
    expect(body.kis?.msg1).toContain(words);
    const said = `KIS refused the order: ${msgCd} ${body.kis?.msg1 ?? ''}`.replace(/\.$/, '');
    const { meaning, cure } = entryOf(msgCd, words) ?? {};
    expect(body.detail).toBe(`${said}. ${meaning?.en} ${cure?.en} (${meaning?.ko} ${cure?.ko})`);
    const again = await place(body.order.clientOrderId);
    expect([again.status, again.body.detail]).toEqual([422, body.detail]);
    expect(simulator.orders).toEqual([]);
  });

  it('with a code that nobody knows comes with the words of KIS', async () => {
    refuse('APBK1234');
    const { status, body } = await place();
    expect({ status, body }).toMatchObject({ status: 422, body: { kis: { msgCd: 'APBK1234' } } });
    expect(body.detail).toContain('KIS gives the reason in its own words');
  });

  it.each(['EGW00301', 'EGW00302'])('is none when KIS says %s: its outcome is unknown', async (code) => {
    refuse(code);
    expect(await place()).toMatchObject({ status: 202, body: { status: 'unknown' } });
  });
});

import { koreanTime } from '../korean-time';
import { type KisHost } from '../message';
import { type Answer, goodAnswer, padded } from './answer';
import { type ExecutedOrder } from './order-book';
import { type Inquiry, type Service } from './service';

const BUY = ['TTTC0802U', 'TTTC0012U'];
const SELL = ['TTTC0801U', 'TTTC0011U'];

/**
 * 주식주문(현금): accepts every order and counts it. The simulated account does not change: what matters here
 * is that an order which a client sends twice is seen twice.
 */
export const ORDER_CASH: Service = {
  method: 'POST',
  path: '/uapi/domestic-stock/v1/trading/order-cash',
  trIds: { real: [...BUY, ...SELL], mock: [...BUY, ...SELL].map(inMock) },
  forAccount: true,
  required: ['PDNO', 'ORD_DVSN', 'ORD_QTY', 'ORD_UNPR'],
  answer: orderCash,
};

/** Number of the branch that passed the order on, as seen in public answers of each host. */
const BRANCH = { real: '91252', mock: '00950' };

function orderCash({ call, trId, fields, brokerage }: Inquiry): Answer {
  const side = [...BUY, ...BUY.map(inMock)].includes(trId) ? 'buy' : 'sell';
  const { orderNumber } = brokerage.orders.execute({
    at: call.at,
    host: call.host,
    trId,
    side,
    accountNumber: fields.get('CANO'),
    symbol: fields.get('PDNO'),
    quantity: fields.get('ORD_QTY'),
    price: fields.get('ORD_UNPR'),
  });
  const [msgCd, text] = messageOf(call.host, side);
  return goodAnswer(msgCd, padded(text), {
    output: { KRX_FWDG_ORD_ORGNO: BRANCH[call.host], ODNO: orderNumber, ORD_TMD: koreanTime(call.at) },
  });
}

function messageOf(host: KisHost, side: ExecutedOrder['side']): [code: string, text: string] {
  if (host === 'real') return ['APBK0013', '주문 전송 완료 되었습니다.'];
  return side === 'buy'
    ? ['40600000', '모의투자 매수주문이 완료 되었습니다.']
    : ['40590000', '모의투자 매도주문이 완료 되었습니다.'];
}

/** The transaction id at the mock host begins with V (open-trading-api, kis_auth.py). */
function inMock(trId: string): string {
  return `V${trId.slice(1)}`;
}

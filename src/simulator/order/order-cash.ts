import { type Answer, tradingRefusal } from '../uapi/answer';
import { type Inquiry, type Service } from '../uapi/service';
import { accountOf } from './accounts';
import { newOrderProblem } from './korean-check';
import { type KoreanRequest, readStock, readTerms } from './korean-request';
import { orderAccepted } from './order-answer';
import { hasPrice } from './order-types';
import { inMock } from './tr-ids';

/** The old ids are still taken (KIS portal, 주식주문(현금)). */
const BUY = ['TTTC0012U', 'TTTC0802U'];
const SELL = ['TTTC0011U', 'TTTC0801U'];

/** 주식주문(현금) [v1_국내주식-001]: an order for a domestic stock. */
export const ORDER_CASH: Service = {
  method: 'POST',
  path: '/uapi/domestic-stock/v1/trading/order-cash',
  trIds: { real: [...BUY, ...SELL], mock: [...BUY, ...SELL].map(inMock) },
  forAccount: true,
  required: ['PDNO', 'ORD_DVSN', 'ORD_QTY', 'ORD_UNPR'],
  answer: orderCash,
};

function orderCash(inquiry: Inquiry): Answer {
  const { call, trId, fields, brokerage } = inquiry;
  const request = requestOf(inquiry);
  if ('msgCd' in request) return request;
  const account = accountOf(fields);
  const problem = newOrderProblem(brokerage, request, { host: call.host, account, at: call.at });
  if (problem !== null) return tradingRefusal(problem);
  const { type, price, ...terms } = request;
  const order = brokerage.place({
    ...terms,
    ...{ host: call.host, trId, account, action: 'new', isDaytime: false, original: null },
    at: call.at,
    type: type.code,
    price: hasPrice(type) ? price : 0,
  });
  return orderAccepted(order, call.at);
}

function requestOf({ trId, fields }: Inquiry): KoreanRequest | Answer {
  const stock = readStock(fields);
  if ('msgCd' in stock) return stock;
  const terms = readTerms(fields);
  if ('msgCd' in terms) return terms;
  // The refusal of an order for zero shares is not documented.
  if (terms.quantity === 0) return tradingRefusal('APBK0400');
  const side = [...BUY, ...BUY.map(inMock)].includes(trId) ? 'buy' : 'sell';
  return { ...terms, stock, side };
}

import { overseasStock } from '../market/overseas-stocks';
import { type Fields } from '../message';
import { type Answer, invalidField, serviceRefusal, tradingRefusal } from '../uapi/answer';
import { type Inquiry, type Service } from '../uapi/service';
import { accountOf } from './accounts';
import { wholeNumber } from './korean-request';
import { overseasAccepted, overseasRefusal } from './overseas-answer';
import { ORDER_IDS, groupOf, sideOf } from './overseas-calls';
import { type OverseasRequest, overseasProblem } from './overseas-check';
import { scheduleProblem } from './order-schedule';
import { OVERSEAS_LIMIT, takenType } from './overseas-types';

/** 해외주식 주문 [v1_해외주식-001]: an order for an overseas stock. */
export const ORDER_OVERSEAS: Service = {
  method: 'POST',
  path: '/uapi/overseas-stock/v1/trading/order',
  trIds: ORDER_IDS,
  forAccount: true,
  required: ['OVRS_EXCG_CD', 'PDNO', 'ORD_QTY', 'OVRS_ORD_UNPR', 'ORD_SVR_DVSN_CD'],
  answer: (inquiry) => place(inquiry, readOrder(inquiry)),
};

const DAYTIME_BUY = 'TTTS6036U';
const DAYTIME_SELL = 'TTTS6037U';

/** 해외주식 미국주간주문 [v1_해외주식-026]: limit orders by day in Korea. Not at the mock host. */
export const ORDER_DAYTIME: Service = {
  method: 'POST',
  path: '/uapi/overseas-stock/v1/trading/daytime-order',
  trIds: { real: [DAYTIME_BUY, DAYTIME_SELL], mock: [] },
  forAccount: true,
  required: ['OVRS_EXCG_CD', 'PDNO', 'ORD_QTY', 'OVRS_ORD_UNPR', 'ORD_SVR_DVSN_CD', 'ORD_DVSN'],
  answer: (inquiry) => place(inquiry, readDaytimeOrder(inquiry)),
};

function place({ call, trId, fields, brokerage }: Inquiry, request: OverseasRequest | Answer): Answer {
  if ('msgCd' in request) return request;
  const account = accountOf(fields);
  const problem = overseasProblem(brokerage, request, { host: call.host, account, at: call.at });
  if (problem !== null) return overseasRefusal(problem, request.stock);
  const { stock, side, type, quantity, isDaytime } = request;
  const order = brokerage.place({
    ...{ at: call.at, host: call.host, trId, account, action: 'new', side, stock, isDaytime, quantity },
    exchange: stock.exchange.code,
    type: type.code,
    price: type.hasPrice ? request.price : 0,
    trigger: 0,
    original: null,
  });
  return overseasAccepted(order, call.at);
}

function readOrder({ call, trId, fields, brokerage }: Inquiry): OverseasRequest | Answer {
  const numbers = readNumbers(fields);
  if ('msgCd' in numbers) return numbers;
  const stock = overseasStock(fields.get('OVRS_EXCG_CD'), fields.get('PDNO'));
  const side = stock && sideOf(trId, call.host, stock.exchange, brokerage.settings);
  if (!stock || !side) return tradingRefusal('APBK0656');
  const code = fields.get('ORD_DVSN').trim();
  const type = call.host === 'mock' ? mockType(code) : takenType(code, groupOf(stock.exchange), side);
  if (!type) return tradingRefusal('APBK0963');
  const problem = type.isScheduled ? scheduleProblem(fields, call.at) : null;
  return problem ?? { ...numbers, stock, side, type, isDaytime: false };
}

/** Mock trading has limit orders only. */
function mockType(code: string): OverseasRequest['type'] | null {
  return code === '' || code === OVERSEAS_LIMIT.code ? OVERSEAS_LIMIT : null;
}

function readDaytimeOrder({ trId, fields }: Inquiry): OverseasRequest | Answer {
  const numbers = readNumbers(fields);
  if ('msgCd' in numbers) return numbers;
  const stock = overseasStock(fields.get('OVRS_EXCG_CD'), fields.get('PDNO'));
  if (!stock || groupOf(stock.exchange) !== 'US') return tradingRefusal('APBK0656');
  if (fields.get('ORD_DVSN') !== OVERSEAS_LIMIT.code) return tradingRefusal('APBK0963');
  const side = trId === DAYTIME_BUY ? 'buy' : 'sell';
  return { ...numbers, stock, side, type: OVERSEAS_LIMIT, isDaytime: true };
}

/** Quantity and price; the price may have a fraction. */
export function readNumbers(fields: Fields): { quantity: number; price: number } | Answer {
  const quantity = wholeNumber(fields.get('ORD_QTY'));
  const price = fields.get('OVRS_ORD_UNPR').trim() || '0';
  if (quantity === null || !/^\d{1,12}(\.\d{1,8})?$/.test(price)) {
    return serviceRefusal('2', 'OPSQ2002', 'ERROR : INPUT INVALID_CHECK_FIELD_LENGTH');
  }
  return quantity === 0 ? invalidField('ORD_QTY') : { quantity, price: Number(price) };
}

import { koreanDate } from '../korean-time';
import { type Answer, tradingRefusal } from '../uapi/answer';
import { type Inquiry, type Service } from '../uapi/service';
import { accountOf } from './accounts';
import { admissionProblem } from './korean-admission';
import { moneyFor, moneyFree, priceProblem } from './korean-check';
import { type KoreanRequest, exchangeOf, readTerms, wholeNumber } from './korean-request';
import { type Order, isDomestic } from './order';
import { orderAccepted } from './order-answer';
import { hasPrice, orderType } from './order-types';
import { inMock } from './tr-ids';

const IDS = ['TTTC0013U', 'TTTC0803U'];

/** 주식주문(정정취소) [v1_국내주식-003]: modifies or cancels what is open of an order. */
export const ORDER_REVISION: Service = {
  method: 'POST',
  path: '/uapi/domestic-stock/v1/trading/order-rvsecncl',
  trIds: { real: IDS, mock: IDS.map(inMock) },
  forAccount: true,
  // The organisation number must be there, but may be empty.
  required: [
    'KRX_FWDG_ORD_ORGNO',
    'ORGN_ODNO',
    'ORD_DVSN',
    'RVSE_CNCL_DVSN_CD',
    'ORD_QTY',
    'ORD_UNPR',
    'QTY_ALL_ORD_YN',
  ],
  answer: orderRevision,
};

const MODIFY = '01';
const CANCEL = '02';
const NOTHING_LEFT = 'APBK0927';
/** Refusals of the time of day, which count for a cancellation too. */
const CLOSED = ['APBK0918', 'APBK0919', '40100000'];

function orderRevision(inquiry: Inquiry): Answer {
  const kind = inquiry.fields.get('RVSE_CNCL_DVSN_CD');
  const original = originalOf(inquiry);
  if (!original || (kind !== MODIFY && kind !== CANCEL)) return tradingRefusal(NOTHING_LEFT);
  const quantity = quantityOf(inquiry, original);
  if (quantity === 0 || quantity > original.remaining()) return tradingRefusal(NOTHING_LEFT);
  return kind === CANCEL ? cancel(inquiry, original, quantity) : modify(inquiry, original, quantity);
}

/** The order of today with that number at that exchange; one sent to NXT cannot be changed at KRX. */
function originalOf({ call, fields, brokerage }: Inquiry): Order | undefined {
  const number = fields.get('ORGN_ODNO').trim().padStart(10, '0');
  const branch = fields.get('KRX_FWDG_ORD_ORGNO').trim();
  return brokerage.orders
    .of(accountOf(fields))
    .find(
      (order) =>
        order.number === number &&
        order.date === koreanDate(call.at) &&
        isDomestic(order.facts.stock) &&
        order.facts.exchange === exchangeOf(fields) &&
        (branch === '' || branch === order.branch),
    );
}

function quantityOf({ fields }: Inquiry, original: Order): number {
  if (fields.get('QTY_ALL_ORD_YN') === 'Y') return original.remaining();
  return wholeNumber(fields.get('ORD_QTY')) ?? 0;
}

function cancel({ call, trId, brokerage }: Inquiry, original: Order, quantity: number): Answer {
  const { stock, exchange } = original.facts;
  const type = orderType(original.facts.type);
  if (!isDomestic(stock) || !type) return tradingRefusal(NOTHING_LEFT);
  const problem = admissionProblem(brokerage.market, brokerage.settings, {
    ...{ host: call.host, exchange: exchange as KoreanRequest['exchange'], type, stock, at: call.at },
  });
  if (problem !== null && CLOSED.includes(problem)) return tradingRefusal(problem);
  const order = brokerage.place({
    ...original.facts,
    ...{ at: call.at, trId, action: 'cancel', quantity, price: 0, original },
  });
  return orderAccepted(order, call.at, brokerage.settings.lowerCaseRevisions);
}

function modify({ call, trId, fields, brokerage }: Inquiry, original: Order, quantity: number): Answer {
  const terms = readTerms(fields);
  if ('msgCd' in terms) return terms;
  const { stock, side, account } = original.facts;
  if (!isDomestic(stock)) return tradingRefusal(NOTHING_LEFT);
  const request: KoreanRequest = { ...terms, quantity, stock, side };
  const context = { host: call.host, account, at: call.at };
  const problem =
    admissionProblem(brokerage.market, brokerage.settings, { ...request, ...context }) ??
    priceProblem(brokerage, request) ??
    (side === 'buy' && moreMoney(original, request) > moneyFree(brokerage, context) ? 'APBK0952' : null);
  if (problem !== null) return tradingRefusal(problem);
  const { type, price, trigger } = request;
  const order = brokerage.place({
    ...original.facts,
    ...{ at: call.at, trId, action: 'modify', quantity, trigger, original },
    type: type.code,
    price: hasPrice(type) ? price : 0,
  });
  return orderAccepted(order, call.at, brokerage.settings.lowerCaseRevisions);

  function moreMoney(before: Order, after: KoreanRequest): bigint {
    const kept = { ...after, price: before.facts.price, type: orderType(before.facts.type) ?? after.type };
    return moneyFor(brokerage, after, call.at) - moneyFor(brokerage, kept, call.at);
  }
}

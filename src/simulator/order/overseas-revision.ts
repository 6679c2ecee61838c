import { koreanDate } from '../korean-time';
import { type Answer, tradingRefusal } from '../uapi/answer';
import { type Inquiry, type Service } from '../uapi/service';
import { accountOf } from './accounts';
import { wholeNumber } from './korean-request';
import { type Order, isDomestic } from './order';
import { readNumbers } from './order-overseas';
import { overseasAccepted, overseasRefusal } from './overseas-answer';
import { REVISION_IDS, isRevisionAt } from './overseas-calls';
import { overseasPriceProblem, sessionProblem } from './overseas-check';
import { overseasType } from './overseas-types';

/** 해외주식 정정취소주문 [v1_해외주식-003]: modifies or cancels what is open of an overseas order. */
export const OVERSEAS_REVISION: Service = {
  method: 'POST',
  path: '/uapi/overseas-stock/v1/trading/order-rvsecncl',
  trIds: REVISION_IDS,
  forAccount: true,
  required: ['OVRS_EXCG_CD', 'PDNO', 'ORGN_ODNO', 'RVSE_CNCL_DVSN_CD', 'ORD_QTY', 'OVRS_ORD_UNPR'],
  answer: (inquiry) => revise(inquiry, false),
};

/** 해외주식 미국주간정정취소 [v1_해외주식-027]. Not at the mock host. */
export const DAYTIME_REVISION: Service = {
  method: 'POST',
  path: '/uapi/overseas-stock/v1/trading/daytime-order-rvsecncl',
  trIds: { real: ['TTTS6038U'], mock: [] },
  forAccount: true,
  required: ['OVRS_EXCG_CD', 'PDNO', 'ORGN_ODNO', 'RVSE_CNCL_DVSN_CD', 'ORD_QTY', 'OVRS_ORD_UNPR'],
  answer: (inquiry) => revise(inquiry, true),
};

const MODIFY = '01';
const CANCEL = '02';
const NOTHING_LEFT = 'APBK0927';
/** Orders of these days are looked at: a night in New York has two dates in Korea. */
const DAY_MS = 86_400_000;

function revise(inquiry: Inquiry, isDaytime: boolean): Answer {
  const { call, fields, brokerage } = inquiry;
  const original = originalOf(inquiry, isDaytime);
  const kind = fields.get('RVSE_CNCL_DVSN_CD');
  if (!original || (kind !== MODIFY && kind !== CANCEL)) return tradingRefusal(NOTHING_LEFT);
  const { stock } = original.facts;
  if (isDomestic(stock)) return tradingRefusal(NOTHING_LEFT);
  if (!isDaytime && !isRevisionAt(inquiry.trId, call.host, stock.exchange, brokerage.settings)) {
    return tradingRefusal('APBK0656');
  }
  const type = overseasType(original.facts.type);
  const problem = sessionProblem(brokerage, { stock, type, isDaytime }, { host: call.host, at: call.at });
  if (problem !== null) return overseasRefusal(problem, stock);
  return kind === CANCEL ? cancel(inquiry, original) : modify(inquiry, original);
}

function originalOf({ call, fields, brokerage }: Inquiry, isDaytime: boolean): Order | undefined {
  const number = fields.get('ORGN_ODNO').trim().padStart(10, '0');
  const dates = [koreanDate(call.at), koreanDate(call.at - DAY_MS)];
  return brokerage.orders
    .of(accountOf(fields))
    .findLast(
      ({ number: own, date, facts }) =>
        own === number &&
        dates.includes(date) &&
        !isDomestic(facts.stock) &&
        facts.isDaytime === isDaytime &&
        facts.stock.symbol === fields.get('PDNO') &&
        facts.exchange === fields.get('OVRS_EXCG_CD'),
    );
}

/** A cancellation may name a part; nothing means all. */
function cancel({ call, trId, fields, brokerage }: Inquiry, original: Order): Answer {
  const quantity = wholeNumber(fields.get('ORD_QTY')) || original.remaining();
  if (quantity === 0 || quantity > original.remaining()) return tradingRefusal(NOTHING_LEFT);
  const order = brokerage.place({
    ...original.facts,
    ...{ at: call.at, trId, action: 'cancel', quantity, price: 0, original },
  });
  return overseasAccepted(order, call.at);
}

function modify({ call, trId, fields, brokerage }: Inquiry, original: Order): Answer {
  const numbers = readNumbers(fields);
  if ('msgCd' in numbers) return numbers;
  const { stock, side, isDaytime } = original.facts;
  if (isDomestic(stock) || numbers.quantity > original.remaining()) return tradingRefusal(NOTHING_LEFT);
  const type = overseasType(original.facts.type);
  if (type.isScheduled) return tradingRefusal('APBK0963');
  const problem = overseasPriceProblem({ ...numbers, stock, side, type, isDaytime });
  if (problem !== null) return overseasRefusal(problem, stock);
  const order = brokerage.place({
    ...original.facts,
    ...{ at: call.at, trId, action: 'modify', original },
    ...numbers,
  });
  return overseasAccepted(order, call.at);
}

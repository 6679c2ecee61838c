import { isAmerican } from '../market/exchanges';
import { type OverseasStock } from '../market/overseas-stocks';
import { type Answer, padded, tradingRefusal } from '../uapi/answer';
import { type Order } from './order';
import { orderAccepted } from './order-answer';

/** The answers to overseas orders. */

/** Outside US hours the message is a special one, which points to the daytime session. */
const AMERICAN_HOURS = '장운영시간이 아닙니다.(단,주간거래시간이면 전용화면 주문가능, 주문시간 외 불가)';

/** KIS has sent an overseas order on. */
export function overseasAccepted(order: Order, at: number): Answer {
  return orderAccepted(order, at);
}

export function overseasRefusal(code: string, { exchange }: OverseasStock): Answer {
  const refusal = tradingRefusal(code);
  return code === 'APBK0918' && isAmerican(exchange) ? { ...refusal, msg1: padded(AMERICAN_HOURS) } : refusal;
}

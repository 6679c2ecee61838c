import { type Brokerage } from '../brokerage';
import { type IncomingCall, type Reply, jsonObject, jsonReply } from '../message';
import { hexDigits } from '../random';
import { envelope, gatewayRefusal, goodAnswer, padded } from '../uapi/answer';
import { type OrderFault, type OrderSettings } from './order-settings';

/** A fault that an order call is to have, and whether the order is executed all the same. */
export interface PlannedFault {
  readonly fault: OrderFault;
  readonly reaches: boolean;
}

/** Whether a call places, modifies or cancels an order. */
export function isOrderCall({ method, path, headers }: IncomingCall): boolean {
  return method === 'POST' && path.includes('/trading/') && headers.get('tr_id').endsWith('U');
}

/** The fault of this call, if it is to have one. Counts `orderFaultNext` down. */
export function plannedFault(call: IncomingCall, settings: OrderSettings): PlannedFault | null {
  const { orderFault: fault, orderFaultReaches: reaches, orderFaultNext: left } = settings;
  if (fault === null || left === 0 || !isOrderCall(call) || !isMeant(call, settings)) return null;
  if (left !== null) settings.orderFaultNext = left - 1;
  return { fault, reaches };
}

/**
 * What is answered instead.
 * @param reply of an order that was executed; null where it was not
 */
export function faultyReply(
  fault: OrderFault,
  call: IncomingCall,
  reply: Reply | null,
  { random }: Brokerage,
): Reply {
  const trId = call.headers.get('tr_id');
  if (fault === 'noNumber') {
    const output = { KRX_FWDG_ORD_ORGNO: '', ODNO: '', ORD_TMD: '' };
    const body = jsonObject(reply?.body.toString() ?? '');
    // A refusal has no number anyway.
    if (reply && body?.['rt_cd'] !== '0') return reply;
    if (reply) return { ...jsonReply(200, { ...body, output }, reply.code), headers: reply.headers };
    const answer = goodAnswer('APBK0013', padded('주문 전송 완료 되었습니다.'), { output });
    return envelope(answer, trId, hexDigits(random, 32));
  }
  if (fault === 'EGW00301' || fault === 'EGW00302') {
    return envelope(gatewayRefusal(fault), trId, hexDigits(random, 32));
  }
  throw new RangeError(`The fault ${fault} has no answer of its own.`);
}

function isMeant({ path }: IncomingCall, { orderFaultOn }: OrderSettings): boolean {
  const isChange = path.includes('rvsecncl');
  return orderFaultOn === 'all' || isChange === (orderFaultOn === 'change');
}

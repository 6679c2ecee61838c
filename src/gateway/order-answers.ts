import type { ServerResponse } from 'node:http';
import { inKorea, type KisProgramOrderAnswer } from '../kis';
import { sendJson, sendOn } from './http-call';
import { kisHeaders } from './refusals';

/**
 * Codes of the answers about an order that are not KIS's. They are sent like refusals of KIS, with HTTP 200 and `rt_cd` "1",
 * and never with a 5xx, after which programs send the order again.
 */
export const ORDER_CODES = {
  UNKNOWN: 'KAPI0001',
  ORDERS_OFF: 'KAPI0002',
  CAP: 'KAPI0003',
  READ_ONLY: 'KAPI0004',
  NOT_PLACED: 'KAPI0005',
} as const;
export type OrderCode = (typeof ORDER_CODES)[keyof typeof ORDER_CODES];

const WORDS: Readonly<Record<OrderCode, readonly [ko: string, en: string]>> = {
  KAPI0001: [
    '주문 결과를 알 수 없습니다. 다시 주문하지 말고 주문내역을 조회하세요.',
    'The outcome of the order is not known: do not send it again, look the order up.',
  ],
  KAPI0002: ['이 주문은 허용되지 않아 전송하지 않았습니다.', 'This order is not allowed: nothing was sent.'],
  KAPI0003: ['주문 한도를 초과하여 전송하지 않았습니다.', 'The order exceeds a cap: nothing was sent.'],
  KAPI0004: [
    '조회 전용 키이므로 전송하지 않았습니다.',
    'The key of this program may read only: nothing was sent.',
  ],
  KAPI0005: ['주문이 접수되지 않았습니다.', 'The order was not placed.'],
};

/** Refuses in KIS's form. @param because details beyond the message of the code, in English. */
export function refuseOrder(response: ServerResponse, code: OrderCode, trId: string, because = ''): void {
  const msg1 = [...WORDS[code], because].filter((text) => text !== '').join(' ');
  sendJson(response, 200, { rt_cd: '1', msg_cd: code, msg1 }, kisHeaders(trId));
}

const REASONS = {
  'orders-off': ORDER_CODES.ORDERS_OFF,
  cap: ORDER_CODES.CAP,
  'not-placed': ORDER_CODES.NOT_PLACED,
} as const;

/** Sends a program the outcome of its order. Returns the code if it is one of ours. */
export function answerOrder(
  response: ServerResponse,
  answer: KisProgramOrderAnswer,
  trId: string,
): string | null {
  switch (answer.kind) {
    case 'response':
      sendOn(response, answer.response);
      return null;
    case 'unknown':
    case 'undecided':
      refuseOrder(response, ORDER_CODES.UNKNOWN, trId, answer.kind === 'undecided' ? answer.message : '');
      return ORDER_CODES.UNKNOWN;
    case 'not-placed': {
      const code = REASONS[answer.reason];
      refuseOrder(response, code, trId, answer.message);
      return code;
    }
    case 'settled':
      sendJson(response, 200, settledBody(answer.record), kisHeaders(trId));
      return null;
  }
}

/** The body that KIS would have sent, from what is known; with KIS's own message where there is one. */
function settledBody({ outcome, kis, orderNumber, branch, createdAt }: Settled['record']): object {
  const words = { msg_cd: kis?.msgCd, msg1: kis?.msg1 };
  if (outcome === 'rejected') {
    return {
      rt_cd: '1',
      msg_cd: words.msg_cd ?? ORDER_CODES.NOT_PLACED,
      msg1: words.msg1 ?? '주문이 거부되었습니다.',
    };
  }
  const output = {
    KRX_FWDG_ORD_ORGNO: branch ?? '',
    ODNO: orderNumber ?? '',
    ORD_TMD: inKorea(createdAt).toISOString().slice(11, 19).replace(/:/g, ''),
  };
  return {
    rt_cd: '0',
    msg_cd: words.msg_cd ?? 'APBK0013',
    msg1: words.msg1 ?? '주문 전송 완료 되었습니다.',
    output,
  };
}

type Settled = Extract<KisProgramOrderAnswer, { kind: 'settled' }>;

import { koreanTime } from '../korean-time';
import { type KisHost } from '../message';
import { type Answer, goodAnswer, padded } from '../uapi/answer';
import { type Action, type Order, type Side } from './order';

/** The answers to accepted domestic orders. */

/** Messages of the mock host; those of modifications and cancellations are inferred. */
const MOCK_WORDS: Readonly<Record<Action, Readonly<Record<Side, readonly [string, string]>>>> = {
  new: {
    buy: ['40600000', '모의투자 매수주문이 완료 되었습니다.'],
    sell: ['40590000', '모의투자 매도주문이 완료 되었습니다.'],
  },
  modify: {
    buy: ['40610000', '모의투자 정정주문이 완료 되었습니다.'],
    sell: ['40610000', '모의투자 정정주문이 완료 되었습니다.'],
  },
  cancel: {
    buy: ['40630000', '모의투자 취소주문이 완료 되었습니다.'],
    sell: ['40630000', '모의투자 취소주문이 완료 되었습니다.'],
  },
};

/** KIS has sent the order on: its number and time. @param isLowerCase keys as in the portal's table of revisions */
export function orderAccepted(order: Order, at: number, isLowerCase = false): Answer {
  const { host, action, side } = order.facts;
  const [msgCd, words] = wordsOf(host, action, side);
  const output = {
    KRX_FWDG_ORD_ORGNO: order.branch,
    ODNO: order.number,
    ORD_TMD: koreanTime(at),
    ...(order.facts.exchange === 'SOR' ? { SOR_ODNO: '' } : {}),
  };
  return goodAnswer(msgCd, padded(words), { output: isLowerCase ? lowerCase(output) : output });
}

function wordsOf(host: KisHost, action: Action, side: Side): readonly [code: string, words: string] {
  return host === 'mock' ? MOCK_WORDS[action][side] : ['APBK0013', '주문 전송 완료 되었습니다.'];
}

function lowerCase(output: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(output).map(([name, value]) => [name.toLowerCase(), value]));
}

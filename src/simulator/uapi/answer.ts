import { type HeaderPair, type KisHost, type Reply, jsonReply } from '../message';
import { GATEWAY_MESSAGES, type GatewayCode } from './gateway-messages';
import { SERVICE_MESSAGES } from './service-messages';

/** The answer of a service under /uapi, before it is put into the envelope. */
export interface Answer {
  readonly status: number;
  readonly rtCd: string;
  readonly msgCd: string;
  readonly msg1: string;
  /** Response header: M or F when more pages follow, D or E on the last, empty where there are no pages. */
  readonly trCont: string;
  /** The part before `rt_cd`: outputs and paging areas. */
  readonly content: Readonly<Record<string, unknown>>;
}

const MESSAGE_BYTES = 80;

/** A refusal by the gateway: HTTP 500 and an unpadded message. */
export function gatewayRefusal(msgCd: GatewayCode, status = 500): Answer {
  return { status, rtCd: '1', msgCd, msg1: GATEWAY_MESSAGES[msgCd], trCont: '', content: {} };
}

/** A refusal by the services behind the gateway: HTTP 200, shown by `rt_cd` only. */
export function serviceRefusal(rtCd: string, msgCd: string, msg1: string): Answer {
  return { status: 200, rtCd, msgCd, msg1, trCont: '', content: {} };
}

/** A successful answer about an account, also when nothing was found there: the message is padded. */
export function tradingAnswer(
  host: KisHost,
  content: Answer['content'],
  { found = true, trCont = '' }: { readonly found?: boolean; readonly trCont?: string } = {},
): Answer {
  const [msgCd, text] = tradingMessage(host, found);
  return { status: 200, rtCd: '0', msgCd, msg1: padded(text), trCont, content };
}

/** A successful answer with a message of its own. */
export function goodAnswer(msgCd: string, msg1: string, content: Answer['content']): Answer {
  return { status: 200, rtCd: '0', msgCd, msg1, trCont: '', content };
}

/**
 * A refusal of the ledger in the words known for its code: HTTP 200, and a padded message as in its successful answers.
 */
export function tradingRefusal(msgCd: string): Answer {
  const [rtCd, text] = SERVICE_MESSAGES[msgCd] ?? ['1', ''];
  return serviceRefusal(rtCd, msgCd, padded(text));
}

/** A successful answer about the market: its message is not padded. */
export function quotation(content: Answer['content'], trCont = ''): Answer {
  return { status: 200, rtCd: '0', msgCd: 'MCA00000', msg1: '정상처리 되었습니다.', trCont, content };
}

/** A field without a value. */
export function invalidField(name: string): Answer {
  return serviceRefusal('2', 'OPSQ2001', `ERROR : INPUT INVALID_CHECK_${name}`);
}

/**
 * Trading messages are filled with spaces to 80 bytes of EUC-KR, in which a Korean letter takes two: the four messages
 * that are quoted in public with their spaces all have this length.
 */
export function padded(message: string): string {
  return message + ' '.repeat(Math.max(0, MESSAGE_BYTES - eucKrLength(message)));
}

/** Bytes of a text in EUC-KR. */
export function eucKrLength(text: string): number {
  return Array.from(text).reduce((bytes, character) => bytes + (character > '\x7f' ? 2 : 1), 0);
}

/**
 * The envelope of /uapi. The three KIS headers are lower case and all others capitalised: the official client
 * makes a namedtuple of every all-lower-case header, so `tr_cont` must be one and `content-type` must not
 * (open-trading-api, examples_user/kis_auth.py, APIResp._setHeader).
 */
export function envelope(answer: Answer, trId: string, gtUid: string): Reply {
  const { status, rtCd, msgCd, msg1, content } = answer;
  const reply = jsonReply(status, { ...content, rt_cd: rtCd, msg_cd: msgCd, msg1 }, msgCd);
  const own: HeaderPair[] = [
    ['tr_id', trId],
    ['tr_cont', answer.trCont],
    ['gt_uid', gtUid],
  ];
  return { ...reply, headers: [...reply.headers, ...own] };
}

function tradingMessage(host: KisHost, found: boolean): [code: string, text: string] {
  if (host === 'mock') {
    return found
      ? ['20310000', '모의투자 조회가 완료되었습니다.']
      : ['70070000', '모의투자 조회할 내역(자료)이 없습니다.'];
  }
  return found ? ['KIOK0510', '조회가 완료되었습니다'] : ['KIOK0560', '조회할 내용이 없습니다'];
}

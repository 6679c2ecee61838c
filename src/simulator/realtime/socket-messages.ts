import { koreanDateTime } from '../korean-time';

/** Literal messages of the websocket for its codes (KIS portal, FAQ of error codes). */
const SOCKET_WORDS = {
  OPSP0000: 'SUBSCRIBE SUCCESS',
  OPSP0001: 'UNSUBSCRIBE SUCCESS',
  OPSP0002: 'ALREADY IN SUBSCRIBE',
  OPSP0003: 'UNSUBSCRIBE ERROR(not found!)',
  OPSP0008: 'MAX SUBSCRIBE OVER',
  OPSP0011: 'invalid approval(appkey) : NOT FOUND',
  OPSP8991: 'invalid tr_id',
  OPSP8992: 'invalid tr_key',
  OPSP8996: 'ALREADY IN USE appkey',
  OPSP8997: 'invalid tr_type',
  OPSP8998: 'invalid custtype',
  OPSP9991: 'input not found',
  OPSP9992: 'body not found',
  OPSP9994: 'INVALID appkey',
  OPSP9996: 'appkey not found',
  OPSP9997: 'custtype not found',
  OPSP9998: 'header not found',
  OPSP9999: 'invalid json format',
} as const;

export type SocketCode = keyof typeof SOCKET_WORDS;

/** Key and initial vector of one registration: ASCII texts whose bytes are used as they are. */
export interface Cipher {
  readonly key: string;
  readonly iv: string;
}

/** What a message is about. */
export interface Subject {
  readonly trId: string;
  readonly trKey: string;
}

/** The subject in answers to requests that could not be parsed. */
const NO_SUBJECT: Subject = { trId: '(null)', trKey: '' };

/** The acknowledgement of a registration or of its end; key and vector come with all of them. */
export function acknowledgement(
  code: 'OPSP0000' | 'OPSP0001',
  { trId, trKey }: Subject,
  encrypt: 'Y' | 'N',
  { key, iv }: Cipher,
): string {
  return JSON.stringify({
    header: { tr_id: trId, tr_key: trKey, encrypt },
    body: { rt_cd: '0', msg_cd: code, msg1: SOCKET_WORDS[code], output: { iv, key } },
  });
}

/** A refusal; `rt_cd` is 9 where it was seen, 1 for those of registrations [inferred]. */
export function refusal(code: SocketCode, { trId, trKey }: Subject = NO_SUBJECT): string {
  const rtCd = /^OPSP000/.test(code) ? '1' : '9';
  return JSON.stringify({
    header: { tr_id: trId, tr_key: trKey, encrypt: 'N' },
    body: { rt_cd: rtCd, msg_cd: code, msg1: SOCKET_WORDS[code] },
  });
}

export function pingPong(now: number): string {
  const datetime = koreanDateTime(now).replace(/\D/g, '');
  return JSON.stringify({ header: { tr_id: 'PINGPONG', datetime } });
}

export function isPingPong(text: string): boolean {
  return text.includes('"PINGPONG"');
}

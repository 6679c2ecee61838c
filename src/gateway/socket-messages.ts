import { createCipheriv, randomBytes } from 'node:crypto';
import { inKorea } from '../kis';

/** The messages of the gateway's websocket, in the form of KIS's: requests of programs, replies, and frames. */

/** Messages of KIS's websocket by code (KIS portal, list of error codes). */
const WORDS = {
  OPSP0000: 'SUBSCRIBE SUCCESS',
  OPSP0001: 'UNSUBSCRIBE SUCCESS',
  OPSP0002: 'ALREADY IN SUBSCRIBE',
  OPSP0003: 'UNSUBSCRIBE ERROR(not found!)',
  OPSP0008: 'MAX SUBSCRIBE OVER',
  OPSP0011: 'invalid approval(appkey) : NOT FOUND',
  OPSP8992: 'invalid tr_key',
  OPSP8997: 'invalid tr_type',
  OPSP8998: 'invalid custtype',
  OPSP9991: 'input not found',
  OPSP9992: 'body not found',
  OPSP9994: 'INVALID appkey',
  OPSP9996: 'appkey not found',
  OPSP9997: 'custtype not found',
  OPSP9998: 'header not found',
  OPSP9999: 'invalid json format',
  KAPI0004: '조회 전용 키입니다. The key of this program may not see order notices.',
} as const;
export type SocketCode = keyof typeof WORDS;

/** The registration that a message is about. */
export interface Subject {
  readonly trId: string;
  readonly trKey: string;
}

/** A request to register or to release. */
export interface SocketRequest extends Subject {
  readonly approvalKey: string;
  readonly isRelease: boolean;
}

/** Key and initialization vector: ASCII texts whose bytes are used as they are. */
export interface Cipher {
  readonly key: string;
  readonly iv: string;
}

export function newCipher(): Cipher {
  return { key: randomBytes(16).toString('hex'), iv: randomBytes(8).toString('hex') };
}

/** Reads a request; KIS's code for what is wrong when it cannot be read, checked in the order of the codes. */
export function readRequest(text: string): SocketRequest | SocketCode {
  const message = objectIn(text);
  if (!message) return 'OPSP9999';
  const header = recordOf(message['header']);
  if (!header) return 'OPSP9998';
  const body = recordOf(message['body']);
  if (!body) return 'OPSP9992';
  const input = recordOf(body['input']);
  if (!input) return 'OPSP9991';
  const [approvalKey, customer, type] = ['approval_key', 'custtype', 'tr_type'].map((name) =>
    textOf(header[name]),
  );
  if (!approvalKey) return 'OPSP9996';
  if (!customer) return 'OPSP9997';
  if (!/^[PB]$/.test(customer)) return 'OPSP8998';
  if (!/^[12]$/.test(type ?? '')) return 'OPSP8997';
  return {
    approvalKey,
    isRelease: type === '2',
    trId: textOf(input['tr_id']),
    trKey: textOf(input['tr_key']),
  };
}

/** The acknowledgement of a registration or of its end; key and vector come with all of them. */
export function acknowledgement(
  code: 'OPSP0000' | 'OPSP0001',
  { trId, trKey }: Subject,
  isEncrypted: boolean,
  { key, iv }: Cipher,
): string {
  return JSON.stringify({
    header: { tr_id: trId, tr_key: trKey, encrypt: isEncrypted ? 'Y' : 'N' },
    body: { rt_cd: '0', msg_cd: code, msg1: WORDS[code], output: { iv, key } },
  });
}

/** A refusal with KIS's message for the code, or with `words` for a code without one. */
export function refusal(code: string, subject: Subject = { trId: '(null)', trKey: '' }, words = ''): string {
  const known = WORDS[code as SocketCode] as string | undefined;
  return JSON.stringify({
    header: { tr_id: subject.trId, tr_key: subject.trKey, encrypt: 'N' },
    body: { rt_cd: code.startsWith('OPSP000') ? '1' : '9', msg_cd: code, msg1: known ?? words },
  });
}

export function pingPong(now: number): string {
  const datetime = inKorea(now).toISOString().slice(0, 19).replace(/\D/g, '');
  return JSON.stringify({ header: { tr_id: 'PINGPONG', datetime } });
}

export function isPingPong(text: string): boolean {
  return text.includes('"PINGPONG"');
}

/** A frame as KIS writes it; encrypted (AES-256-CBC) where a cipher is given. */
export function frameText(trId: string, count: number, body: string, cipher: Cipher | null): string {
  const head = `${cipher ? 1 : 0}|${trId}|${String(count).padStart(3, '0')}|`;
  if (!cipher) return head + body;
  const encryption = createCipheriv('aes-256-cbc', cipher.key, cipher.iv);
  return head + encryption.update(body, 'utf8', 'base64') + encryption.final('base64');
}

/** TR ids of notices about an account's own orders: domestic, foreign, futures and options at home and abroad. */
export function isNotices(trId: string): boolean {
  return /CNI\d$/.test(trId) || /^HDFFF[12]C\d$/.test(trId);
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    return recordOf(JSON.parse(text));
  } catch {
    return null;
  }
}

function recordOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

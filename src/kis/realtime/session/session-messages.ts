import { jsonObject } from '../../transport/exchange-result';
import type { KisRegistrationAnswer } from './upstream';

/** A message of KIS on the websocket other than a frame. */
export type SessionMessage =
  | { readonly kind: 'ping' }
  | {
      readonly kind: 'answer';
      /** The registration that it is about; `null` where KIS does not say. */
      readonly subject: { readonly trId: string; readonly trKey: string } | null;
      readonly answer: KisRegistrationAnswer;
      /** Key and initialization vector for encrypted frames; every acknowledgement has them. */
      readonly cipher: FrameCipher | null;
    };

export interface FrameCipher {
  readonly key: string;
  readonly iv: string;
}

/** How KIS writes that there is no subject. */
const NO_SUBJECT = '(null)';
const REGISTERED_ALREADY = 'OPSP0002';

/** A request of `tr_type` 1 (register) or 2 (release), as in the portal's examples. */
export function registrationRequest(
  approvalKey: string,
  type: '1' | '2',
  trId: string,
  trKey: string,
): string {
  return JSON.stringify({
    header: { approval_key: approvalKey, custtype: 'P', tr_type: type, 'content-type': 'utf-8' },
    body: { input: { tr_id: trId, tr_key: trKey } },
  });
}

/** `null` for a text that is not one of KIS's messages. */
export function readSessionMessage(text: string): SessionMessage | null {
  const message = jsonObject(text);
  const header = recordOf(message?.['header']);
  if (!header) return null;
  if (header['tr_id'] === 'PINGPONG') return { kind: 'ping' };
  const body = recordOf(message?.['body']);
  if (!body) return null;
  const [trId, trKey] = [textOf(header['tr_id']), textOf(header['tr_key'])];
  const code = textOf(body['msg_cd']);
  const ok = textOf(body['rt_cd']) === '0' || code === REGISTERED_ALREADY;
  return {
    kind: 'answer',
    subject: trId === '' || trId === NO_SUBJECT ? null : { trId, trKey },
    answer: { ok, code, message: textOf(body['msg1']) },
    cipher: cipherOf(recordOf(body['output'])),
  };
}

/** AES-256 needs a key of 32 bytes and a vector of 16: ASCII texts whose bytes are used as they are. */
function cipherOf(output: Record<string, unknown> | null): FrameCipher | null {
  const [key, iv] = [textOf(output?.['key']), textOf(output?.['iv'])];
  return Buffer.byteLength(key) === 32 && Buffer.byteLength(iv) === 16 ? { key, iv } : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

function recordOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

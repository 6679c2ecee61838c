import type { KisCredential } from '../kis-credential';
import type { KisAnswerFacts } from '../kis.errors';

/** `msg1` has 80 bytes, `error_description` is of that kind; more is not KIS's. */
const LONGEST_MESSAGE = 200;

/** What KIS's tokens look like. */
const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** A body as a JSON object; `null` when it is none. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const body: unknown = JSON.parse(text);
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    return isObject ? (body as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

/**
 * Code and words of the brokerage in a body, `null` when there is no code. The token endpoint says `error_code` and
 * `error_description`, the calls `msg_cd` and `msg1` (padded with spaces). Should the words repeat a key, a secret or
 * a token, these are struck out.
 */
export function answerFacts(
  body: Readonly<Record<string, unknown>> | null,
  credential: KisCredential,
  trId?: string,
): KisAnswerFacts | null {
  const msgCd = textIn(body?.['msg_cd']) || textIn(body?.['error_code']);
  if (msgCd === '') return null;
  const words = textIn(body?.['msg1']) || textIn(body?.['error_description']);
  const msg1 = withoutSecrets(words, credential).slice(0, LONGEST_MESSAGE);
  return { msgCd: msgCd.slice(0, 20), msg1, ...(trId === undefined ? {} : { trId }) };
}

function withoutSecrets(words: string, { appKey, appSecret, maskedAppKey }: KisCredential): string {
  return words
    .replaceAll(JWT, '…')
    .replaceAll(appSecret || '…', '…')
    .replaceAll(appKey || '…', maskedAppKey);
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

import { escapeControls } from '../escape-controls';
import type { KisCredential } from '../kis-credential';
import type { KisAnswerFacts } from '../kis.errors';

/** Reads code and message from the answers of KIS, safe for logs and errors. */

/** `msg1` has 80 bytes and `error_description` is similar; a longer text is not from KIS. */
const LONGEST_MESSAGE = 200;
/** KIS's codes have eight characters. */
const CODE = /^[\w.-]{1,20}$/;
/**
 * More than any message of KIS has. The rest is cut off before redaction, because searching megabytes for secrets would
 * take seconds.
 */
const LONGEST_SEARCHED = 2000;

/**
 * Code and message of the brokerage in a body, `null` when there is no code. The token endpoint sends `error_code` and
 * `error_description`, calls `msg_cd` and `msg1` (padded with spaces). Both may be printed: see {@link printable}.
 */
export function answerFacts(
  body: Readonly<Record<string, unknown>> | null,
  credential: KisCredential,
  trId?: string,
): KisAnswerFacts | null {
  const msgCd = textIn(body?.['msg_cd']) || textIn(body?.['error_code']);
  if (!CODE.test(msgCd)) return null;
  const words = textIn(body?.['msg1']) || textIn(body?.['error_description']);
  return {
    msgCd: printable(msgCd, credential, msgCd.length),
    msg1: printable(words, credential, LONGEST_MESSAGE),
    ...(trId === undefined ? {} : { trId }),
  };
}

/**
 * Text of KIS for use in messages: secrets in use, which KIS may repeat, are redacted, control characters escaped, and
 * the length is limited.
 */
export function printable(text: string, { redactor }: KisCredential, longest: number): string {
  return escapeControls(redactor.redact(text.slice(0, LONGEST_SEARCHED))).slice(0, longest);
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

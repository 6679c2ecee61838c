import { escapeControls } from '../escape-controls';
import type { KisCredential } from '../kis-credential';
import type { KisAnswerFacts } from '../kis.errors';

/** `msg1` has 80 bytes, `error_description` is of that kind; more is not KIS's. */
const LONGEST_MESSAGE = 200;
/** KIS's codes have eight characters. */
const CODE = /^[\w.-]{1,20}$/;
/** Longer than any message before it is redacted: to search megabytes for secrets would take seconds. */
const LONGEST_SEARCHED = 2000;

/**
 * Code and words of the brokerage in a body, `null` when there is no code. The token endpoint says `error_code` and
 * `error_description`, the calls `msg_cd` and `msg1` (padded with spaces). Both may be printed: see {@link printable}.
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
 * Text of KIS that goes into messages: without the secrets in use, which KIS may repeat, and without characters that
 * a terminal obeys; of this length at most.
 */
export function printable(text: string, { redactor }: KisCredential, longest: number): string {
  return escapeControls(redactor.redact(text.slice(0, LONGEST_SEARCHED))).slice(0, longest);
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

import { answerFacts, printable } from '../transport/answer-facts';
import {
  jsonObject,
  type KisExchangeAnswer,
  type KisExchangeResult,
  type WireResponse,
} from '../transport/exchange-result';
import type { KisAnswerFacts } from '../kis.errors';
import { classOf } from '../protocol/answer-codes';
import { isRead, type KisCall } from './kis-call';

/** The call was executed. */
export interface KisOk {
  readonly kind: 'ok';
  readonly status: number;
  readonly headers: KisExchangeAnswer['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

/** KIS judged the call and did not execute it. */
export interface KisRefusal {
  readonly kind: 'token-refused' | 'rate-limited' | 'credentials-refused' | 'pages-changed' | 'refused';
  readonly facts: KisAnswerFacts;
}

/** KIS cannot handle the call at the moment; whether it was executed is not known. */
export interface KisTransientFailure {
  readonly kind: 'transient';
  readonly facts: KisAnswerFacts;
}

/** The answer does not show whether the call was executed. */
export interface KisDoubt {
  /** `unavailable`: no connection, or a gateway error; `broken`: an answer that is not KIS's protocol. */
  readonly kind: 'timeout' | 'unavailable' | 'broken';
  /** What happened; continues a sentence that begins with the name of the call. */
  readonly seen: string;
  readonly facts?: KisAnswerFacts;
  readonly cause?: Error;
  /** Not even the head of an answer could be read. */
  readonly isNoHttp?: boolean;
  /** It is certain that nothing was sent. */
  readonly unsent?: boolean;
}

/** A call that did not succeed. */
export type KisFailure = KisRefusal | KisTransientFailure | KisDoubt;

/** What an exchange means; with the response as it came, when there was one. */
export type KisAnswer = (KisOk | KisFailure) & { readonly wire?: WireResponse };

/** Maximum length of `rt_cd`; KIS's have one character. */
const LONGEST_RESULT_CODE = 8;

/** Classifies an exchange, by the body first, whatever the HTTP status: KIS refuses with 500 and with 200. */
export function classify(result: KisExchangeResult, call: KisCall): KisAnswer {
  switch (result.kind) {
    case 'timeout':
      return result.sent
        ? { kind: 'timeout', seen: 'was not answered in time' }
        : { kind: 'timeout', seen: `found no connection to ${call.url.host} in time`, unsent: true };
    case 'unreachable': {
      const unsent = !result.sent;
      const seen = `${unsent ? 'found no' : 'lost the'} connection to ${call.url.host} (${result.reason})`;
      return { kind: 'unavailable', seen, cause: result.cause, unsent };
    }
    case 'broken':
      return {
        kind: 'broken',
        seen: 'got an answer that broke off or was damaged',
        cause: result.cause,
        isNoHttp: isParseError(result.cause),
      };
    case 'answered':
      return isPlainSuccess(result, call)
        ? new PassedOn(result)
        : { ...read(result, call), wire: result.wire };
  }
}

/**
 * Whether a response to a read of another program need not be parsed: KIS says that it succeeded, and nothing in it can be
 * a code that calls for another attempt.
 */
function isPlainSuccess({ status, bytes }: KisExchangeAnswer, call: KisCall): boolean {
  if (!call.verbatim || status !== 200 || !isRead(call)) return false;
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return body.includes(SUCCESS) && !CURABLE.some((start) => body.includes(start));
}

const SUCCESS = '"rt_cd":"0"';
/** Prefixes of the codes after which a call is repeated. */
const CURABLE = ['EGW', 'OPS', 'SYDB'] as const;

/** A successful response, parsed only when its body is read. */
class PassedOn implements KisOk {
  readonly kind = 'ok';

  constructor(private readonly answer: KisExchangeAnswer) {}

  get status(): number {
    return this.answer.status;
  }

  get headers(): KisExchangeAnswer['headers'] {
    return this.answer.headers;
  }

  get wire(): WireResponse {
    return this.answer.wire;
  }

  get body(): KisOk['body'] {
    return jsonObject(this.answer.text) ?? {};
  }
}

/** Of the HTTP parser of Node.js. */
function isParseError(cause: NodeJS.ErrnoException): boolean {
  return cause.code?.startsWith('HPE_') ?? false;
}

function read(answer: KisExchangeAnswer, call: KisCall): KisAnswer {
  const { status, headers } = answer;
  if (status >= 300 && status < 400) {
    return {
      kind: 'broken',
      seen: `was redirected (HTTP ${status}), which is not followed: credentials stay here`,
    };
  }
  const body = jsonObject(answer.text);
  const resultCode = body?.['rt_cd'];
  if (body && resultCode === '0') return { kind: 'ok', status, headers, body };
  const facts = answerFacts(body, call.account.credential, call.trId);
  if (facts) return judged(facts, typeof resultCode === 'string');
  if (typeof resultCode === 'string') {
    return {
      kind: 'refused',
      facts: {
        msgCd: `rt_cd ${printable(resultCode, call.account.credential, LONGEST_RESULT_CODE)}`,
        msg1: '',
        trId: call.trId,
      },
    };
  }
  if (status >= 500) return { kind: 'unavailable', seen: `found KIS out of service (HTTP ${status})` };
  return {
    kind: 'broken',
    seen: `got an answer that is not KIS's (HTTP ${status}, ${describe(answer.text, body)})`,
  };
}

function judged(facts: KisAnswerFacts, hasResultCode: boolean): KisAnswer {
  const code = facts.msgCd;
  const answerClass = classOf(code);
  switch (answerClass) {
    case 'token-refused':
    case 'rate-limited':
    case 'credentials-refused':
    case 'pages-changed':
    case 'transient':
      return { kind: answerClass, facts };
    case 'outcome-unknown':
      return { kind: 'timeout', seen: `was answered: ${code} ${facts.msg1}`.trim(), facts };
    default:
      // A code without rt_cd is the error form of the gateway, `error_code`.
      return hasResultCode || code.startsWith('EGW')
        ? { kind: 'refused', facts }
        : { kind: 'broken', seen: `was answered: ${code} ${facts.msg1}`.trim(), facts };
  }
}

function describe(text: string, body: unknown): string {
  if (text.trim() === '') return 'empty';
  if (body) return 'without rt_cd';
  return /^\s*</.test(text) ? 'HTML' : 'no complete JSON object';
}

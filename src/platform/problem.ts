import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  escapeControls,
  KisError,
  KisOrderRefusedError,
  KisOrderRejectedError,
  KisRegistrationsFullError,
  type KisAnswerFacts,
  type KisErrorCode,
  type KisOrder,
  type KisOrderProblem,
} from '../kis';
import { ProblemWithStatus } from './problem-with-status';

/** The media type of every problem. */
const PROBLEM_JSON = 'application/problem+json; charset=utf-8';

/** An error in a response of the API (RFC 9457). */
export interface Problem {
  /** Permanent identifier of the kind of problem: `urn:kis-api:problem:account-not-found`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What happened and what to do. */
  readonly detail: string;
  readonly code: string;
  readonly kis?: KisAnswerFacts;
  readonly retryAt?: Date;
  /** Every reason for which an order was not sent. */
  readonly problems?: readonly KisOrderProblem[];
  /** The order that KIS refused. */
  readonly order?: KisOrder;
  /** The realtime channels that are registered. */
  readonly channels?: readonly string[];
}

/** A failure between this API and KIS is never 401 or 403, which are about the caller's own key. */
const KIS_PROBLEMS: Readonly<Record<KisErrorCode, { status: number; title: string }>> = {
  ACCOUNT_NOT_FOUND: { status: 404, title: 'No such account' },
  SYMBOL_NOT_FOUND: { status: 404, title: 'No such symbol' },
  INVALID_REQUEST: { status: 400, title: 'The request is not valid' },
  NOT_AVAILABLE_IN_MOCK: { status: 422, title: 'Not available in mock trading' },
  KIS_REJECTED: { status: 422, title: 'KIS refused the call' },
  TOKEN_ISSUE_COOLDOWN: { status: 503, title: 'No token may be requested from KIS yet' },
  TOKEN_STORE_FAILED: { status: 503, title: 'The token store is not working' },
  KIS_CREDENTIALS_REJECTED: { status: 503, title: 'KIS does not accept the credentials' },
  KIS_TOKEN_REJECTED: { status: 503, title: 'KIS does not accept the token' },
  KIS_RATE_LIMITED: { status: 503, title: 'Too many calls to KIS' },
  KIS_UNAVAILABLE: { status: 502, title: 'KIS is not available' },
  KIS_TIMEOUT: { status: 504, title: 'KIS did not answer in time' },
  REGISTRATIONS_FULL: { status: 409, title: 'All realtime registrations are in use' },
  ORDERS_DISABLED: { status: 403, title: 'Orders are switched off' },
  ORDER_REFUSED: { status: 422, title: 'The order would be refused' },
  ORDER_CAP_EXCEEDED: { status: 422, title: 'The order exceeds a cap' },
  ORDER_ID_REUSED: { status: 409, title: 'The id names another order' },
  ORDER_EQUAL_UNSETTLED: { status: 409, title: 'An equal order is not settled yet' },
  ORDER_NOT_OPEN: { status: 409, title: 'The order is not open' },
  ORDER_NOT_UNKNOWN: { status: 409, title: 'The order is not to be settled by hand' },
  ORDER_NOT_FOUND: { status: 404, title: 'No such order' },
  ORDER_JOURNAL_FAILED: { status: 503, title: 'The order journal is not working' },
  KIS_BAD_RESPONSE: { status: 502, title: 'Unexpected response from KIS' },
};

/** Codes that do not follow from the name of the HTTP status. */
const HTTP_CODES: Readonly<Record<number, string>> = {
  400: 'INVALID_REQUEST',
  500: 'INTERNAL_ERROR',
};

/** The problem for any exception. An unexpected one becomes `INTERNAL_ERROR` without details. */
export function problemOf(exception: unknown): Problem {
  if (exception instanceof KisError) return kisProblem(exception);
  if (exception instanceof ProblemWithStatus) return kisProblem(exception.error, exception.getStatus());
  if (exception instanceof RequestRefusedException) return exception.problem;
  if (exception instanceof HttpException) return httpProblem(exception.getStatus(), detailOf(exception));
  return (
    refusalOf(exception) ??
    httpProblem(500, 'Something went wrong on our side. The log of the server has the details.')
  );
}

/** A request that this API refuses with a code of its own. */
export class RequestRefusedException extends HttpException {
  constructor(readonly problem: Problem) {
    super(problem.detail, problem.status);
  }
}

/** The headers that belong to a problem. */
export function problemHeaders({ status, retryAt }: Problem): Record<string, string> {
  return {
    'Content-Type': PROBLEM_JSON,
    'Cache-Control': 'no-store',
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    ...(retryAt ? { 'Retry-After': secondsUntil(retryAt) } : {}),
  };
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const detail = escapeControls(problem.detail); // It may repeat input of the caller.
  return reply
    .code(problem.status)
    .headers(problemHeaders(problem))
    .send({ ...problem, detail });
}

function kisProblem(error: KisError, status = statusOf(error)): Problem {
  return {
    type: typeOf(error.code),
    title: KIS_PROBLEMS[error.code].title,
    status,
    detail: error.message,
    code: error.code,
    ...(error.kis && { kis: error.kis }),
    ...(error.retryAt && { retryAt: error.retryAt }),
    ...(error instanceof KisOrderRefusedError && { problems: error.problems }),
    ...(error instanceof KisOrderRejectedError && { order: error.order }),
    ...(error instanceof KisRegistrationsFullError && { channels: error.channels }),
  };
}

/**
 * When KIS responds that the call should be tried again later, it is busy (503); without a response it is a bad gateway
 * (502).
 */
function statusOf({ code, kis, retryAt }: KisError): number {
  return code === 'KIS_UNAVAILABLE' && kis && retryAt ? 503 : KIS_PROBLEMS[code].status;
}

/** The problem for an HTTP status. */
export function httpProblem(status: number, detail: string): Problem {
  const name = STATUS_CODES[status] ?? 'Error';
  const code = HTTP_CODES[status] ?? name.toUpperCase().replace(/[^A-Z]+/g, '_');
  const title = isKisCode(code) ? KIS_PROBLEMS[code].title : name;
  return { type: typeOf(code), title, status, detail, code };
}

function secondsUntil(at: Date): string {
  return String(Math.max(1, Math.ceil((at.getTime() - Date.now()) / 1000)));
}

/** A kind of problem has the same title wherever it occurs. */
function isKisCode(code: string): code is KisErrorCode {
  return Object.hasOwn(KIS_PROBLEMS, code);
}

function typeOf(code: string): string {
  return `urn:kis-api:problem:${code.toLowerCase().replace(/_/g, '-')}`;
}

function detailOf(exception: HttpException): string {
  const answer = exception.getResponse();
  const message = typeof answer === 'string' ? answer : (answer as { message?: unknown }).message;
  if (Array.isArray(message)) return message.join('; ');
  return typeof message === 'string' ? withoutInput(message) : exception.message;
}

/** Messages of the router and the JSON parser repeat input, which may contain a key. */
function withoutInput(message: string): string {
  const route = /^Cannot ([A-Z]+) ([^?]*)/.exec(message);
  if (route) return `There is no route ${route[1] ?? ''} ${route[2] ?? ''}. All routes are listed at /docs.`;
  if (message === 'Request body is too large') return 'The body is longer than this API accepts.';
  return message.startsWith('Body is not valid JSON') ? 'The body is not valid JSON.' : message;
}

/** By the code of Fastify; the words of the status say what other refusals are. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  [
    'FST_ERR_BAD_URL',
    'The path cannot be decoded: each % must be followed by two hexadecimal digits, and these must be UTF-8.',
  ],
  ['FST_ERR_MAX_PARAM_LENGTH', 'A part of the path is longer than anything this API knows. Shorten it.'],
]);

/** Refusals of Fastify itself. Other errors may have a status too, such as that of a response from elsewhere. */
function refusalOf(exception: unknown): Problem | null {
  if (!(exception instanceof Error)) return null;
  const { statusCode, code } = exception as { statusCode?: unknown; code?: unknown };
  if (typeof statusCode !== 'number' || statusCode >= 500 || !String(code).startsWith('FST_ERR_'))
    return null;
  const words = STATUS_CODES[statusCode] ?? 'Refused';
  return httpProblem(statusCode, REFUSALS.get(String(code)) ?? `${words}.`);
}

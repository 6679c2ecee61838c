import type { InternalAxiosRequestConfig } from 'axios';
import { Readable } from 'node:stream';
import type { KisExchangeRequest } from '../auth/kis-exchange';
import type { KisAccount } from '../kis-account';
import { KisInvalidRequestError } from '../kis.errors';
import type { KisConfiguration, KisRequestPolicy } from '../kis.options';
import { targetOf } from './call-target';
import './kis-http.types';

/** A call that has passed the guards: it goes to the account's own KIS origin, under a TR id. */
export interface KisCall {
  readonly account: KisAccount;
  /** In upper case. */
  readonly method: string;
  /** Query included; not for messages, because it holds the account number. */
  readonly url: URL;
  readonly trId: string;
  /** All but the credentials. */
  readonly headers: KisExchangeRequest['headers'];
  readonly body: KisExchangeRequest['body'];
  readonly signal: AbortSignal | undefined;
  /** For one exchange with KIS. */
  readonly timeoutMs: number;
  /** From the first sending on; afterwards the call is not sent again. */
  readonly budgetMs: number;
}

/** Whether sending the call twice does no harm. */
export function isRead(call: KisCall): boolean {
  return call.method === 'GET';
}

/** `GET /uapi/… (TTTC8434R)`: without the query. */
export function nameOf(call: KisCall): string {
  return `${call.method} ${call.url.pathname} (${call.trId})`;
}

/**
 * Checks a request before anything is sent.
 *
 * @throws KisAccountNotFoundError; KisInvalidRequestError when it would leave the account's origin, has no TR id, or
 * asks for a token behind the token service's back.
 */
export function prepareCall(
  config: InternalAxiosRequestConfig,
  configuration: KisConfiguration,
  signal: AbortSignal | undefined,
): KisCall {
  const account = configuration.account(config.kis?.account);
  const url = targetOf(config, account);
  const trId = config.kis?.trId ?? headerOf(config, 'tr_id');
  if (trId === '') {
    throw new KisInvalidRequestError(
      `${url.pathname} needs a TR id: give a header "tr_id" or the option kis.trId.`,
    );
  }
  const policy = configuration.requestPolicy(account.credential);
  const wished = Number(config.timeout) > 0 ? Number(config.timeout) : Infinity;
  return {
    account,
    method: (config.method ?? 'get').toUpperCase(),
    url,
    trId,
    headers: headersOf(config, trId),
    body: bodyOf(config),
    signal,
    timeoutMs: Math.min(policy.timeoutMs, wished),
    budgetMs: Math.min(2 * policy.timeoutMs, wished),
  };
}

/** The call of a read that this library makes itself; nothing of it comes from outside but the query. */
export function readingCall(
  account: KisAccount,
  { path, trId }: { readonly path: string; readonly trId: string },
  query: URLSearchParams,
  { timeoutMs }: KisRequestPolicy,
  { continued, signal }: { readonly continued: boolean; readonly signal: AbortSignal },
): KisCall {
  return {
    account,
    method: 'GET',
    url: new URL(`${path}?${query.toString()}`, account.credential.origin),
    trId,
    headers: kisHeaders(trId, 'P', continued ? 'N' : ''),
    body: undefined,
    signal,
    timeoutMs,
    budgetMs: 2 * timeoutMs,
  };
}

function kisHeaders(trId: string, custType: string, trCont: string): Record<string, string> {
  return {
    'content-type': 'application/json; charset=utf-8',
    tr_id: trId,
    custtype: custType,
    tr_cont: trCont,
  };
}

/** Who is calling, and what is made of the connection, is not for the caller to say. */
const RESERVED_HEADERS = new Set([
  'authorization',
  'appkey',
  'appsecret',
  'tr_id',
  'custtype',
  'tr_cont',
  'content-type',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'connection',
  'expect',
  'host',
  'upgrade',
]);

function headersOf(config: InternalAxiosRequestConfig, trId: string): KisCall['headers'] {
  const custType = config.kis?.custType ?? (headerOf(config, 'custtype') || 'P');
  const trCont = config.kis?.continued ? 'N' : headerOf(config, 'tr_cont');
  const headers: Record<string, string | string[]> = kisHeaders(trId, custType, trCont);
  for (const [name, value] of Object.entries(config.headers.toJSON())) {
    if (!RESERVED_HEADERS.has(name.toLowerCase())) headers[name] = value;
  }
  return headers;
}

function bodyOf({ data }: InternalAxiosRequestConfig): KisCall['body'] {
  const body = data as unknown;
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof Uint8Array || body instanceof Readable) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new KisInvalidRequestError(
    'Nothing was sent: KIS takes JSON. Give the body as an object, a text, bytes or a stream.',
  );
}

function headerOf(config: InternalAxiosRequestConfig, name: string): string {
  const value = config.headers.get(name);
  return typeof value === 'string' ? value : '';
}

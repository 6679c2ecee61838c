import type { InternalAxiosRequestConfig } from 'axios';
import { Readable } from 'node:stream';
import { KisInvalidRequestError } from '../kis.errors';
import type { KisConfiguration } from '../kis.options';
import { targetOf } from './call-target';
import { kisHeaders, type KisCall } from './kis-call';
import { kisOptionsIn } from './kis-request';

/**
 * Checks a request before anything is sent.
 *
 * @throws KisAccountNotFoundError; KisInvalidRequestError when it would leave the account's origin, has no TR id, or
 * would request a token while bypassing the token service.
 */
export function prepareCall(
  config: InternalAxiosRequestConfig,
  configuration: KisConfiguration,
  signal: AbortSignal | undefined,
): KisCall {
  const options = kisOptionsIn(config);
  const account = configuration.account(options.account);
  const url = targetOf(config, account);
  const trId = options.trId ?? headerOf(config, 'tr_id');
  if (trId === '') {
    throw new KisInvalidRequestError(
      `${url.pathname} needs a TR id: give a header "tr_id" or the option kis.trId.`,
    );
  }
  const policy = configuration.requestPolicy(account.credential);
  return {
    account,
    method: (config.method ?? 'get').toUpperCase(),
    url,
    trId,
    continued: continues(config),
    isUrgent: options.urgent ?? false,
    headers: headersOf(config, trId),
    body: bodyOf(config),
    signal,
    timeoutMs: policy.timeoutMs,
    deadlineMs: Number(config.timeout) > 0 ? Number(config.timeout) : policy.deadlineMs,
  };
}

/** Headers about credentials and connection, which a caller cannot set. */
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
  const custType = kisOptionsIn(config).custType ?? (headerOf(config, 'custtype') || 'P');
  const trCont = continues(config) ? 'N' : headerOf(config, 'tr_cont');
  const headers: Record<string, string | string[]> = kisHeaders(trId, custType, trCont);
  for (const [name, value] of Object.entries(config.headers.toJSON())) {
    if (!RESERVED_HEADERS.has(name.toLowerCase())) headers[name] = value;
  }
  return headers;
}

function continues(config: InternalAxiosRequestConfig): boolean {
  return kisOptionsIn(config).continued === true || headerOf(config, 'tr_cont') === 'N';
}

function bodyOf({ data }: InternalAxiosRequestConfig): KisCall['body'] {
  const body = data as unknown;
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof Uint8Array || body instanceof Readable) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new KisInvalidRequestError(
    'Nothing was sent: KIS expects JSON. Pass the body as an object, a string, bytes or a stream.',
  );
}

function headerOf(config: InternalAxiosRequestConfig, name: string): string {
  const value = config.headers.get(name);
  return typeof value === 'string' ? value : '';
}

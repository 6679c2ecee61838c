import axios, { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import type { KisAccount } from '../kis-account';
import { KisInvalidRequestError } from '../kis.errors';
import type { KisConfiguration } from '../kis.options';
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
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: unknown;
  readonly signal: AbortSignal;
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
  signal: AbortSignal,
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
    body: config.data as unknown,
    signal,
    timeoutMs: Math.min(policy.timeoutMs, wished),
    budgetMs: Math.min(2 * policy.timeoutMs, wished),
  };
}

/** Credentials go to the configured origin only, however the address is dressed up. */
function targetOf(config: InternalAxiosRequestConfig, account: KisAccount): URL {
  const { origin } = account.credential;
  const url = resolve(config, origin);
  if (url?.origin !== origin || url.username !== '' || url.password !== '') {
    throw new KisInvalidRequestError(
      `Nothing was sent: the address leaves ${origin}, where the credentials of account "${account.alias}" belong. Give a path such as /uapi/….`,
    );
  }
  if (url.pathname.toLowerCase().startsWith('/oauth2/')) {
    throw new KisInvalidRequestError(
      `Nothing was sent: ${url.pathname} is not to be called directly. Tokens come from KisTokenService, which keeps KIS's limits.`,
    );
  }
  return url;
}

function resolve(config: InternalAxiosRequestConfig, origin: string): URL | null {
  const { url = '', baseURL, paramsSerializer } = config;
  try {
    const address = axios.getUri({
      url,
      params: config.params as unknown,
      ...(baseURL === undefined ? {} : { baseURL }),
      ...(paramsSerializer === undefined ? {} : { paramsSerializer }),
    });
    return new URL(address, origin);
  } catch {
    return null;
  }
}

/** The caller's own headers may say more to KIS, but not who is calling. */
function headersOf(config: InternalAxiosRequestConfig, trId: string): KisCall['headers'] {
  const headers = new AxiosHeaders(config.headers);
  headers.delete([
    'authorization',
    'appkey',
    'appsecret',
    'host',
    'tr_id',
    'custtype',
    'tr_cont',
    'content-type',
  ]);
  headers.set({
    'content-type': 'application/json; charset=utf-8',
    tr_id: trId,
    custtype: config.kis?.custType ?? (headerOf(config, 'custtype') || 'P'),
    tr_cont: config.kis?.continued ? 'N' : headerOf(config, 'tr_cont'),
  });
  return headers.toJSON();
}

function headerOf(config: InternalAxiosRequestConfig, name: string): string {
  const value = config.headers.get(name);
  return typeof value === 'string' ? value : '';
}

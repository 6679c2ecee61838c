import axios, { type InternalAxiosRequestConfig } from 'axios';
import type { KisAccount } from '../kis-account';
import { KisInvalidRequestError } from '../kis.errors';

/**
 * The address of a request. Credentials are sent to the account's own origin only, whatever form the address has.
 *
 * @throws KisInvalidRequestError for another origin, and for the token endpoint.
 */
export function targetOf(config: InternalAxiosRequestConfig, account: KisAccount): URL {
  const { origin } = account.credential;
  const url = resolve(config, origin);
  if (url?.origin !== origin || url.username !== '' || url.password !== '') {
    throw new KisInvalidRequestError(
      `Nothing was sent: the URL is not at ${origin}, the only address to which the credentials of account "${account.alias}" are sent. Use a path such as /uapi/….`,
    );
  }
  if (url.pathname.toLowerCase().startsWith('/oauth2/')) {
    throw new KisInvalidRequestError(
      `Nothing was sent: ${url.pathname} must not be called directly. Use KisTokenService, which respects the limits of KIS.`,
    );
  }
  return url;
}

function resolve(config: InternalAxiosRequestConfig, origin: string): URL | null {
  try {
    return plainAddress(config, origin) ?? new URL(axiosAddress(config), origin);
  } catch {
    return null;
  }
}

/** The usual case, for which axios would merge a whole configuration; `null` for any other. */
function plainAddress(
  { url = '', baseURL, params, paramsSerializer }: InternalAxiosRequestConfig,
  origin: string,
): URL | null {
  if (!url.startsWith('/') || baseURL !== undefined || paramsSerializer !== undefined) return null;
  const query = plainQuery(params as unknown);
  if (query === null) return null;
  const address = new URL(url, origin);
  if (query !== '') address.search = address.search === '' ? query : `${address.search}&${query}`;
  return address;
}

function plainQuery(params: unknown): string | null {
  if (params === undefined || params === null) return '';
  if (params instanceof URLSearchParams) return params.toString();
  const entries = Object.entries(params).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return entries.length === Object.keys(params).length ? new URLSearchParams(entries).toString() : null;
}

function axiosAddress({ url = '', baseURL, params, paramsSerializer }: InternalAxiosRequestConfig): string {
  return axios.getUri({
    url,
    params: params as unknown,
    ...(baseURL === undefined ? {} : { baseURL }),
    ...(paramsSerializer === undefined ? {} : { paramsSerializer }),
  });
}

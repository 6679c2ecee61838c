import { KisInvalidRequestError } from './kis.errors';
import { accountNumberParts } from './protocol/inputs';
import { TRADING_MODES, type KisTradingMode } from './protocol/trading-mode';

/** Checks of account numbers and addresses; what else options must be is in `option-rules.ts`. */

/** Both parts of the account number, checked: KIS would refuse each call, or answer for another product. */
export function accountNumberOf(
  alias: string,
  { accountNumber, accountCode }: { readonly accountNumber: string; readonly accountCode?: string },
): { number: string; productCode: string } {
  const parts = accountNumberParts(accountNumber);
  if (!parts) {
    throw new KisInvalidRequestError(
      `accountNumber of account "${alias}" must be 8 digits, or 10 digits with or without a hyphen before the last two.`,
    );
  }
  if (accountCode !== undefined && !/^\d{2}$/.test(accountCode)) {
    throw new KisInvalidRequestError(`accountCode of account "${alias}" must be 2 digits.`);
  }
  if (accountCode !== undefined && parts.productCode !== null && accountCode !== parts.productCode) {
    throw new KisInvalidRequestError(
      `accountCode of account "${alias}" differs from the end of accountNumber; give only one of them.`,
    );
  }
  return { number: parts.number, productCode: accountCode ?? parts.productCode ?? '01' };
}

/** @throws KisInvalidRequestError for a text that is not an address. */
export function directoryUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text.endsWith('/') ? text : `${text}/`) : null;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new KisInvalidRequestError(`${name} must be an address such as https://host/directory/.`);
}

/**
 * Where the realtime data of an account come from. With a custom address for calls the default is never KIS's host,
 * because the approval key then comes from elsewhere.
 * @throws KisInvalidRequestError for an address that cannot be used.
 */
export function websocketUrlOf(
  alias: string,
  options: { readonly mode: KisTradingMode; readonly baseUrl?: string; readonly websocketUrl?: string },
): URL {
  const { origin, websocketOrigin } = TRADING_MODES[options.mode];
  const { baseUrl = origin, websocketUrl } = options;
  const own = new URL(baseUrl).origin === origin ? websocketOrigin : baseUrl.replace(/^http/, 'ws');
  const text = websocketUrl ?? own;
  const fault = websocketUrlFault(text);
  if (fault === null) return new URL(text);
  throw new KisInvalidRequestError(`websocketUrl of account "${alias}" ${fault}.`);
}

/** The rule that a base URL violates; `null` when it may be used. */
export function baseUrlFault(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) return 'must be an address like https://host:port';
  const plainToSelf = url.protocol === 'http:' && LOOPBACK.test(url.hostname);
  if (url.protocol !== 'https:' && !plainToSelf) {
    return 'must begin with https://; plain http:// is for 127.0.0.1 and localhost only';
  }
  if (url.username || url.password) return 'must not hold a user name or password';
  if (url.pathname !== '/' || url.search || url.hash) return 'must end after host and port, without a path';
  return null;
}

/** The rule that a websocket address violates; `null` when it may be used. */
export function websocketUrlFault(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^wss?:$/.test(url.protocol)) return 'must be an address like wss://host:port';
  const isKis = Object.values(TRADING_MODES).some(({ websocketOrigin }) => url.origin === websocketOrigin);
  if (url.protocol === 'ws:' && !isKis && !LOOPBACK.test(url.hostname)) {
    return "must begin with wss://; plain ws:// is for 127.0.0.1 and localhost, and for KIS's own hosts, only";
  }
  if (url.username || url.password) return 'must not hold a user name or password';
  return url.search || url.hash ? 'must end after the path' : null;
}

/** The last is `::ffff:127.0.0.1`, in canonical form. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/i;

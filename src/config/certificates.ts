import { TRADING_MODES, type KisOptions } from '../kis';
import type { VariableOrigin } from './environment';
import type { VariableReader } from './variable-reader';

const UNCHECKED = 'NODE_TLS_REJECT_UNAUTHORIZED';

/**
 * Refuses Node's switch that turns certificate checks off, where keys or tokens are sent over TLS. The library checks
 * certificates regardless; the message explains the right way to trust a private certificate authority.
 */
export function checkCertificates(
  reader: VariableReader,
  { accounts, redis, tokenStore }: KisOptions,
  originOf: (name: string) => VariableOrigin,
): void {
  if (reader.text(UNCHECKED) !== '0') return;
  if (originOf(UNCHECKED).file !== undefined) {
    reader.warn(UNCHECKED, 'has no effect in a settings file: certificates are always checked. Remove it.');
    return;
  }
  const addresses = accounts.map(({ baseUrl, mode }) => baseUrl ?? TRADING_MODES[mode].origin);
  // Where no account is complete, the addresses of KIS are meant, unless another one is set.
  const usual = reader.isFaulty('KIS_BASE_URL') ? null : reader.text('KIS_BASE_URL');
  if (addresses.length === 0) addresses.push(usual ?? TRADING_MODES.REAL.origin);
  const secure = addresses.some((address) => address.startsWith('https:'));
  const secureRedis = tokenStore === 'redis' && redis?.url.startsWith('rediss:') === true;
  if (!secure && !secureRedis) return;
  reader.problem(
    UNCHECKED,
    'must not be 0: anyone on the network path could then read app key, secret and token. Remove it. If the certificate of your ' +
      'company or of your own Redis is not trusted, name the file of its root certificate (PEM) in NODE_EXTRA_CA_CERTS.',
  );
}

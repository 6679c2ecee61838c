import { inspect } from 'node:util';
import { maskAccountNumber, maskAppKey, type KisAccountOptions } from '../kis';

type Parts = Required<Pick<KisAccountOptions, 'alias' | 'accountCode'>> & KisAccountOptions;

/**
 * The account that `parts` describe, frozen. When printed it shows ten characters of the key, four digits of the
 * account number and nothing of the secret.
 */
export function configuredAccount(parts: Parts): KisAccountOptions {
  const shown = {
    ...parts,
    appKey: maskAppKey(parts.appKey),
    appSecret: '[secret]',
    accountNumber: maskAccountNumber(parts.accountNumber, parts.accountCode),
  };
  return Object.freeze(showAs({ ...parts }, shown));
}

/** Makes `value` print as `shown`, in JSON and in `util.inspect`. */
function showAs<T extends object>(value: T, shown: object): T {
  return Object.defineProperties(value, {
    toJSON: { value: () => shown },
    [inspect.custom]: { value: () => shown },
  });
}

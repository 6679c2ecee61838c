import { KisInvalidRequestError } from './kis.errors';
import { accountNumberParts } from './protocol/inputs';

/** The least and the most that a number of the options may be. */
const RANGES = {
  bufferSeconds: [0, 86_400],
  refreshLeadSeconds: [0, 86_400],
  sweepSeconds: [1, 86_400],
  issueIntervalSeconds: [1, 3600],
} as const;

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

/** @throws KisInvalidRequestError naming the number that is out of range. */
export function mustBeSensible(options: { readonly [Option in keyof typeof RANGES]?: number }): void {
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = options[name as keyof typeof RANGES];
    if (value === undefined || (value >= least && value <= most)) continue;
    throw new KisInvalidRequestError(`${name} must be a number from ${least} to ${most}.`);
  }
}

/** @throws KisInvalidRequestError for a text that is no address. */
export function directoryUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text.endsWith('/') ? text : `${text}/`) : null;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new KisInvalidRequestError(`${name} must be an address such as https://host/directory/.`);
}

import { DEFAULT_ALIAS, type KisAccountOptions } from '../kis';
import {
  accountNames,
  checkUnusedAccount,
  readAccount,
  readCallOptions,
  readTradingMode,
  type CallOptions,
} from './account-variables';
import { accountVariable, type AccountVariable } from './known-variables';
import { readOfficialAccounts } from './official-accounts';
import {
  orderAllowance,
  readCommonOrderSettings,
  readOrderSettings,
  type OrderSettings,
} from './order-variables';
import type { VariableReader } from './variable-reader';

const ALIAS = /^[A-Za-z][A-Za-z0-9-]{0,30}$/;

/** The valid names in `KIS_PROFILES`; the others are reported to `reader`. */
export function readProfiles(reader: VariableReader): string[] {
  const names = (reader.text('KIS_PROFILES') ?? '').split(',').map((name) => name.trim());
  const profiles = names.filter((name) => ALIAS.test(name));
  if (names.some((name) => name !== '' && !ALIAS.test(name))) {
    reader.problem('KIS_PROFILES', 'must be names separated by commas, each of letters, digits and hyphens.');
  }
  return profiles;
}

/**
 * All accounts: the plain one, the profiles, those of the official samples' file; at least one is required. The order
 * matters: the first one is the default account where none is called `main`.
 */
export function readAccounts(reader: VariableReader, profiles: readonly string[]): KisAccountOptions[] {
  const nameOf = (variable: AccountVariable): string => accountVariable(null, variable);
  const forAll = readCallOptions(reader, nameOf);
  const orders = readCommonOrderSettings(reader, nameOf);
  const path = reader.text('KIS_CONFIG_FILE');
  const plain =
    reader.has(nameOf('APP_KEY')) || reader.has(nameOf('APP_SECRET')) || reader.has(nameOf('ACCOUNT_NUMBER'));
  const needsPlain = plain || (profiles.length === 0 && path === null && !reader.isFaulty('KIS_PROFILES'));
  if (!needsPlain) checkUnusedAccount(reader);
  const accounts = [
    ...(needsPlain ? [readProfile(reader, null, forAll, orders)] : []),
    ...profiles.map((profile) => readProfile(reader, profile, forAll, orders)),
    ...(path === null ? [] : readOfficialAccounts(reader, path, forAll, orders)),
  ].filter((account) => account !== null);
  demandUniqueness(reader, accounts);
  return accounts;
}

function readProfile(
  reader: VariableReader,
  profile: string | null,
  forAll: CallOptions,
  ordersOfAll: OrderSettings,
): KisAccountOptions | null {
  const nameOf = (variable: AccountVariable): string => accountVariable(profile, variable);
  const own = profile === null ? {} : readCallOptions(reader, nameOf);
  const mode = readTradingMode(reader, profile);
  const settings = { ...ordersOfAll, ...(profile === null ? {} : readOrderSettings(reader, nameOf)) };
  const orders = orderAllowance(reader, mode, settings, nameOf('ORDERS'));
  const known = { alias: profile ?? DEFAULT_ALIAS, mode, orders, ...forAll, ...own };
  return readAccount(reader, accountNames(profile), known);
}

function demandUniqueness(reader: VariableReader, accounts: readonly KisAccountOptions[]): void {
  for (const [index, account] of accounts.entries()) {
    const before = accounts.slice(0, index);
    if (before.some(({ alias }) => alias?.toLowerCase() === account.alias?.toLowerCase())) {
      reader.problem(
        'KIS_PROFILES',
        `gives a second account the name ${account.alias ?? DEFAULT_ALIAS}; rename it.`,
      );
    }
    if (before.some((other) => other.appKey === account.appKey && other.appSecret !== account.appSecret)) {
      reader.problem('KIS_PROFILES', 'has one app key with two different app secrets; correct one of them.');
    }
    if (before.some((other) => other.appKey === account.appKey && other.mode !== account.mode)) {
      reader.problem(
        'KIS_PROFILES',
        'has one app key in both trading modes; KIS issues separate keys for MOCK and REAL, so correct one of them.',
      );
    }
  }
}

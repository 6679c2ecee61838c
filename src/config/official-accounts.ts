import { isMap, isScalar, parseDocument, type Document } from 'yaml';
import type { KisAccountOptions } from '../kis';
import { readAccount, readBaseUrl, readHtsId, readWebsocketUrl, type CallOptions } from './account-variables';
import { warnOfForeignHost } from './destinations';
import type { Environment } from './environment';
import { orderAllowance, type OrderSettings } from './order-variables';
import { isPlaceholder } from './placeholder';
import { readSettingsFile, SettingsFileError } from './settings-file';
import { VariableReader } from './variable-reader';

/** Reads accounts from the settings file of KIS's official samples (kis_devlp.yaml). */

/** Keys of the official samples' file (open-trading-api, kis_devlp.yaml). `my_prod` applies to both accounts. */
const OFFICIAL_ACCOUNTS = [
  {
    alias: 'mock',
    mode: 'MOCK',
    baseUrl: 'vps',
    websocketUrl: 'vops',
    names: {
      appKey: 'paper_app',
      appSecret: 'paper_sec',
      accountNumber: 'my_paper_stock',
      accountCode: 'my_prod',
    },
  },
  {
    alias: 'real',
    mode: 'REAL',
    baseUrl: 'prod',
    websocketUrl: 'ops',
    names: { appKey: 'my_app', appSecret: 'my_sec', accountNumber: 'my_acct_stock', accountCode: 'my_prod' },
  },
] as const;

/** A valid file is flat; thousands of nested brackets would overflow the YAML parser. */
const MOST_BRACKETS = 100;

/**
 * The accounts `mock` and `real` of the official samples' file at `path` (`~` is the home directory), as far as they are
 * filled in. An address that is set for all accounts overrides those of the file.
 */
export function readOfficialAccounts(
  reader: VariableReader,
  path: string,
  forAll: CallOptions,
  settings: OrderSettings,
): (KisAccountOptions | null)[] {
  const values = readOfficialFile(reader, path);
  if (values === null) return [];
  const file = new VariableReader(values, () => ' in the file that KIS_CONFIG_FILE names');
  const filled = OFFICIAL_ACCOUNTS.filter(({ names }) => file.has(names.appKey) || file.has(names.appSecret));
  if (filled.length === 0) {
    reader.problem(
      'KIS_CONFIG_FILE',
      'names a file without keys: fill in my_app and my_sec, or paper_app and paper_sec.',
    );
  }
  const htsId = readHtsId(file, 'my_htsid');
  const accounts = filled.map(({ alias, mode, names, baseUrl, websocketUrl }) => {
    const address = readBaseUrl(file, baseUrl);
    const socket = readWebsocketUrl(file, websocketUrl);
    if (address !== null && forAll.baseUrl === undefined) warnOfForeignHost(file, baseUrl, address);
    return readAccount(file, names, {
      alias,
      mode,
      orders: orderAllowance(reader, mode, settings, 'KIS_ORDERS'),
      ...(address === null ? {} : { baseUrl: address }),
      ...(socket === null ? {} : { websocketUrl: socket }),
      ...(htsId === null ? {} : { htsId }),
      ...forAll,
    });
  });
  reader.adopt(file);
  return accounts;
}

function readOfficialFile(reader: VariableReader, path: string): Environment | null {
  try {
    const file = readSettingsFile(path);
    if (file === null) throw new SettingsFileError('does not exist (ENOENT); correct the path or remove it.');
    if (file.exposure !== null) reader.warn('KIS_CONFIG_FILE', `names a file that ${file.exposure}`);
    return parseOfficialConfig(file.text);
  } catch (error) {
    if (!(error instanceof SettingsFileError)) throw error;
    reader.problem('KIS_CONFIG_FILE', `names a file that ${error.message}`);
    return null;
  }
}

/**
 * The entries `key: value`, all as text (an account code `01` must not become a number); of duplicate keys the last one
 * wins, as in Python. A placeholder of the template counts as not filled in.
 */
function parseOfficialConfig(text: string): Environment {
  const { contents } = parseYaml(text);
  const values: Record<string, string> = {};
  if (!isMap(contents)) return values;
  for (const { key, value } of contents.items) {
    if (!isScalar<string>(key) || !isScalar<string>(value)) continue;
    values[key.value] = isPlaceholder(value.value) ? '' : value.value;
  }
  return values;
}

function parseYaml(text: string): Document {
  const brackets = text.match(/[[{]/g)?.length ?? 0;
  if (brackets > MOST_BRACKETS) throw new SettingsFileError('has another structure than kis_devlp.yaml.');
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false });
  const [error] = document.errors;
  if (error === undefined) return document;
  const line = error.linePos?.[0].line ?? '?';
  throw new SettingsFileError(`is not valid YAML (near line ${line}: ${error.code}); correct that line.`);
}

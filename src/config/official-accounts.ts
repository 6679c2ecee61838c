import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import type { KisAccountOptions } from '../kis';
import { readAccount, readBaseUrl, type CallOptions } from './account-variables';
import type { Environment } from './environment';
import { VariableReader } from './variable-reader';

/** Keys of the official samples' file (open-trading-api, kis_devlp.yaml). `my_prod` holds for both accounts. */
const OFFICIAL_ACCOUNTS = [
  {
    alias: 'mock',
    mode: 'MOCK',
    baseUrl: 'vps',
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
    names: { appKey: 'my_app', appSecret: 'my_sec', accountNumber: 'my_acct_stock', accountCode: 'my_prod' },
  },
] as const;

const LINE = /^\s*([A-Za-z_]\w*)\s*:\s+(?:"([^"]*)"|'([^']*)'|([^"'#\s].*?))\s*(?:\s#.*)?$/;

/**
 * The accounts `mock` and `real` of the official samples' file at `path` (`~` is the home directory), as far as
 * they are filled in. An address set for all accounts goes before those of the file.
 */
export function readOfficialAccounts(
  reader: VariableReader,
  path: string,
  forAll: CallOptions,
): (KisAccountOptions | null)[] {
  const values = readOfficialFile(reader, path);
  if (values === null) return [];
  const file = new VariableReader(values, ' in the file that KIS_CONFIG_FILE names');
  const filled = OFFICIAL_ACCOUNTS.filter(({ names }) => file.has(names.appKey) || file.has(names.appSecret));
  if (filled.length === 0) {
    reader.problem(
      'KIS_CONFIG_FILE',
      'names a file without keys: fill in my_app and my_sec, or paper_app and paper_sec.',
    );
  }
  const accounts = filled.map(({ alias, mode, names, baseUrl }) => {
    const address = readBaseUrl(file, baseUrl);
    return readAccount(file, names, {
      alias,
      mode,
      ...(address === null ? {} : { baseUrl: address }),
      ...forAll,
    });
  });
  reader.adopt(file);
  return accounts;
}

function readOfficialFile(reader: VariableReader, path: string): Environment | null {
  try {
    return parseOfficialConfig(readFileSync(path.replace(/^~(?=$|[\\/])/, homedir()), 'utf8'));
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    reader.problem(
      'KIS_CONFIG_FILE',
      `names a file that cannot be read (${code}); correct the path or remove it.`,
    );
    return null;
  }
}

/**
 * The lines `key: "value"`, with or without quotation marks; later lines win, everything else is skipped. A value
 * that is still the Korean placeholder of the template ("앱키") counts as not filled in.
 */
function parseOfficialConfig(text: string): Environment {
  const values: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const match = LINE.exec(line);
    if (match?.[1] === undefined) continue;
    const value = match[2] ?? match[3] ?? match[4] ?? '';
    values[match[1]] = /\p{Script=Hangul}/u.test(value) ? '' : value;
  }
  return values;
}

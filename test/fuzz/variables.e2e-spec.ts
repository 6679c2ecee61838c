import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { ConfigError } from '../../src/config/config.error';
import { loadConfig } from '../../src/config/load-config';
import { parseSettingsLines } from '../../src/config/settings-lines';
import { KisConfiguration } from '../../src/kis';
import { PROJECT } from '../support/project';
import { FUZZ_LIMIT_MS, fuzzBudget } from './support/budget';
import { oddText } from './support/odd-texts';
import { VARIABLE_FINDINGS } from './support/findings-of-files';

jest.setTimeout(FUZZ_LIMIT_MS);

const SECRET = 'Zx9+/aB4'.repeat(22) + 'abc=';
/** What a good configuration consists of; some of it is replaced. */
const GOOD: Readonly<Record<string, string>> = {
  KIS_APP_KEY: 'PSfuzzKeyOfNobody0123456789abcdefghi',
  KIS_APP_SECRET: SECRET,
  KIS_ACCOUNT_NUMBER: '50112345-01',
  API_KEY: 'fuzzed-api-key-of-nobody',
};
/** All that are documented, and some that are not. */
const NAMES = [
  ...Object.keys(parseSettingsLines(readFileSync(join(PROJECT, '.env'), 'utf8')).values),
  ...[
    'HTTPS_PROXY',
    'http_proxy',
    'NO_PROXY',
    'ALL_PROXY',
    'NODE_TLS_REJECT_UNAUTHORIZED',
    'KIS_PENSION_APP_KEY',
  ],
  ...['KIS_PENSION_BASE_URL', 'KIS_NOTHING', 'KIS___PROTO___APP_KEY', '__proto__', 'constructor', 'KIS_'],
  ...['KIS_APP_KEY_FILE_FILE', 'KIS_PENSION_ORDERS', 'KIS_PENSION_WS_URL'],
];

const SECRETS = [
  'API_KEY',
  'KIS_APP_KEY',
  'KIS_APP_SECRET',
  'KIS_PENSION_APP_KEY',
  'KIS_TOKEN_ENCRYPTION_KEY',
];

const variables = fc.dictionary(fc.constantFrom(...NAMES), oddText, { maxKeys: 6 });
const origins = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom('.env', '.env.local'));

type Case = [Record<string, string>, Record<string, string>];

describe('Whatever the variables are', () => {
  it('they make a configuration that works, or all problems by name, and no value is shown', () => {
    const property = fc.property(variables, origins, (change, files) => {
      check({ ...GOOD, ...change }, files);
    });
    fc.assert(property, fuzzBudget<Case>(500, VARIABLE_FINDINGS));
  });

  function check(values: Record<string, string>, files: Record<string, string>): void {
    const originOf = (name: string) =>
      Object.hasOwn(files, name) ? { file: files[name] ?? '', line: 1 } : {};
    try {
      const config = loadConfig(values, originOf);
      // The library takes what the service has accepted.
      const { accounts } = new KisConfiguration(config.kis);
      for (const { credential, number } of accounts) {
        expect(credential.origin).toMatch(/^(https:|http:\/\/(127\.|localhost|\[::1\]))/);
        expect(number).toMatch(/^\d{8}$/);
        expect(credential.appKey + credential.appSecret).toMatch(/^[\x21-\x7e]+$/);
      }
      if (config.apiKey === null) expect(config.host).toMatch(/^(127\.|localhost$|::1$|\[::1\]$)/i);
      mustBePlain(config.warnings);
      mustNotShow(values, [JSON.stringify(config), inspect(config, { depth: 20 }), ...config.warnings]);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      expect(error.problems.length).toBeGreaterThan(0);
      for (const problem of error.problems)
        expect(problem).toMatch(/^[A-Za-z_]\w*( in the file that \w+ names)?: /);
      mustBePlain(error.problems);
      mustNotShow(values, [error.message, ...error.problems]);
    }
  }

  /** Short values, and parts of our own words, say nothing. */
  function mustNotShow(values: Record<string, string>, shown: readonly string[]): void {
    for (const [name, value] of Object.entries(values)) {
      if (!SECRETS.includes(name) || value.length < 16 || value.includes(' ')) continue;
      for (const text of shown) expect(text).not.toContain(value);
    }
  }
});

/** A terminal obeys nothing in it. */
function mustBePlain(texts: readonly string[]): void {
  for (const text of texts) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
}

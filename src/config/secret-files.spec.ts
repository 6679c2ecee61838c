import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './load-config';
import {
  ENCRYPTION_KEY,
  KEY,
  MINE,
  problemsOf,
  SECRET,
  SIMULATED,
} from '../../test/support/settings-samples';

describe('secrets from files', () => {
  let directory: string;

  const file = (name: string, text: string | Uint8Array, mode = 0o600): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode });
    return path;
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'secrets-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('are used like the plain variables, for profiles too, without the line break at the end', () => {
    const config = loadConfig({
      KIS_APP_KEY_FILE: file('key', `${KEY}\n`),
      KIS_APP_SECRET_FILE: file('secret', `${SECRET}\r\n`),
      KIS_ACCOUNT_NUMBER: '50112345',
      KIS_PROFILES: 'my-pension',
      KIS_MY_PENSION_APP_KEY_FILE: file('pension-key', `X${KEY.slice(1)}`),
      KIS_MY_PENSION_APP_SECRET_FILE: file('pension-secret', SECRET),
      KIS_MY_PENSION_ACCOUNT_NUMBER: '50112346',
      API_KEY_FILE: file('api-key', `${'k'.repeat(32)}\n`),
      KIS_TOKEN_ENCRYPTION_KEY_FILE: file('encryption', `${ENCRYPTION_KEY}\n`),
    });
    expect(config.kis.accounts).toMatchObject([
      { alias: 'main', appKey: KEY, appSecret: SECRET },
      { alias: 'my-pension', appKey: `X${KEY.slice(1)}`, appSecret: SECRET },
    ]);
    expect(config.apiKey).toBe('k'.repeat(32));
    expect(config.kis.tokenCipher).toBeDefined();
    expect(config.warnings).toEqual([]);
  });

  it('may have been written by PowerShell', () => {
    const bytes = Buffer.from(`\uFEFF${SECRET}\r\n`, 'utf16le');
    const config = loadConfig({ ...MINE, KIS_APP_SECRET: '', KIS_APP_SECRET_FILE: file('secret', bytes) });
    expect(config.kis.accounts).toMatchObject([{ appSecret: SECRET }]);
  });

  it('are refused together with the plain variable', () => {
    const both = { ...MINE, KIS_APP_SECRET_FILE: file('secret', SECRET), API_KEY: 'a'.repeat(16) };
    expect(problemsOf({ ...both, API_KEY_FILE: file('key', 'b') })).toEqual([
      'KIS_APP_SECRET_FILE: is set together with KIS_APP_SECRET; keep only one of them.',
      'API_KEY_FILE: is set together with API_KEY; keep only one of them.',
    ]);
  });

  it.each([
    ['', /^KIS_APP_KEY_FILE: names a file that is empty/],
    ['\n', /^KIS_APP_KEY_FILE: names a file that is empty/],
    [`${KEY} \n`, /^KIS_APP_KEY in the file that KIS_APP_KEY_FILE names: starts or ends with/],
    ['YOUR_APP_KEY', /^KIS_APP_KEY in the file that KIS_APP_KEY_FILE names: is still a placeholder/],
  ])('are checked like the plain variables: %j', (text, problem) => {
    expect(problemsOf({ ...MINE, KIS_APP_KEY: '', KIS_APP_KEY_FILE: file('key', text) })).toContainEqual(
      expect.stringMatching(problem),
    );
  });

  it('must exist', () => {
    expect(problemsOf({ ...SIMULATED, API_KEY_FILE: join(directory, 'none') })).toEqual([
      'API_KEY_FILE: names a file that does not exist (ENOENT); correct the path or remove the variable.',
    ]);
  });

  it('count as keys of an own account beside the simulator', () => {
    expect(problemsOf({ ...SIMULATED, KIS_APP_KEY_FILE: file('key', KEY) })).toContainEqual(
      expect.stringContaining('cannot be combined with KIS_APP_KEY'),
    );
  });

  it('are reported when other users can read them', () => {
    if (process.platform === 'win32') return;
    const config = loadConfig({ ...SIMULATED, API_KEY_FILE: file('key', 'k'.repeat(32), 0o644) });
    expect(config.warnings).toEqual([
      'API_KEY_FILE: the file it names can be read by other users of this machine (mode 644): chmod 600.',
    ]);
  });
});

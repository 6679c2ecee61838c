import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ConfigError } from '../../src/config/config.error';
import { readConfig } from '../../src/config/load-config';
import { KisConfiguration } from '../../src/kis';
import { FUZZ_LIMIT_MS, fuzzBudget } from './support/budget';
import { FILE_FINDINGS, type SettingsFileCase } from './support/findings-of-files';
import { oddText } from './support/odd-texts';

jest.setTimeout(FUZZ_LIMIT_MS);

const KEY = 'PSfuzzKeyOfNobody0123456789abcdefghi';
const SECRET = 'Zx9+/aB4'.repeat(22) + 'abc=';
/** Much longer than reading takes, also on a busy machine. */
const LONGEST_READ_MS = 5000;

const NAMES = [
  'KIS_APP_KEY',
  'KIS_APP_SECRET',
  'KIS_ACCOUNT_NUMBER',
  'KIS_SIMULATOR',
  'LOG_LEVEL',
  'HOST',
  'PORT',
];
const YAML_KEYS = [
  'my_app',
  'my_sec',
  'paper_app',
  'paper_sec',
  'my_acct_stock',
  'my_paper_stock',
  'my_prod',
  'vps',
];
const GOOD_LINES = [`KIS_APP_KEY=${KEY}`, `KIS_APP_SECRET=${SECRET}`, 'KIS_ACCOUNT_NUMBER=50112345-01'];
const GOOD_YAML = [
  `paper_app: "${KEY}"`,
  `paper_sec: "${SECRET}"`,
  'my_paper_stock: "50112345"',
  'my_prod: "01"',
];

const quoted = fc.tuple(
  fc.constantFrom('', '"', "'", '`'),
  oddText,
  fc.constantFrom('', '"', "'", '`', ' # x'),
);
const value = fc.oneof(
  fc.constantFrom(KEY, SECRET, '50112345'),
  quoted.map((parts) => parts.join('')),
);

const settingsLine = fc.oneof(
  fc.constantFrom(...GOOD_LINES, '', '#', 'export A=1', '=', 'A', 'A:', ': x', 'A = = b'),
  fc
    .tuple(
      fc.constantFrom(...NAMES, 'export KIS_APP_KEY', '__proto__', 'a-b.c'),
      fc.constantFrom('=', ' = ', ': ', ''),
      value,
    )
    .map((parts) => parts.join('')),
  oddText,
);
const yamlLine = fc.oneof(
  fc.constantFrom(
    ...GOOD_YAML,
    '---',
    '...',
    '- a',
    '? b',
    '<<: *a',
    'a: &a [*a, *a]',
    'b: &b {c: *b}',
    '!!js/function x: y',
  ),
  fc
    .tuple(
      fc.constantFrom(...YAML_KEYS, '__proto__', '? [a]', '{a: b}'),
      fc.constantFrom(': ', ':', ' :\t', ': |\n  ', ': >-\n  '),
      value,
    )
    .map((parts) => parts.join('')),
  oddText,
  fc.nat(2000).map((depth) => `deep: ${'['.repeat(depth)}`),
);

function fileOf(line: fc.Arbitrary<string>, good: readonly string[]): fc.Arbitrary<Buffer> {
  const lines = fc.array(line, { maxLength: 12 });
  const text = fc
    .tuple(fc.boolean(), lines, fc.constantFrom('\n', '\r\n', '\r'))
    .map(([isWhole, rest, end]) => [...(isWhole ? good : []), ...rest].join(end));
  const encoded = fc
    .tuple(
      text,
      fc.constantFrom<(text: string) => Buffer>(utf8, utf8, utf8WithMark, utf16, utf16WithMark, latin1),
    )
    .map(([plain, encode]) => encode(plain));
  const cut = fc
    .tuple(encoded, fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([bytes, share]) => bytes.subarray(0, Math.floor(bytes.length * share)));
  const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  return fc.oneof({ weight: 6, arbitrary: encoded }, cut, random, fc.constant(Buffer.alloc(70_000, 'A=b\n')));
}

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const utf8WithMark = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf8');
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const utf16WithMark = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('Whatever the settings files contain', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kis-fuzz-'));

  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it.each<[SettingsFileCase['file'], fc.Arbitrary<Buffer>]>([
    ['.env.local', fileOf(settingsLine, GOOD_LINES)],
    ['.env', fileOf(settingsLine, GOOD_LINES)],
    ['kis_devlp.yaml', fileOf(yamlLine, GOOD_YAML)],
    ['secret', fileOf(fc.oneof(fc.constant(SECRET), oddText), [SECRET])],
  ])(
    '%s makes a configuration that works, or a problem by name, soon and without its text',
    (file, bytes) => {
      const examples = FILE_FINDINGS.filter((each) => each.file === file).map((each): [Buffer] => [
        Buffer.from(each.text),
      ]);
      fc.assert(
        fc.property(bytes, (content) => {
          check(file, content);
        }),
        fuzzBudget<[Buffer]>(300, examples),
      );
    },
  );

  function check(file: SettingsFileCase['file'], content: Buffer): void {
    writeFileSync(join(directory, file), content, { mode: 0o600 });
    const began = performance.now();
    try {
      const config = readConfig(directory, environmentFor(file));
      new KisConfiguration(config.kis);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const secret of [KEY, SECRET]) expect(error.message).not.toContain(secret);
    } finally {
      rmSync(join(directory, file));
    }
    expect(performance.now() - began).toBeLessThan(LONGEST_READ_MS);
  }

  function environmentFor(file: SettingsFileCase['file']): Record<string, string> {
    const path = join(directory, file);
    if (file === 'kis_devlp.yaml') return { KIS_CONFIG_FILE: path };
    if (file !== 'secret') return {};
    return { KIS_APP_KEY: KEY, KIS_APP_SECRET_FILE: path, KIS_ACCOUNT_NUMBER: '50112345' };
  }
});

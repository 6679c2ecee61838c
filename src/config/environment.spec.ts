import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from './environment';
import { readConfig } from './load-config';

const AS_ASSIGNMENT = 'write NAME=value, without "set" or "$env:".';

describe('readEnvironment', () => {
  let directory: string;

  const write = (file: string, text: string): void => {
    writeFileSync(join(directory, file), text, { mode: 0o600 });
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'environment-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('prefers the real environment to .env.local, and that to .env', () => {
    write('.env', 'A=env\nB=env\nC=env\n');
    write('.env.local', 'A=local\nB=local\n');
    const { values } = readEnvironment(directory, { A: 'real' });
    expect(values).toEqual({ A: 'real', B: 'local', C: 'env' });
  });

  it('lets an empty value override', () => {
    write('.env', 'A=env\nB=env\n');
    write('.env.local', 'A=\n');
    expect(readEnvironment(directory, { B: '' }).values).toEqual({ A: '', B: '' });
  });

  it('needs no file at all', () => {
    expect(readEnvironment(directory, { A: '1' }).values).toEqual({ A: '1' });
  });

  it('reads what editors and people write: byte order mark, CRLF, quotes, export, comments', () => {
    write('.env.local', '\uFEFFKIS_APP_KEY=abc\r\nexport KIS_APP_SECRET="a+b/c=="\r\nX=1 # note\r\n');
    const { values } = readEnvironment(directory, {});
    expect(values).toEqual({ KIS_APP_KEY: 'abc', KIS_APP_SECRET: 'a+b/c==', X: '1' });
  });

  it('does not copy what it has read into the real environment', () => {
    write('.env.local', 'KIS_LEAK_CHECK=secret\n');
    readEnvironment(directory, {});
    expect(process.env).not.toHaveProperty('KIS_LEAK_CHECK');
  });

  it('says where a variable was written', () => {
    write('.env', '# comment\nA=1\n');
    write('.env.local', '\n#B=0\n export B = 2\n');
    const { originOf } = readEnvironment(directory, { C: '3', A: undefined });
    expect(originOf('A')).toEqual({ file: '.env', line: 2 });
    expect(originOf('B')).toEqual({ file: '.env.local', line: 3 });
    expect(originOf('C')).toEqual({});
    expect(originOf('D')).toEqual({});
  });

  it('names the file that cannot be read', () => {
    mkdirSync(join(directory, '.env.local'));
    expect(() => readEnvironment(directory, {})).toThrow('.env.local: is not a regular file; name a file.');
  });

  it('refuses a file in another encoding instead of overlooking what it says', () => {
    writeFileSync(join(directory, '.env.local'), Buffer.from('KIS_APP_KEY=abc', 'utf16le'));
    expect(() => readEnvironment(directory, {})).toThrow(/\.env\.local: .*save it as UTF-8/);
  });

  it.each([
    ['', ['.env.local: sets no variable; write lines such as KIS_APP_KEY=….']],
    ['# KIS_APP_KEY=abc\n', ['.env.local: sets no variable; write lines such as KIS_APP_KEY=….']],
    [
      'A=real\nKIS_NO2_ORDERS=1\nexport A=\nC=1\nA=mock\nKIS_NO2_ORDERS=2\n',
      [
        '.env.local: A is set on lines 1, 3 and 5; the last of them applies. Remove the others.',
        '.env.local: KIS_NO2_ORDERS is set on lines 2 and 6; the last of them applies. Remove the others.',
      ],
    ],
    ['A=1\nset B=2\n', [`.env.local: line 2 sets no variable and has no effect; ${AS_ASSIGNMENT}`]],
    [
      'set A=1\n\n$env:B=2\n',
      [`.env.local: lines 1, 3 set no variable and have no effect; ${AS_ASSIGNMENT}`],
    ],
    ['A=1\n', []],
  ])('warns of a file that does not do what it seems to: %j', (text, warnings) => {
    write('.env.local', text);
    expect(readEnvironment(directory, {}).warnings).toEqual(warnings);
  });

  it('warns of a name that only looks right', () => {
    write('.env.local.txt', 'A=1\n');
    expect(readEnvironment(directory, {})).toMatchObject({
      files: [],
      warnings: ['.env.local.txt: is not read, only .env.local is; rename it to .env.local.'],
    });
  });

  it('reports that others can change a file that sets nothing, but not that they can read it', () => {
    if (process.platform === 'win32') return;
    write('.env.local', '');
    for (const [mode, expected] of [
      [0o644, []],
      [0o666, [expect.stringContaining('can be changed by other users')]],
    ] as const) {
      chmodSync(join(directory, '.env.local'), mode);
      expect(readEnvironment(directory, {}).warnings.slice(1)).toEqual(expected);
    }
  });

  it('reports that other users can read the keys', () => {
    if (process.platform === 'win32') return;
    const exposed = 'can be read by other users of this machine (mode 644): chmod 600.';
    write('.env', 'PORT=3000\nKIS_APP_KEY=\n');
    chmodSync(join(directory, '.env'), 0o644);
    expect(readEnvironment(directory, {}).warnings).toEqual([]);
    write('.env', 'KIS_PENSION_APP_SECRET=abc\n');
    expect(readEnvironment(directory, {}).warnings).toEqual([`.env: ${exposed}`]);
    write('.env.local', 'PORT=3000\n');
    chmodSync(join(directory, '.env.local'), 0o644);
    expect(readConfig(directory, { KIS_SIMULATOR: 'true' }).warnings).toContain(`.env.local: ${exposed}`);
  });

  it('makes every unknown name in a file a warning, and in the environment those that look like ours', () => {
    write('.env.local', 'KIS_SIMULATOR=true\nLOG_LEVLE=debug\nNODE_EXTRA_CA_CERTS=ca.pem\n');
    expect(readConfig(directory, { PATH: '/bin', KIS_TOKENDIR: '/x' }).warnings).toEqual([
      expect.stringMatching(/^LOG_LEVLE: is not known and has no effect\. /),
      expect.stringMatching(/^NODE_EXTRA_CA_CERTS: .*environment only/),
      expect.stringMatching(/^KIS_TOKENDIR: is not known and has no effect\. /),
    ]);
  });

  it('is what the configuration is made of, down to the line to change', () => {
    write('.env', 'PORT=4000\nKIS_SIMULATOR=true\n');
    expect(readConfig(directory, {})).toMatchObject({ port: 4000 });
    write('.env.local', 'KIS_APP_KEY=abc\n');
    expect(() => readConfig(directory, {})).toThrow(
      /true \(line 2 of \.env\).*KIS_APP_KEY \(line 1 of \.env\.local\).*add the line KIS_SIMULATOR=false to \.env\.local/,
    );
  });
});

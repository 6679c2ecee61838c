import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from './environment';
import { readConfig } from './load-config';

describe('readEnvironment', () => {
  let directory: string;

  const write = (file: string, text: string): void => {
    writeFileSync(join(directory, file), text);
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'environment-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('prefers the real environment to .env.local, and that to .env', async () => {
    write('.env', 'A=env\nB=env\nC=env\n');
    write('.env.local', 'A=local\nB=local\n');
    const { values } = await readEnvironment(directory, { A: 'real' });
    expect(values).toEqual({ A: 'real', B: 'local', C: 'env' });
  });

  it('lets an empty value override', async () => {
    write('.env', 'A=env\nB=env\n');
    write('.env.local', 'A=\n');
    expect((await readEnvironment(directory, { B: '' })).values).toEqual({ A: '', B: '' });
  });

  it('needs no file at all', async () => {
    expect((await readEnvironment(directory, { A: '1' })).values).toEqual({ A: '1' });
  });

  it('reads what editors and people write: byte order mark, CRLF, quotes, export, comments', async () => {
    write('.env.local', '\uFEFFKIS_APP_KEY=abc\r\nexport KIS_APP_SECRET="a+b/c=="\r\nX=1 # note\r\n');
    const { values } = await readEnvironment(directory, {});
    expect(values).toEqual({ KIS_APP_KEY: 'abc', KIS_APP_SECRET: 'a+b/c==', X: '1' });
  });

  it('does not copy what it has read into the real environment', async () => {
    write('.env.local', 'KIS_LEAK_CHECK=secret\n');
    await readEnvironment(directory, {});
    expect(process.env).not.toHaveProperty('KIS_LEAK_CHECK');
  });

  it('says where a variable was written', async () => {
    write('.env', '# comment\nA=1\n');
    write('.env.local', '\n#B=0\n export B = 2\n');
    const { originOf } = await readEnvironment(directory, { C: '3', A: undefined });
    expect(originOf('A')).toEqual({ file: '.env', line: 2 });
    expect(originOf('B')).toEqual({ file: '.env.local', line: 3 });
    expect(originOf('C')).toEqual({});
    expect(originOf('D')).toEqual({});
  });

  it('names the files when one cannot be read', async () => {
    mkdirSync(join(directory, '.env.local'));
    await expect(readEnvironment(directory, {})).rejects.toThrow('.env, .env.local: cannot be read (EISDIR)');
  });

  it('is what the configuration is made of, down to the line to change', async () => {
    write('.env', 'PORT=4000\nKIS_SIMULATOR=true\n');
    expect(await readConfig(directory, {})).toMatchObject({ port: 4000 });
    write('.env.local', 'KIS_APP_KEY=abc\n');
    await expect(readConfig(directory, {})).rejects.toThrow(
      /true \(line 2 of \.env\).*KIS_APP_KEY \(line 1 of \.env\.local\).*add the line KIS_SIMULATOR=false to \.env\.local/,
    );
  });
});

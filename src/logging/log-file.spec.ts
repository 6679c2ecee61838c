import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transformFileSync } from '@swc/core';
import { LogFile } from './log-file';

const run = promisify(execFile);

describe('LogFile', () => {
  let directory: string;
  let path: string;
  let failures: string[];
  let open: LogFile[];

  const create = (limits?: { maxBytes: number; kept: number }): LogFile => {
    const file = new LogFile(path, (code) => failures.push(code), limits);
    open.push(file);
    return file;
  };
  const read = (suffix = ''): string => readFileSync(path + suffix, 'utf8');

  /** The beginning of a program of its own that has opened the file. */
  const programStart = (limits: { maxBytes: number; kept: number }): string => {
    const script = join(directory, 'log-file.js');
    const { code } = transformFileSync(join(__dirname, 'log-file.ts'), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
      module: { type: 'commonjs' },
    });
    writeFileSync(script, code);
    return `
      const { LogFile } = require(${JSON.stringify(script)});
      const fail = (code) => { throw new Error(code); };
      const file = new LogFile(${JSON.stringify(path)}, fail, ${JSON.stringify(limits)});`;
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'log-file-'));
    path = join(directory, 'logs', 'deep', 'app.log');
    failures = [];
    open = [];
  });

  afterEach(() => {
    for (const file of open) file.close();
    rmSync(directory, { recursive: true });
  });

  it('makes the directory and the file, for the owner only', () => {
    create().write('a\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  });

  it('adds to what is there', () => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'old\n');
    create().write('new\n');
    expect(read()).toBe('old\nnew\n');
  });

  it('begins a new file when the old one is full, and keeps as many as it should', () => {
    const file = create({ maxBytes: 10, kept: 2 });
    for (const line of ['1111\n', '2222\n', '3333\n', '4444\n', '5555\n', '6666\n', '7777\n'])
      file.write(line);
    expect(read()).toBe('7777\n');
    expect(read('.1')).toBe('5555\n6666\n');
    expect(read('.2')).toBe('3333\n4444\n');
    expect(readdirSync(join(path, '..'))).toHaveLength(3);
  });

  it('takes a line that is longer than a whole file', () => {
    const file = create({ maxBytes: 10, kept: 1 });
    file.write('123456789012345\n');
    expect(readdirSync(join(path, '..'))).toEqual(['app.log']);
    file.write('b\n');
    expect([read('.1'), read()]).toEqual(['123456789012345\n', 'b\n']);
    expect(failures).toEqual([]);
  });

  it('loses no line when several processes fill and move the same file', async () => {
    const program = `${programStart({ maxBytes: 2000, kept: 200 })}
      for (let line = 0; line < 500; line += 1) file.write(process.argv[1] + ' line ' + line + '\\n');`;
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => run(process.execPath, ['-e', program, name])));
    const names = readdirSync(join(path, '..'));
    const lines = names.flatMap((name) =>
      readFileSync(join(path, '..', name), 'utf8')
        .trimEnd()
        .split('\n'),
    );
    const expected = ['a', 'b', 'c', 'd'].flatMap((name) =>
      Array.from({ length: 500 }, (_, line) => `${name} line ${line}`),
    );
    expect(lines.sort()).toEqual(expected.sort());
    expect(names.length).toBeGreaterThan(5);
  });

  it('has every line of a process that was killed right after it had written', async () => {
    const program = `${programStart({ maxBytes: 1_000_000, kept: 1 })}
      for (let line = 0; line < 100; line += 1) file.write('line ' + line + '\\n');
      process.kill(process.pid, 'SIGKILL');`;
    await expect(run(process.execPath, ['-e', program])).rejects.toMatchObject({ signal: 'SIGKILL' });
    expect(read()).toBe(Array.from({ length: 100 }, (_, line) => `line ${line}\n`).join(''));
  });

  it('leaves moving to the process that is at it, and takes over from one that was killed', () => {
    const file = create({ maxBytes: 10, kept: 1 });
    file.write('123456789\n');
    writeFileSync(`${path}.lock`, '');
    file.write('b\n');
    expect(read()).toBe('123456789\nb\n');
    utimesSync(`${path}.lock`, 1, 1);
    file.write('c\n');
    file.write('d\n');
    expect([read('.1'), read()]).toEqual(['123456789\nb\nc\n', 'd\n']);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('begins anew when the file was moved or deleted by somebody else', () => {
    const file = create();
    file.write('a\n');
    renameSync(path, `${path}.old`);
    file.write('b\n');
    expect(read()).toBe('b\n');
    rmSync(join(path, '..'), { recursive: true });
    file.write('c\n');
    expect(read()).toBe('c\n');
    expect(failures).toEqual([]);
  });

  it('never throws, and reports a failure once until it works again', () => {
    writeFileSync(join(directory, 'logs'), 'in the way');
    const file = create();
    file.write('a\n');
    file.write('b\n');
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^(EEXIST|ENOTDIR)$/);
    rmSync(join(directory, 'logs'));
    file.write('c\n');
    expect(read()).toBe('c\n');
    file.close();
    rmSync(join(directory, 'logs'), { recursive: true });
    writeFileSync(join(directory, 'logs'), 'in the way');
    file.write('d\n');
    expect(failures).toHaveLength(2);
  });

  it('goes on in a file that cannot be moved', () => {
    const file = create({ maxBytes: 10, kept: 1 });
    file.write('123456789\n');
    mkdirSync(`${path}.1`);
    file.write('b\n');
    expect(read()).toBe('123456789\nb\n');
    expect(failures).toEqual([]);
    expect(existsSync(`${path}.2`)).toBe(false);
  });
});

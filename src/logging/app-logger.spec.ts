import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { inspect } from 'node:util';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { loadConfig } from '../config/load-config';
import { AppLogger, type AppLoggerOptions } from './app-logger';
import { Redactor } from '../kis';

const AT = new Date(2025, 10, 3, 19, 45, 30, 999);
const JWT = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJ0b2tlbiJ9.c2lnbmF0dXJl';

describe('AppLogger', () => {
  let printed: string;

  const create = (options: Partial<AppLoggerOptions> = {}): AppLogger =>
    new AppLogger({
      level: 'debug',
      format: 'text',
      file: null,
      redactor: new Redactor(),
      console: (text) => (printed += text),
      now: () => AT,
      ...options,
    });

  beforeEach(() => {
    printed = '';
  });

  it('writes time, level, component and message in local time', () => {
    create().log('Token saved successfully', 'TokenManager');
    expect(printed).toBe('2025-11-03 19:45:30 - INFO - [TokenManager] Token saved successfully\n');
  });

  it.each([
    ['verbose', 'DEBUG'],
    ['debug', 'DEBUG'],
    ['log', 'INFO'],
    ['warn', 'WARNING'],
    ['error', 'ERROR'],
    ['fatal', 'CRITICAL'],
  ] as const)('calls %s by the name %s, as Python does', (method, name) => {
    create()[method]('x', 'Tag');
    expect(printed).toContain(` - ${name} - [Tag] x\n`);
  });

  it.each([
    ['debug', 'debug log warn error fatal'],
    ['info', 'log warn error fatal'],
    ['warn', 'warn error fatal'],
    ['error', 'error fatal'],
  ] as const)('leaves out what is less important than %s', (level, expected) => {
    const logger = create({ level });
    for (const method of ['debug', 'log', 'warn', 'error', 'fatal'] as const) logger[method](method, 'T');
    expect(printed.match(/(?<=\[T\] ).*/g)?.join(' ')).toBe(expected);
  });

  it('can stand behind every Logger of Nest', () => {
    Logger.overrideLogger(create());
    new Logger('KIS API').log('Requesting new access token');
    new Logger('KIS API').error('failed', new Error('boom').stack);
    new Logger().warn('nobody in particular');
    Logger.overrideLogger(false);
    expect(printed).toMatch(
      /INFO - \[KIS API\] Requesting new access token\n.*ERROR - \[KIS API\] failed\n( {4}at .*\n)+.*WARNING - \[App\] nobody in particular\n$/,
    );
  });

  it('keeps an event on one line and away from the terminal', () => {
    create().log('first\nsecond\tthird\u001b[31m\r\u2028', 'a\nb');
    expect(printed).toBe(
      '2025-11-03 19:45:30 - INFO - [a\\nb] first\\nsecond third\\u001b[31m\\u000d\\u2028\n',
    );
  });

  it('adds where an error happened and what caused it, as indented lines', () => {
    const error = new TypeError('outer', { cause: new Error('inner') });
    create().error('GET / failed', error, 'HTTP');
    expect(printed).toMatch(
      /^\S+ \S+ - ERROR - \[HTTP\] GET \/ failed: TypeError: outer\n( {4}at .*\n)+ {4}Caused by: Error: inner\n( {4}at .*\n)+$/,
    );
  });

  it('takes an error for the message too', () => {
    create().error(new TypeError('outer'), undefined, 'HTTP');
    expect(printed).toMatch(/\[HTTP\] TypeError: outer\n( {4}at .*\n)+$/);
  });

  it('does without traces below the level of an error', () => {
    create().warn(new TypeError('outer'), 'HTTP');
    expect(printed).toBe('2025-11-03 19:45:30 - WARNING - [HTTP] TypeError: outer\n');
  });

  it('does not follow a chain of causes for ever', () => {
    const error = new Error('loop');
    error.cause = error;
    create().error(error, 'T');
    expect(printed.match(/Caused by/g)).toHaveLength(5);
  });

  it.each([
    ['an object', { a: { b: [1, 2] } }, '{ a: { b: [ 1, 2 ] } }'],
    ['nothing', undefined, 'undefined'],
    ['a number', 5, '5'],
    [
      'something that cannot be printed',
      {
        [inspect.custom]() {
          throw new Error('no');
        },
      },
      '[unprintable]',
    ],
  ])('prints %s', (_, message, expected) => {
    create().log(message, 'T');
    expect(printed).toContain(`[T] ${expected}\n`);
  });

  it('writes JSON, one object a line', () => {
    const logger = create({ format: 'json' });
    logger.log('a\n"b"', 'T');
    logger.error('failed', new Error('boom'), 'T');
    const [first, second] = printed.trimEnd().split('\n');
    expect(JSON.parse(first ?? '')).toEqual({
      time: AT.toISOString(),
      level: 'info',
      tag: 'T',
      message: 'a\n"b"',
    });
    expect(JSON.parse(second ?? '')).toEqual({
      time: AT.toISOString(),
      level: 'error',
      tag: 'T',
      message: 'failed: Error: boom',
      stack: expect.stringMatching(/^at .*\nat /),
    });
  });

  it.each(['text', 'json'] as const)(
    'leaves secrets out of messages, tags, objects and traces in %s',
    (format) => {
      const logger = create({ format });
      const error = new Error(`with ${JWT}`, { cause: new Error(`because ${JWT}`) });
      error.stack = `${error.stack ?? ''}\n    at ${JWT} (file.ts:1:1)`;
      for (const method of ['debug', 'log', 'warn', 'error', 'fatal'] as const) {
        logger[method](`message ${JWT}`, JWT);
        logger[method]({ headers: { authorization: JWT } }, error, 'T');
      }
      expect(printed).toContain('[token]');
      expect(printed).not.toContain(JWT.slice(0, 20));
    },
  );

  it('knows the secrets of the configuration', () => {
    const config = loadConfig({
      KIS_APP_KEY: 'not-the-usual-form-of-a-key',
      KIS_APP_SECRET: 'nor-of-a-secret',
      KIS_ACCOUNT_NUMBER: '50112345',
      API_KEY: 'my-own-key',
      LOG_FILE: '',
    });
    AppLogger.from(config, { console: (text) => (printed += text) }).log(
      'not-the-usual-form-of-a-key nor-of-a-secret 50112345 my-own-key',
      'T',
    );
    expect(printed).toContain('[T] not-the-us… [secret] 5011**** [secret]\n');
  });
});

describe('AppLogger with a file', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'logger-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const create = (file: string, sink: (text: string) => void): AppLogger =>
    new AppLogger({ level: 'info', format: 'text', file, redactor: new Redactor(), console: sink });

  it('writes the same lines to console and file', () => {
    let printed = '';
    const logger = create(join(directory, 'logs', 'app.log'), (text) => (printed += text));
    logger.log('one', 'T');
    logger.log('two', 'T');
    logger.close();
    logger.log('three', 'T');
    logger.close();
    expect(printed.split('\n')).toHaveLength(4);
    expect(readFileSync(join(directory, 'logs', 'app.log'), 'utf8')).toBe(printed);
  });

  it('goes on without the file when that cannot be written, and says so once', () => {
    const lines: string[] = [];
    mkdirSync(join(directory, 'app.log'));
    const logger = create(join(directory, 'app.log'), (text) => lines.push(text));
    logger.log('one', 'T');
    logger.log('two', 'T');
    expect(lines).toEqual([
      expect.stringContaining('[T] one'),
      expect.stringMatching(/WARNING - \[Log\] .*EISDIR.*LOG_FILE/),
      expect.stringContaining('[T] two'),
    ]);
  });
});

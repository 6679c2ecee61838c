import { EventEmitter } from 'node:events';
import { AppLogger } from './app-logger';
import { installCrashHandlers } from './crash-handlers';
import { Redactor } from '../kis';

const JWT = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJ0b2tlbiJ9.c2lnbmF0dXJl';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];

  exit(code: number): void {
    this.exits.push(code);
  }
}

describe('installCrashHandlers', () => {
  let printed: string;
  let host: FakeProcess;

  beforeEach(() => {
    printed = '';
    host = new FakeProcess();
    const redactor = new Redactor();
    const logger = new AppLogger({
      level: 'error',
      format: 'text',
      file: null,
      redactor,
      console: (text) => (printed += text),
    });
    installCrashHandlers(logger, host);
  });

  it.each(['uncaughtException', 'unhandledRejection'])(
    'logs the reason of an %s without secrets and ends',
    (event) => {
      host.emit(event, new TypeError(`refused: ${JWT}`));
      expect(printed).toMatch(
        /CRITICAL - \[Process\] Stopped by .*: TypeError: refused: \[token\]\n( {4}at .*\n)+$/,
      );
      expect(host.exits).toEqual([1]);
    },
  );

  it('ends also when the reason is no error', () => {
    host.emit('unhandledRejection', undefined);
    host.emit('unhandledRejection', { token: JWT });
    expect(printed).not.toContain(JWT);
    expect(host.exits).toEqual([1, 1]);
  });
});

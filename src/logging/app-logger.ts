import type { LoggerService } from '@nestjs/common';
import type { AppConfig, LogOptions } from '../config/app-config';
import { ConsoleOutput } from './console-output';
import type { Redactor } from '../kis';
import { toEvent, type EventLevel, type LogEvent } from './log-event';
import { FOREIGN, LogFile } from './log-file';
import { formatEvent } from './log-format';
import { currentRequestId } from './request-context';

const IMPORTANCE: Record<EventLevel, number> = { debug: 0, info: 1, warn: 2, error: 3, fatal: 4 };

export interface AppLoggerOptions extends LogOptions {
  readonly redactor: Redactor;
  /** Default: standard output. */
  readonly console?: (text: string) => void;
  /** Which of the events for the file go to the console too; default: all. */
  readonly consoleShows?: (event: LogEvent) => boolean;
  readonly now?: () => Date;
}

/**
 * Nest's logger for this application: writes one line per event to console and file, with secrets redacted at every
 * level. Writing is synchronous and never throws.
 */
export class AppLogger implements LoggerService {
  private readonly file: LogFile | null;
  private readonly console: (text: string) => void;
  private readonly now: () => Date;

  constructor(private readonly options: AppLoggerOptions) {
    this.console = options.console ?? this.standardOutput();
    this.now = options.now ?? (() => new Date());
    this.file =
      options.file === null
        ? null
        : new LogFile(options.file, (code) => {
            this.reportFile(code);
          });
  }

  static from(
    config: AppConfig,
    options: Pick<AppLoggerOptions, 'console' | 'consoleShows'> = {},
  ): AppLogger {
    return new AppLogger({ ...config.log, redactor: config.redactor, ...options });
  }

  verbose(message: unknown, ...parameters: unknown[]): void {
    this.write('debug', message, parameters);
  }

  debug(message: unknown, ...parameters: unknown[]): void {
    this.write('debug', message, parameters);
  }

  log(message: unknown, ...parameters: unknown[]): void {
    this.write('info', message, parameters);
  }

  warn(message: unknown, ...parameters: unknown[]): void {
    this.write('warn', message, parameters);
  }

  error(message: unknown, ...parameters: unknown[]): void {
    this.write('error', message, parameters);
  }

  fatal(message: unknown, ...parameters: unknown[]): void {
    this.write('fatal', message, parameters);
  }

  /** Closes the file; a later event opens it again. */
  close(): void {
    this.file?.close();
  }

  private write(level: EventLevel, message: unknown, parameters: readonly unknown[]): void {
    if (IMPORTANCE[level] < IMPORTANCE[this.options.level]) return;
    const event = toEvent(level, message, parameters);
    const text = this.format(event);
    if (this.options.consoleShows?.(event) ?? true) this.console(text);
    this.file?.write(text);
  }

  private format(event: LogEvent): string {
    const { redactor, format } = this.options;
    const harmless = {
      level: event.level,
      tag: redactor.redact(event.tag),
      message: redactor.redact(event.message),
      requestId: currentRequestId(),
      trace: event.trace.map((step) => redactor.redact(step)),
    };
    return formatEvent(format, harmless, this.now());
  }

  private standardOutput(): (text: string) => void {
    const output = new ConsoleOutput(process.stdout, (code) => {
      const message = `The standard output cannot be written (${code}): lines go to the log file only.`;
      this.file?.write(this.format({ level: 'warn', tag: 'Log', message, trace: [] }));
    });
    return output.write;
  }

  private reportFile(code: string): void {
    const message = `The log file cannot be written (${code}${hint(code)}): lines go to the console only. Check LOG_FILE.`;
    this.console(this.format({ level: 'warn', tag: 'Log', message, trace: [] }));
  }
}

function hint(code: string): string {
  if (code === FOREIGN) return ', it is a file or link of another user';
  return code === 'ENXIO' ? ', a FIFO that no program reads' : '';
}

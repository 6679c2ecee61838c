import type { AppLogger } from './app-logger';

/** The part of `process` that is needed here. */
export interface CrashingProcess {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (reason: unknown) => void): unknown;
  exit(code: number): void;
}

/** The last words of a process go through the logger, which leaves secrets out; then it ends with code 1. */
export function installCrashHandlers(
  logger: Pick<AppLogger, 'fatal'>,
  host: CrashingProcess = process,
): void {
  const crash = (what: string, reason: unknown): void => {
    logger.fatal(what, reason, 'Process');
    // At once: servers and timers would keep a process alive of which nobody knows what it still does right.
    host.exit(1);
  };
  host.on('uncaughtException', (error) => {
    crash('Stopped by an unhandled error', error);
  });
  host.on('unhandledRejection', (reason) => {
    crash('Stopped by an unhandled promise rejection', reason);
  });
}

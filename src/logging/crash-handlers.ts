import type { AppLogger } from './app-logger';

/** The part of `process` that is used here. */
export interface CrashingProcess {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (reason: unknown) => void): unknown;
  exit(code: number): void;
}

/** Logs unhandled errors through the logger, which redacts secrets, and ends the process with exit code 1. */
export function installCrashHandlers(
  logger: Pick<AppLogger, 'fatal'>,
  host: CrashingProcess = process,
): void {
  const crash = (what: string, reason: unknown): void => {
    logger.fatal(what, reason, 'Process');
    // At once: servers and timers would keep the process alive in an unknown state.
    host.exit(1);
  };
  host.on('uncaughtException', (error) => {
    crash('Stopped by an unhandled error', error);
  });
  host.on('unhandledRejection', (reason) => {
    crash('Stopped by an unhandled promise rejection', reason);
  });
}

import type { LoggerService } from '@nestjs/common';

/** Contexts under which Nest logs every module, route, step and error of its own start. */
const NEST_ITSELF = [
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'ExceptionHandler',
];

/** The same logger with Nest's own start at level `debug`. */
export function withoutBootNoise(logger: LoggerService): LoggerService {
  const isNoise = (rest: readonly unknown[]): boolean => NEST_ITSELF.includes(String(rest.at(-1)));
  return {
    log(message: unknown, ...rest: unknown[]): void {
      if (isNoise(rest)) logger.debug?.(message, ...rest);
      else logger.log(message, ...rest);
    },
    // With `abortOnError: false` these errors are thrown too, and reported where they are caught.
    error(message: unknown, ...rest: unknown[]): void {
      if (isNoise(rest)) logger.debug?.(message, ...rest);
      else logger.error(message, ...rest);
    },
    warn: (message: unknown, ...rest: unknown[]): void => void logger.warn(message, ...rest),
    debug: (message: unknown, ...rest: unknown[]): void => void logger.debug?.(message, ...rest),
    verbose: (message: unknown, ...rest: unknown[]): void => void logger.verbose?.(message, ...rest),
    fatal: (message: unknown, ...rest: unknown[]): void => void logger.fatal?.(message, ...rest),
  };
}

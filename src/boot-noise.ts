import type { LoggerService } from '@nestjs/common';

/** Nest tells of every module, route and step of its own start. */
const NEST_ITSELF = ['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication'];

/** The same logger, for which Nest's own start is a matter of debugging and not of the daily log. */
export function withoutBootNoise(logger: LoggerService): LoggerService {
  const isNoise = (rest: readonly unknown[]): boolean => NEST_ITSELF.includes(String(rest.at(-1)));
  return {
    log(message: unknown, ...rest: unknown[]): void {
      if (isNoise(rest)) logger.debug?.(message, ...rest);
      else logger.log(message, ...rest);
    },
    // That it cannot listen is thrown too, and told with the next step by whoever started it.
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

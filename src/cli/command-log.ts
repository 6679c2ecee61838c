import type { LoggerService } from '@nestjs/common';
import { withoutBootNoise } from '../boot-noise';
import type { AppConfig } from '../config/app-config';
import { AppLogger } from '../logging/app-logger';
import type { LogEvent } from '../logging/log-event';

/** The log context of requests to KIS's token endpoint. */
const KIS_API = 'KIS API';

/**
 * The log of one command. The log file gets the lines that the service would write when the command requests a token,
 * and nothing otherwise. The terminal gets warnings only, without those of calls to KIS, since the command itself
 * reports why it failed.
 */
export function commandLog(config: AppConfig, console: (text: string) => void): LoggerService {
  return unlessIdle(withoutBootNoise(AppLogger.from(config, { console, consoleShows: isForTheTerminal })));
}

function isForTheTerminal({ level, tag }: LogEvent): boolean {
  return level !== 'debug' && level !== 'info' && tag !== KIS_API;
}

/** Holds `log` lines back until a request to KIS is logged, and then writes them in order; without one, drops them. */
function unlessIdle(logger: LoggerService): LoggerService {
  let held: (() => void)[] | null = [];
  return {
    ...logger,
    log(message: unknown, ...rest: unknown[]): void {
      const write = (): void => void logger.log(message, ...rest);
      if (held !== null && rest.at(-1) !== KIS_API) {
        held.push(write);
        return;
      }
      for (const earlier of held ?? []) earlier();
      held = null;
      write();
    },
  };
}

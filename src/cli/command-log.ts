import type { LoggerService } from '@nestjs/common';
import { withoutBootNoise } from '../boot-noise';
import type { AppConfig } from '../config/app-config';
import { AppLogger } from '../logging/app-logger';
import type { LogEvent } from '../logging/log-event';

/** The component that speaks when KIS is asked for a token. */
const KIS_API = 'KIS API';

/**
 * The log of one command. The log file gets what the service would write, so that a token that a command requests
 * leaves its line; a command that requests none leaves nothing. The terminal gets warnings only, and not those of calls
 * to KIS: the command says itself why it failed.
 */
export function commandLog(config: AppConfig, console: (text: string) => void): LoggerService {
  return unlessIdle(withoutBootNoise(AppLogger.from(config, { console, consoleShows: isForTheTerminal })));
}

function isForTheTerminal({ level, tag }: LogEvent): boolean {
  return level !== 'debug' && level !== 'info' && tag !== KIS_API;
}

/** Holds the daily lines back until KIS is asked for something: what came before is the beginning of that story. */
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

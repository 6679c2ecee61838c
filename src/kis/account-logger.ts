import { Logger } from '@nestjs/common';
import type { KisCredential } from './kis-credential';
import type { KisError } from './kis.errors';

/**
 * Log lines that are about one account. Where there are several accounts, each of its lines ends with the alias:
 * `Response Status: 403 (pension)`; of accounts that share a credential, with that of the first.
 */
export class AccountLogger {
  private readonly logger: Logger;

  constructor(tag: string) {
    this.logger = new Logger(tag);
  }

  debug(about: KisCredential, message: string): void {
    this.logger.debug(withAlias(about, message));
  }

  log(about: KisCredential, message: string): void {
    this.logger.log(withAlias(about, message));
  }

  warn(about: KisCredential, message: string): void {
    this.logger.warn(withAlias(about, message));
  }

  /** Logs a failure unless it has been logged already: as an error when waiting does not help, else as a warning. */
  failure(about: KisCredential, error: KisError, outcome = ''): void {
    const text = outcome === '' ? error.message : `${outcome}: ${error.message}`;
    if (!error.isLogged && error.code === 'KIS_CREDENTIALS_REJECTED') {
      this.logger.error(withAlias(about, text));
    } else if (!error.isLogged) {
      this.warn(about, text);
    }
    error.markLogged();
  }
}

/** A message with the alias of its account, for code that does not log by itself. */
export function withAlias({ alias }: KisCredential, message: string): string {
  return alias === null ? message : `${message} (${alias})`;
}

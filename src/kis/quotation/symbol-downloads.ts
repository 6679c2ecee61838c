import { Injectable } from '@nestjs/common';
import { KisBadResponseError, KisTimeoutError, KisUnavailableError } from '../kis.errors';
import type { KisExchange } from '../transport/kis-exchange';
import { readSymbolFile, type KisListedSymbol, type SymbolFile } from './symbol-file';

const TIMEOUT_MS = 30_000;

/** Downloads symbol files. They need neither key nor token and do not count as calls. */
@Injectable()
export class SymbolDownloads {
  /** @param base the address before the name of a file. */
  constructor(
    private readonly exchange: KisExchange,
    readonly base: URL,
    /** What messages call the option that says where that is. */
    private readonly setting: string,
  ) {}

  /** @throws KisUnavailableError, KisTimeoutError or KisBadResponseError. */
  async fetch(file: SymbolFile): Promise<KisListedSymbol[]> {
    const url = new URL(`${file.name}.zip`, this.base);
    const result = await this.exchange.send({ method: 'GET', url, headers: {}, timeoutMs: TIMEOUT_MS });
    const what = `The symbol file ${file.name} was not fetched from ${url.host}`;
    switch (result.kind) {
      case 'timeout':
        throw new KisTimeoutError(`${what}: no answer within ${TIMEOUT_MS / 1000} s. Try again later.`);
      case 'unreachable':
        throw new KisUnavailableError(
          `${what} (${result.reason}). Check the connection and ${this.setting}; then try again.`,
          { cause: result.cause },
        );
      case 'broken':
        throw new KisBadResponseError(`${what}: the answer is damaged or too long. Try again later.`, {
          cause: result.cause,
        });
      case 'answered':
        if (result.status === 200) return readSymbolFile(file, result.bytes);
        throw new KisUnavailableError(
          `${what}: the answer was HTTP ${result.status}. Check ${this.setting}; then try again.`,
        );
    }
  }
}

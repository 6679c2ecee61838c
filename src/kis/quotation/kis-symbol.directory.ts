import { Injectable, Logger } from '@nestjs/common';
import { KisClock } from '../clock';
import type { KisError } from '../kis.errors';
import { MINUTE_MS, isoDate, wallClock } from '../protocol/market-time';
import { KOREAN_ZONE } from '../protocol/markets';
import { DOMESTIC_SYMBOL_FILES, OVERSEAS_SYMBOL_FILES } from '../protocol/symbol-files';
import { KisMarketFiles } from './state-files';
import { SymbolDownloads } from './symbol-downloads';
import type { KisListedSymbol, SymbolFile } from './symbol-file';
import { decodeSymbols, encodeSymbols, type StoredSymbols } from './symbol-records';
import { findSymbols, searchable, type SearchableSymbol } from './symbol-search';

const FILES: readonly SymbolFile[] = [...DOMESTIC_SYMBOL_FILES, ...OVERSEAS_SYMBOL_FILES];
const STORED_AS = 'symbols.json';
/** Pause after a failed download; until then the existing symbols are served. */
const RETRY_MS = 10 * MINUTE_MS;
/** How long a search waits for new files when there are old ones. */
const SHORT_WAIT_MS = 3000;
const MOST_FOUND = 50;

/**
 * Finds securities by name or code, in KIS's symbol files. These are downloaded with the first search of a Korean day
 * and stored across restarts. Until a file has been downloaded, its last version is used.
 */
@Injectable()
export class KisSymbolDirectory {
  private readonly logger = new Logger('Market');
  private stored: StoredSymbols = {};
  private list: readonly SearchableSymbol[] = [];
  private opening: Promise<void> | null = null;
  private loading: Promise<void> | null = null;
  /** Monotonic milliseconds before which nothing is downloaded, because a download has just failed. */
  private pausedUntil = 0;

  constructor(
    private readonly downloads: SymbolDownloads,
    private readonly files: KisMarketFiles,
    private readonly clock: KisClock,
  ) {}

  /**
   * @param text part of a name (Korean or English), or a code; upper and lower case and spaces do not matter.
   * @returns best match first, at most 50.
   * @throws KisUnavailableError and the like when there are no domestic symbols at all.
   */
  async search(text: string): Promise<KisListedSymbol[]> {
    await this.ensure();
    return findSymbols(this.list, text, MOST_FOUND);
  }

  private async ensure(): Promise<void> {
    this.opening ??= this.open();
    await this.opening;
    if (this.due().length === 0) return;
    this.loading ??= this.load().finally(() => {
      this.loading = null;
    });
    await (this.list.length > 0 ? this.briefly(this.loading) : this.loading);
  }

  /** Waits a limited time for work, which then continues. Never fails while there are symbols. */
  private briefly(work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.clock.background(SHORT_WAIT_MS, resolve);
      work.then(resolve, reject).finally(cancel);
    });
  }

  /** The files that are to be downloaded now. */
  private due(): readonly SymbolFile[] {
    const isPaused = this.list.length > 0 && this.clock.monotonic() < this.pausedUntil;
    return isPaused ? [] : FILES.filter(({ name }) => this.stored[name]?.day !== this.today);
  }

  private get today(): string {
    return isoDate(wallClock(KOREAN_ZONE, this.clock.now()));
  }

  private async load(): Promise<void> {
    const today = this.today;
    const due = this.due();
    const failures: KisError[] = [];
    const stored = { ...this.stored };
    await Promise.all(
      due.map(async (file) => {
        try {
          stored[file.name] = { day: today, symbols: await this.downloads.fetch(file) };
        } catch (error) {
          failures.push(error as KisError);
        }
      }),
    );
    this.use(stored);
    if (failures.length < due.length) await this.write(stored);
    this.report(failures);
  }

  /** @throws the failure, when there are no symbols at all. */
  private report([failure, ...others]: readonly KisError[]): void {
    if (!failure) return;
    this.pausedUntil = this.clock.monotonic() + RETRY_MS;
    if (!DOMESTIC_SYMBOL_FILES.some(({ name }) => this.stored[name])) throw failure;
    const more = others.length === 0 ? '' : ` ${others.length} more files failed too.`;
    this.logger.warn(
      `${failure.message}${more} The last version is used, if there is one; the next attempt follows in ${RETRY_MS / MINUTE_MS} minutes.`,
    );
  }

  private use(stored: StoredSymbols): void {
    this.stored = stored;
    this.list = FILES.flatMap(({ name }) => stored[name]?.symbols ?? []).map(searchable);
  }

  private async open(): Promise<void> {
    try {
      const bytes = await this.files.readFile(STORED_AS);
      if (bytes !== null) this.use(decodeSymbols(bytes, this.downloads.base.href));
    } catch (error) {
      this.logger.warn(`The stored symbols cannot be read and are downloaded again: ${wordsOf(error)}`);
    }
  }

  private async write(stored: StoredSymbols): Promise<void> {
    try {
      await this.files.writeFile(STORED_AS, encodeSymbols(stored, this.downloads.base.href));
    } catch (error) {
      this.logger.warn(
        `The symbols cannot be stored and are downloaded again after a restart: ${wordsOf(error)}`,
      );
    }
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown reason';
}

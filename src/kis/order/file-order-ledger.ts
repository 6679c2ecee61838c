import type { OnApplicationShutdown } from '@nestjs/common';
import type { KisClock } from '../clock';
import { codeOf } from '../files/careful-open';
import { DirectoryThread } from '../files/directory-thread';
import type { LedgerAnswer, LedgerChange, LedgerQuery } from '../files/ledger';
import { LocalDirectory } from '../files/local-directory';
import { DAMAGED } from '../files/sqlite-fault';
import { LOCK_BUSY, remedyFor } from '../files/store-problem';
import { nameAsOption } from '../option-names';
import { KisOrderJournalError } from './kis-order.errors';
import { OrderLedger } from './order-ledger';

const DATABASE = 'orders.db';
/** A disk that takes longer has failed. Long enough for the lock, so that the thread can say why before. */
const LIMIT_MS = 5000;

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Free some space; orders are then taken again',
  EDQUOT: 'your disk quota is used up. Free some space; orders are then taken again',
  [DAMAGED]:
    'it is damaged. Compare the orders of today with KIS, then move the file away: a new one is then begun, which does not know them',
  [LOCK_BUSY]:
    'another process holds its lock and makes no progress. Look for a stopped process (ps, state T) that uses the same directory',
  ENOSQLITE: `libsql, which is needed for it, does not load on ${process.platform}-${process.arch}. Place orders on another machine`,
};

/**
 * The journal in `orders.db`, a SQLite file that the processes of a machine share, forced to the disk with every change.
 * It is used in a thread of its own, so a disk that hangs holds up nothing but orders.
 */
export class FileOrderLedger extends OrderLedger implements OnApplicationShutdown {
  private readonly directory: LocalDirectory;
  /** Whether the directory is fit for use, since something last went wrong in it. */
  private prepared: Promise<void> | null = null;

  /**
   * @param directory as a person writes it; a leading `~` is the home directory.
   * @param setting what messages call the option that says where it is.
   * @throws KisTokenStoreError for a directory below `~` where the user has no home directory.
   */
  constructor(
    directory: string,
    private readonly clock: KisClock,
    private readonly thread = new DirectoryThread(),
    private readonly setting = nameAsOption('stateDir', null),
  ) {
    super();
    const options = {
      directory,
      setting,
      tag: 'Orders',
      database: '.state.db',
      ledger: DATABASE,
      durable: true,
      alone: false,
      reports: true,
    };
    this.directory = new LocalDirectory(options, thread);
  }

  read(query: LedgerQuery): Promise<LedgerAnswer> {
    return this.inTime(() => this.directory.readLedger(query));
  }

  write(change: LedgerChange): Promise<boolean> {
    return this.inTime(() => this.directory.writeLedger(change));
  }

  onApplicationShutdown(): void {
    this.thread.close();
  }

  /** What comes too late may still be carried out. */
  private async inTime<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (this.thread.silentMs > LIMIT_MS) throw silence(this.thread.silentMs);
      const done = await this.thread.within(
        this.prepare().then(async () => ({ value: await work() })),
        LIMIT_MS,
      );
      if (done) return done.value;
      throw silence(LIMIT_MS);
    } catch (error) {
      this.prepared = null;
      throw this.problem(error);
    }
  }

  private prepare(): Promise<void> {
    this.prepared ??= this.directory.prepare(this.clock.now());
    return this.prepared;
  }

  private problem(error: unknown): Error {
    const why = REMEDIES[codeOf(error) ?? ''] ?? remedyFor(error, this.setting);
    return new KisOrderJournalError(
      `The order journal ${this.directory.place.shown(DATABASE)} cannot be used: ${why}.`,
      { cause: error },
    );
  }
}

function silence(silentMs: number): Error {
  return new Error(
    `the directory has not answered for ${Math.round(silentMs)} ms. Look at its disk or mount`,
  );
}

import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { KisClock } from '../../clock';
import { codeOf } from '../../files/careful-open';
import { DirectoryThread } from '../../files/directory-thread';
import type { LedgerAnswer, LedgerChange, LedgerQuery } from '../../files/ledger';
import { LocalDirectory } from '../../files/local-directory';
import { DAMAGED } from '../../files/sqlite-fault';
import { LOCK_BUSY, remedyFor } from '../../files/store-problem';
import { nameAsOption } from '../../option-names';
import { KisOrderJournalError } from '../kis-order.errors';
import { OrderLedger } from './order-ledger';

/**
 * The journal in `orders.db`, a SQLite file that the processes of a machine share, forced to the disk with every change.
 * It is used in a thread of its own, so a disk that hangs holds up nothing but orders.
 */
export class FileOrderLedger extends OrderLedger implements OnApplicationShutdown {
  private opened: LocalDirectory | null = null;
  /** Whether the directory is fit for use, since something last went wrong in it. */
  private prepared: Promise<void> | null = null;
  private isNoted = false;
  /** The report that there is no journal any more. Every read waits for it: the process may end right after one. */
  private missed: Promise<void> | null = null;
  private readonly logger = new Logger('Orders');

  /**
   * @param path as a person writes it; a leading `~` is the home directory. Nothing is made before something is written.
   * @param setting what messages call the option that says where it is.
   */
  constructor(
    private readonly path: string,
    private readonly clock: KisClock,
    private readonly thread = new DirectoryThread(),
    private readonly setting = nameAsOption('stateDir', null),
  ) {
    super();
  }

  read(query: LedgerQuery): Promise<LedgerAnswer> {
    return this.inTime(async (directory) => {
      const answer = await directory.readLedger(query);
      if (answer.ledger !== '') await this.noteBegun(directory);
      else if (!this.isNoted) await (this.missed ??= this.miss(directory, query));
      return answer;
    });
  }

  write(change: LedgerChange): Promise<boolean> {
    return this.inTime(async (directory) => {
      await this.prepare(directory);
      const isWritten = await directory.writeLedger(change);
      if (isWritten) await this.noteBegun(directory);
      return isWritten;
    });
  }

  onApplicationShutdown(): void {
    this.thread.close();
  }

  /** So that the journal is missed once it is gone; without that nothing is worse. */
  private async noteBegun(directory: LocalDirectory): Promise<void> {
    if (this.isNoted) return;
    this.isNoted = true;
    try {
      if (await directory.readFile(BEGUN)) return;
      await directory.putFile(BEGUN, Buffer.from(`${new Date(this.clock.now()).toISOString()}\n`));
    } catch {
      // The disk may be full, or the directory not writable.
    }
  }

  /** Reports once that there was a journal and is none any more. */
  private async miss(directory: LocalDirectory, query: LedgerQuery): Promise<void> {
    // Where that cannot be told, orders are taken all the same.
    if (!(await this.isGone(directory, query).catch(() => false))) return;
    this.logger.warn(
      `There is no order journal ${directory.place.shown(DATABASE)} any more, so a new one is begun. It knows no orders and no kill switch: ` +
        'trading is enabled, what the caps count starts at zero, and no program has a key. If trading was stopped, stop it again ' +
        '(PUT /api/trading {"enabled": false}); if the file was moved by mistake, stop the service and move it back.',
    );
  }

  private async isGone(directory: LocalDirectory, query: LedgerQuery): Promise<boolean> {
    const begun = await directory.readFile(BEGUN);
    const hasRemains = begun !== null || (await directory.list('')).some((name) => name.startsWith(DATABASE));
    // Another process may have begun one just now.
    return hasRemains && (await directory.readLedger(query)).ledger === '';
  }

  /** What comes too late may still be carried out. */
  private async inTime<T>(work: (directory: LocalDirectory) => Promise<T>): Promise<T> {
    try {
      const directory = (this.opened ??= this.open());
      if (this.thread.silentMs > LIMIT_MS) throw silence(this.thread.silentMs);
      const done = await this.thread.within(
        work(directory).then((value) => ({ value })),
        LIMIT_MS,
      );
      if (done) return done.value;
      throw silence(LIMIT_MS);
    } catch (error) {
      this.prepared = null;
      throw this.problem(error);
    }
  }

  private open(): LocalDirectory {
    const options = {
      directory: this.path,
      setting: this.setting,
      tag: 'Orders',
      database: '.state.db',
      ledger: DATABASE,
      durable: true,
      alone: false,
      reports: true,
    };
    return new LocalDirectory(options, this.thread);
  }

  private prepare(directory: LocalDirectory): Promise<void> {
    this.prepared ??= directory.prepare(this.clock.now());
    return this.prepared;
  }

  private problem(error: unknown): Error {
    const why = REMEDIES[codeOf(error) ?? ''] ?? remedyFor(error, this.setting).replace(/\.$/, '');
    return new KisOrderJournalError(
      `The order journal ${this.opened?.place.shown(DATABASE) ?? DATABASE} cannot be used: ${why}.`,
      { cause: error },
    );
  }
}

const DATABASE = 'orders.db';
/** Says that there has been a journal, and since when: what a journal that is begun later does not know. */
const BEGUN = '.orders_begun';
/** A disk that takes longer has failed. Long enough for the lock, so that the thread can say why before. */
const LIMIT_MS = 5000;

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Free some space; orders are then taken again',
  EDQUOT: 'your disk quota is used up. Free some space; orders are then taken again',
  [DAMAGED]:
    'it is damaged. Compare the orders of today with KIS, then move the file and its -journal away: a new one is then begun. It knows none of them, nor what the caps have counted; a kill switch that was set is released, and keys of programs have to be made again',
  [LOCK_BUSY]:
    'another process holds its lock and makes no progress. Look for a stopped process (ps, state T) that uses the same directory',
  ENOSQLITE: `libsql, which is needed for it, does not load on ${process.platform}-${process.arch}. Place orders on another machine`,
};

function silence(silentMs: number): Error {
  return new Error(
    `the directory has not answered for ${Math.round(silentMs)} ms. Look at its disk or mount`,
  );
}

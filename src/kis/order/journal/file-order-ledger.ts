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
 * Keeps the journal in `orders.db`, a SQLite file that the processes of a machine share; every change is forced to the disk.
 * A thread of its own works on it, so that a hanging disk delays nothing but orders.
 */
export class FileOrderLedger extends OrderLedger implements OnApplicationShutdown {
  private opened: LocalDirectory | null = null;
  /** The preparation of the directory; `null` before it, and again after every failure. */
  private prepared: Promise<void> | null = null;
  private isNoted = false;
  /** The report that the journal is gone. Every read waits for it, because the process may end right after one. */
  private missed: Promise<void> | null = null;
  private readonly logger = new Logger('Orders');

  /**
   * @param path of the directory; a leading `~` is the home directory. It is created with the first write.
   * @param setting the name of the option for that path, for messages.
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

  /** Leaves a file that says that there is a journal, so that its loss is noticed. A failure to write it does not matter. */
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

  /** Reports once that there has been a journal and is none any more. */
  private async miss(directory: LocalDirectory, query: LedgerQuery): Promise<void> {
    // Orders are accepted even if that cannot be determined.
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
    // Another process may have begun a journal just now.
    return hasRemains && (await directory.readLedger(query)).ledger === '';
  }

  /** Limits the time of an access. One that times out may still be executed. */
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
/** A file that says that there has been a journal, and since when. */
const BEGUN = '.orders_begun';
/** A disk that takes longer counts as failed. Longer than the wait for the lock, whose failure the thread then reports. */
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

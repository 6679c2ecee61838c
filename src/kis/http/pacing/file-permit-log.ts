import type { OnApplicationShutdown } from '@nestjs/common';
import type { KisClock } from '../../clock';
import { DirectoryThread } from '../../files/directory-thread';
import { LocalDirectory } from '../../files/local-directory';
import type { FoundRecord } from '../../files/state-records';
import type { KisCredential } from '../../kis-credential';
import { KisTokenStoreError } from '../../kis.errors';
import { nameAsOption } from '../../option-names';
import type { Pace } from './pace';
import { PermitBook } from './permit-book';
import { PermitLog, type PermitAnswer, type PermitRequest } from './permit-log';
import { decodePermits, encodePermits } from './permit-text';

/**
 * The permits of all processes of a machine that share a token directory, one record for each app key. They matter for
 * some seconds only, so nothing is forced to the disk.
 */
export class FilePermitLog extends PermitLog implements OnApplicationShutdown {
  private readonly directory: LocalDirectory;
  /** By credential: the record that this process wrote last, while it shares the pace with no other. */
  private readonly written = new Map<string, string>();
  private lockTimeoutMs = FIRST_TIMEOUT_MS;

  /** @throws KisTokenStoreError for a directory below `~` where the user has no home directory. */
  constructor(
    directory: string,
    private readonly clock: KisClock,
    private readonly thread = new DirectoryThread(),
    setting = nameAsOption('tokenDir', null),
  ) {
    super();
    const options = {
      directory,
      setting,
      database: DATABASE,
      durable: false,
      alone: false,
      // The database with the claims beside it has the same faults.
      reports: false,
    };
    this.directory = new LocalDirectory(options, thread);
  }

  async look(credential: KisCredential, pace: Pace, request: PermitRequest): Promise<PermitAnswer> {
    const { answer, late } = await this.ask(credential, pace, request);
    if (!late) return answer;
    // This process may have been stopped: one more attempt, and what arrived late is returned.
    const answered = request.wanted.slice(0, answer.given).map((id) => ({ id, agoMs: pace.windowMs }));
    const again = await this.ask(credential, pace, { ...request, answered });
    if (!again.late) return again.answer;
    throw silence(LATE_MS);
  }

  onApplicationShutdown(): void {
    this.thread.close();
  }

  private async ask(
    { id }: KisCredential,
    pace: Pace,
    request: PermitRequest,
  ): Promise<{ readonly answer: PermitAnswer; readonly late: boolean }> {
    // A request that was not answered in time may still be carried out: its permits count, but are not used.
    const { lockTimeoutMs } = this;
    if (this.thread.silentMs > lockTimeoutMs) throw silence(this.thread.silentMs);
    let decidedAt = 0;
    let text = '';
    const looking = this.directory.updateRecord(
      `permits/${id}`,
      (found) => {
        decidedAt = this.now;
        const change = this.lookInto(found, pace, request);
        text = change.next;
        return change;
      },
      () => this.clock.now(),
      lockTimeoutMs * FOR_THE_LOCK,
      this.expected(id),
    );
    const answer = await this.inWords(this.thread.within(looking, lockTimeoutMs));
    if (answer === null) throw silence(lockTimeoutMs);
    this.lockTimeoutMs = TIMEOUT_MS;
    if (answer.sharers === 1) this.written.set(id, text);
    return { answer, late: answer.given > 0 && this.now - decidedAt > LATE_MS };
  }

  /** What the record most likely still is, unless another process has written it; used once. */
  private expected(id: string): FoundRecord | null {
    const text = this.written.get(id);
    this.written.delete(id);
    return text === undefined ? null : { text, changedAt: 0, lostAt: null, unreadable: null };
  }

  private async inWords<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.directory.problem(DATABASE, error);
    }
  }

  private lookInto(
    found: FoundRecord,
    pace: Pace,
    request: PermitRequest,
  ): { answer: PermitAnswer; next: string } {
    const { now } = this;
    const book = bookIn(found, this.era) ?? PermitBook.full(now, pace);
    book.forget(now, pace);
    const answer = book.look(now, pace, request);
    return { answer, next: encodePermits(book, this.era) };
  }

  /** The monotonic clock is the same for all processes of a boot where the boot has a name. */
  private get now(): number {
    return this.clock.bootId === null ? this.clock.now() : this.clock.monotonic();
  }

  private get era(): string {
    return this.clock.bootId ?? 'wall clock';
  }
}

/**
 * The database with the permits: separate from that of the claims, because it is written without waiting for the disk.
 */
const DATABASE = '.token_pace.db';
/** Long enough for a busy machine, because continuing without the log may delay calls by seconds. */
const TIMEOUT_MS = 1000;
/**
 * Longer for the first request: nothing is known of other processes yet, and thread and file are still being opened.
 */
const FIRST_TIMEOUT_MS = 5000;
/**
 * The share of the timeout that is spent on the lock, so that the thread can report the reason before the caller times
 * out.
 */
const FOR_THE_LOCK = 3 / 4;
/** A permit that arrives later might be used when it no longer counts: it is returned. */
const LATE_MS = 300;

/** The stored book; a full one when the record was lost, because all permits may have been granted just now. */
function bookIn({ text, lostAt }: FoundRecord, era: string): PermitBook | null {
  if (text !== null) return decodePermits(text, era);
  return lostAt === null ? new PermitBook() : null;
}

function silence(silentMs: number): KisTokenStoreError {
  return new KisTokenStoreError(
    `The token directory has not answered for ${Math.round(silentMs)} ms. Look at its disk or mount.`,
  );
}

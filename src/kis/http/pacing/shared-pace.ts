import { AccountLogger } from '../../account-logger';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import { within } from '../../token/caller-wait';
import { shareOf, type Pace } from './pace';
import { PermitBook } from './permit-book';
import type { PermitAnswer, PermitLog, PermitRequest } from './permit-log';

/**
 * The rate limit of one app key in this process: by the shared log alone; while that is unavailable, by its own share
 * of the limit; and for a while afterwards by both, because others may not use the log again yet.
 */
export class SharedPace {
  private readonly logger = new AccountLogger('KIS API');
  private own: OwnShare | null = null;
  /** Number of processes at the last successful request; 0 before the first one. */
  private sharers = 0;
  /** The permits of this process, by its own clock. */
  private mine = new PermitBook();
  /** Since when no other process has shared the pace; monotonic milliseconds. */
  private aloneSince = Infinity;
  /** An answer is overdue, and this process uses its own book until it arrives. */
  private overdue = false;

  constructor(
    private readonly credential: KisCredential,
    private readonly pace: Pace,
    private readonly shared: PermitLog,
    private readonly clock: KisClock,
  ) {}

  async look(request: PermitRequest): Promise<PermitAnswer> {
    try {
      if (!this.own || this.now >= this.own.alsoUntil) {
        this.own = null;
        return await this.lookUnlessOverdue(request);
      }
      if (this.own.alsoUntil < Infinity) return await this.lookInBoth(this.own, request);
    } catch (error) {
      this.own = this.lose(error as Error, request.owner);
    }
    return this.own.book.look(this.now, this.own.pace, request);
  }

  /** A process that shares the pace with no other does not wait long for a disk or server that hangs. */
  private async lookUnlessOverdue(request: PermitRequest): Promise<PermitAnswer> {
    if (!this.overdue) {
      const pending = this.lookInShared(request);
      const answer = await (this.isAlone ? within(pending, ALONE_TIMEOUT_MS, this.clock) : pending);
      if (answer) return answer;
      this.awaitLate(pending, request.owner);
    }
    return this.mine.look(this.now, this.pace, request);
  }

  private awaitLate(pending: Promise<PermitAnswer>, owner: string): void {
    this.overdue = true;
    void pending
      .catch((error: unknown) => {
        this.own ??= this.lose(error as Error, owner);
      })
      .finally(() => {
        this.overdue = false;
      });
  }

  private async lookInBoth({ book, pace }: OwnShare, request: PermitRequest): Promise<PermitAnswer> {
    const own = book.look(this.now, pace, request);
    const wanted = request.wanted.slice(0, own.given);
    const { given, waitMs, sharers } = await this.lookInShared({ ...request, wanted });
    book.look(this.now, pace, unused(request.owner, wanted.slice(given), pace));
    return { given, waitMs: given < own.given ? waitMs : own.waitMs, sharers };
  }

  private async lookInShared(request: PermitRequest): Promise<PermitAnswer> {
    const answer = await this.shared.look(this.credential, this.pace, request);
    this.mine.note(this.now, this.pace, request.wanted.slice(0, answer.given), request.answered);
    // A log that has just become available again does not know all processes yet.
    this.sharers = Math.max(answer.sharers, this.own ? this.sharers : 0);
    this.aloneSince = this.sharers > 1 ? Infinity : Math.min(this.aloneSince, this.now);
    return answer;
  }

  /**
   * Nothing is sent until the permits that the shared log has granted to others no longer count, because their number
   * is unknown. A process that has been alone for a while knows that number, and continues at once.
   */
  private lose({ message }: Error, owner: string): OwnShare {
    const pace = shareOf(this.pace, Math.max(1, this.sharers));
    const book =
      this.isAlone || this.sharers === 0 ? (this.own?.book ?? this.mine) : PermitBook.full(this.now, pace);
    this.mine = new PermitBook();
    this.logger.warn(
      this.credential,
      `Calls of app key ${this.credential.maskedAppKey} can no longer be counted together with those of other processes: ${inOneLine(message)} ` +
        `Until they can, this process keeps to its own share, ${pace.calls} in ${Math.round(pace.windowMs)} ms.`,
    );
    this.retryLater(owner);
    return { pace, book, alsoUntil: Infinity };
  }

  private retryLater(owner: string): void {
    this.clock.background(RETRY_MS, () => {
      this.lookInShared({ owner, wanted: [], answered: [] }).then(
        () => {
          this.comeBack();
        },
        () => {
          this.retryLater(owner);
        },
      );
    });
  }

  private comeBack(): void {
    if (this.own) this.own = { ...this.own, alsoUntil: this.now + ALL_BACK_MS };
    this.logger.log(
      this.credential,
      `Calls of app key ${this.credential.maskedAppKey} are counted together with those of other processes again.`,
    );
  }

  private get isAlone(): boolean {
    return this.now - this.aloneSince >= ALONE_AFTER_MS;
  }

  private get now(): number {
    return this.clock.monotonic();
  }
}

/** A process that is alone waits no longer than this for an answer, which it can predict. */
const ALONE_TIMEOUT_MS = 80;
/** Processes that start together see each other within this time. */
const ALONE_AFTER_MS = 5000;
/** How often an unavailable log is tried again. */
const RETRY_MS = 1000;
/** This long after the log is back all processes use it again, and permits granted without it no longer count. */
const ALL_BACK_MS = 5000;

/** The pace of a process by its own book, while the log is unavailable or not all others use it yet. */
interface OwnShare {
  readonly pace: Pace;
  readonly book: PermitBook;
  /** Until then it applies together with the shared log; infinite while that is unavailable. */
  readonly alsoUntil: number;
}

/** A module that does not load on a platform has a message of many lines. */
function inOneLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/\.?$/, '.');
}

/** Returns permits that were not used: as if they had been answered a window ago. */
function unused(owner: string, ids: readonly string[], { windowMs }: Pace): PermitRequest {
  return { owner, wanted: [], answered: ids.map((id) => ({ id, agoMs: windowMs })) };
}

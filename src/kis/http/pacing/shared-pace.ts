import { Logger } from '@nestjs/common';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import { shareOf, type Pace } from './pace';
import { PermitBook } from './permit-book';
import type { PermitAnswer, PermitLog, PermitRequest } from './permit-log';

/** How often a log that is away is looked for. */
const RETRY_MS = 1000;
/** When the log is back, all others have come back to it, and have used up what it does not know of, after so long. */
const ALL_BACK_MS = 5000;

/** What a process does on its own account, because it cannot ask or not all others do. */
interface OwnShare {
  readonly pace: Pace;
  readonly book: PermitBook;
  /** Until then it is kept to beside the shared log; infinite while that is away. */
  readonly alsoUntil: number;
}

/**
 * The pace of one app key as this process keeps it: by the shared log alone; while that is away by its own share of
 * the limit; and for a while after the return by both, because others may not have come back yet.
 */
export class SharedPace {
  private readonly logger = new Logger('KIS API');
  private own: OwnShare | null = null;
  /** By the last look that succeeded; 0 before the first one. */
  private sharers = 0;

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
        return await this.ask(request);
      }
      if (this.own.alsoUntil < Infinity) return await this.askBoth(this.own, request);
    } catch (error) {
      this.own = this.lose(error as Error, request.owner);
    }
    return this.own.book.look(this.now, this.own.pace, request);
  }

  private async askBoth({ book, pace }: OwnShare, request: PermitRequest): Promise<PermitAnswer> {
    const own = book.look(this.now, pace, request);
    const wanted = request.wanted.slice(0, own.given);
    const { given, waitMs, sharers } = await this.ask({ ...request, wanted });
    book.look(this.now, pace, unused(request.owner, wanted.slice(given), pace));
    return { given, waitMs: given < own.given ? waitMs : own.waitMs, sharers };
  }

  private async ask(request: PermitRequest): Promise<PermitAnswer> {
    const answer = await this.shared.look(this.credential, this.pace, request);
    // A log that has just come back does not know all of them yet.
    this.sharers = Math.max(answer.sharers, this.own ? this.sharers : 0);
    return answer;
  }

  /** Until what the shared log has given is used up, nothing more is sent: nobody knows how much that was. */
  private lose({ message }: Error, owner: string): OwnShare {
    const pace = shareOf(this.pace, Math.max(1, this.sharers));
    const book = this.sharers > 0 ? PermitBook.full(this.now, pace) : new PermitBook();
    this.logger.warn(
      `Calls of app key ${this.credential.maskedAppKey} are no longer paced together with other processes: ${inOneLine(message)} ` +
        `Until that has passed this process keeps to its own share, ${pace.calls} in ${Math.round(pace.windowMs)} ms.`,
    );
    this.retryLater(owner);
    return { pace, book, alsoUntil: Infinity };
  }

  private retryLater(owner: string): void {
    this.clock.background(RETRY_MS, () => {
      this.ask({ owner, wanted: [], answered: [] }).then(
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
      `Calls of app key ${this.credential.maskedAppKey} are paced together with other processes again.`,
    );
  }

  private get now(): number {
    return this.clock.monotonic();
  }
}

/** What does not load on a platform says so in many lines. */
function inOneLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/\.?$/, '.');
}

/** Says of permits that nothing was sent with them: as if they had been answered a window ago. */
function unused(owner: string, ids: readonly string[], { windowMs }: Pace): PermitRequest {
  return { owner, wanted: [], answered: ids.map((id) => ({ id, agoMs: windowMs })) };
}

import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import type { Pace } from './pace';
import { PermitBook } from './permit-book';
import { PermitLog, type PermitAnswer, type PermitRequest } from './permit-log';

/** Permits of one process. */
export class MemoryPermitLog extends PermitLog {
  private readonly books = new Map<string, PermitBook>();

  constructor(private readonly clock: KisClock) {
    super();
  }

  look(credential: KisCredential, pace: Pace, request: PermitRequest): Promise<PermitAnswer> {
    return Promise.resolve(this.lookHere(credential, pace, request));
  }

  override lookHere({ id }: KisCredential, pace: Pace, request: PermitRequest): PermitAnswer {
    let book = this.books.get(id);
    if (!book) {
      book = new PermitBook();
      this.books.set(id, book);
    }
    return book.look(this.clock.monotonic(), pace, request);
  }
}

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

  look({ id }: KisCredential, pace: Pace, request: PermitRequest): Promise<PermitAnswer> {
    const book = this.books.get(id) ?? new PermitBook();
    this.books.set(id, book);
    return Promise.resolve(book.look(this.clock.monotonic(), pace, request));
  }
}

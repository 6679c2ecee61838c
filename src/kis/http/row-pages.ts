import type { KisContinuation, KisPage } from './kis-api.client';
import type { KisPageCollector } from './kis-page-reader';
import { PageTrail } from './page-trail';

/** The rows of a list that comes in pages, each once. Where it ends: {@link PageTrail}. */
export class RowPages<T> implements KisPageCollector {
  private readonly byIdentity = new Map<string, T>();
  private readonly trail = new PageTrail();

  /**
   * @param rowsOf reads the rows of a page.
   * @param identityOf rows with the same identity are one row that was sent twice.
   */
  constructor(
    private readonly rowsOf: (page: KisPage) => readonly T[],
    private readonly identityOf: (row: T) => string,
  ) {}

  /** In KIS's order. */
  get rows(): readonly T[] {
    return [...this.byIdentity.values()];
  }

  /** @throws KisBadResponseError for a row that cannot be read, and for a list that is incomplete. */
  add(page: KisPage): KisContinuation | null {
    const rows = this.rowsOf(page);
    const before = this.byIdentity.size;
    for (const row of rows) this.byIdentity.set(this.identityOf(row), row);
    return this.trail.after(page, { hasRows: rows.length > 0, hasNews: this.byIdentity.size > before });
  }
}

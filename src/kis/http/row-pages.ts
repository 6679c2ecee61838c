import type { KisContinuation, KisPage } from './kis-api.client';
import type { KisPageCollector } from './kis-page-reader';

/**
 * The rows of a list that comes in pages, each once. The list ends at the page of which the `tr_cont` header says that it
 * is the last, and also when a page brings nothing new and leads nowhere new, because an `F` was seen on last pages (mock
 * trading).
 */
export class RowPages<T> implements KisPageCollector {
  private readonly byIdentity = new Map<string, T>();
  private readonly visited = new Set<string>();

  /**
   * @param rowsOf reads the rows of a page.
   * @param identityOf rows that agree in this are one row that was sent twice.
   */
  constructor(
    private readonly rowsOf: (page: KisPage) => readonly T[],
    private readonly identityOf: (row: T) => string,
  ) {}

  /** In KIS's order. */
  get rows(): readonly T[] {
    return [...this.byIdentity.values()];
  }

  add(page: KisPage): KisContinuation | null {
    const rows = this.rowsOf(page);
    const before = this.byIdentity.size;
    for (const row of rows) this.byIdentity.set(this.identityOf(row), row);
    const next = JSON.stringify(page.next);
    const isVisited = this.visited.has(next);
    this.visited.add(next);
    const hasNews = this.byIdentity.size > before;
    return hasNews || (rows.length > 0 && !isVisited) ? page.next : null;
  }
}

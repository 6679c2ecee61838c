import { KisBadResponseError } from '../kis.errors';
import type { KisContinuation, KisPage } from './kis-api.client';

/**
 * Follows the pages of one list. The page that its `tr_cont` header marks as the last ends the list. So does a page with
 * `F` that has neither a new row nor a new context, because mock trading sends `F` with last pages.
 */
export class PageTrail {
  private readonly visited = new Set<string>();

  /**
   * Where the list continues; `null` at its end.
   * @throws KisBadResponseError when more is announced after a page that leads no further: the list is incomplete.
   */
  after(page: KisPage, { hasRows, hasNews }: PageContent): KisContinuation | null {
    const place = JSON.stringify(page.next);
    const isVisited = this.visited.has(place);
    this.visited.add(place);
    if (page.next === null || hasNews || (hasRows && !isVisited)) return page.next;
    if (page.mayBeLast) return null;
    throw new KisBadResponseError(
      'KIS announced more rows (tr_cont M) after a page without new ones, so the list is incomplete. None of it was used; ' +
        'try again later.',
    );
  }
}

/** What was new on a page. */
interface PageContent {
  readonly hasRows: boolean;
  /** At least one row is not on the pages before. */
  readonly hasNews: boolean;
}

import type { KisAccount } from '../kis-account';
import { KisBadResponseError } from '../kis.errors';
import type { KisApiClient, KisContinuation, KisPage, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import type { KisReadCall } from '../protocol/kis-calls';
import { answerOf, rowsOf, structureOrNull, wireRecord, type WireRecord } from '../protocol/wire';

/** 5,000 holdings at 50 a page: no account has them, so the paging does not end. */
const MOST_PAGES = 100;

const PAGE = answerOf({ output1: rowsOf(wireRecord), output2: structureOrNull(wireRecord) });

/** Which fields of a row say what it is. */
export interface RowKind {
  /** A row where this is blank fills up the list and is no holding. */
  readonly symbol: string;
  readonly quantity: string;
  /** Rows that agree in these are one holding, sent twice; prices may have moved in between. */
  readonly identity: readonly string[];
}

/** All pages of a list of holdings. */
export interface CollectedHoldings {
  /** In KIS's order, each once. Stocks sold out today, which KIS lists until D-2 with quantity 0, are left out. */
  readonly output1: readonly WireRecord[];
  /** Of the last page that has one: the newest. */
  readonly output2: WireRecord | null;
  /** When the last page arrived. */
  readonly asOf: Date;
}

/**
 * Reads page after page until the `tr_cont` header says that it was the last. Ends too when a page brings nothing new
 * and leads nowhere new, because an `F` was seen on last pages (mock trading).
 *
 * @throws KisBadResponseError after 100 pages; as `KisApiClient.read` does.
 */
export async function readHoldingPages(
  api: KisApiClient,
  account: KisAccount,
  call: KisReadCall,
  params: Readonly<Record<string, string>>,
  kind: RowKind,
  options: KisReadOptions,
): Promise<CollectedHoldings> {
  const pages = new HoldingPages(call, kind);
  let continuation: KisContinuation | undefined;
  for (let turn = 0; turn < MOST_PAGES; turn += 1) {
    const page = await api.read(account, call, params, { ...options, continuation });
    const next = pages.add(page);
    if (!next) return pages.collected(page.receivedAt);
    continuation = next;
  }
  throw new KisBadResponseError(
    `${call.title} did not end after ${MOST_PAGES} pages. Nothing of it was used; try again later.`,
  );
}

class HoldingPages {
  private readonly rows = new Map<string, WireRecord>();
  private readonly visited = new Set<string>();
  private summary: WireRecord | null = null;

  constructor(
    private readonly call: KisReadCall,
    private readonly kind: RowKind,
  ) {}

  /** Takes a page in and tells where the next one begins, if there is one. */
  add(page: KisPage): KisContinuation | null {
    const { output1, output2 } = readAnswer(PAGE, page.body, this.call);
    const before = this.rows.size;
    for (const row of output1.filter((each) => each[this.kind.symbol] !== ''))
      this.rows.set(this.identityOf(row), row);
    this.summary = output2 ?? this.summary;
    const hasNews = this.rows.size > before;
    const isVisited = this.visited.has(JSON.stringify(page.next));
    this.visited.add(JSON.stringify(page.next));
    return hasNews || (output1.length > 0 && !isVisited) ? page.next : null;
  }

  collected(asOf: Date): CollectedHoldings {
    return {
      output1: [...this.rows.values()].filter((row) => !this.isSoldOut(row)),
      output2: this.summary,
      asOf,
    };
  }

  private identityOf(row: WireRecord): string {
    return JSON.stringify(this.kind.identity.map((name) => row[name]));
  }

  private isSoldOut(row: WireRecord): boolean {
    const quantity = row[this.kind.quantity];
    return typeof quantity === 'string' && quantity.trim() !== '' && Number(quantity) === 0;
  }
}

import type { KisAccount } from '../kis-account';
import type { KisContinuation, KisPage, KisReadOptions } from '../http/kis-api.client';
import type { KisPageCollector, KisPageReader } from '../http/kis-page-reader';
import { readAnswer } from '../http/read-answer';
import type { KisReadCall } from '../protocol/kis-calls';
import { answerOf, rowsOf, structureOrNull, wireRecord, type WireRecord } from '../protocol/wire';

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

/** Reads all pages of a list of holdings. @throws as `KisPageReader.readAll` does. */
export async function readHoldingPages(
  pages: KisPageReader,
  account: KisAccount,
  call: KisReadCall,
  params: Readonly<Record<string, string>>,
  kind: RowKind,
  options: KisReadOptions,
): Promise<CollectedHoldings> {
  const read = await pages.readAll(account, call, params, () => new HoldingPages(call, kind), options);
  return read.collected();
}

/**
 * Ends at the page of which the `tr_cont` header says that it is the last, and also when a page brings nothing new and
 * leads nowhere new, because an `F` was seen on last pages (mock trading).
 */
class HoldingPages implements KisPageCollector {
  private readonly rows = new Map<string, WireRecord>();
  private readonly visited = new Set<string>();
  private summary: WireRecord | null = null;
  private asOf = new Date(0);

  constructor(
    private readonly call: KisReadCall,
    private readonly kind: RowKind,
  ) {}

  add(page: KisPage): KisContinuation | null {
    const { output1, output2 } = readAnswer(PAGE, page.body, this.call);
    const before = this.rows.size;
    for (const row of output1.filter((each) => each[this.kind.symbol] !== ''))
      this.rows.set(this.identityOf(row), row);
    this.summary = output2 ?? this.summary;
    this.asOf = page.receivedAt;
    const hasNews = this.rows.size > before;
    const isVisited = this.visited.has(JSON.stringify(page.next));
    this.visited.add(JSON.stringify(page.next));
    return hasNews || (output1.length > 0 && !isVisited) ? page.next : null;
  }

  collected(): CollectedHoldings {
    return {
      output1: [...this.rows.values()].filter((row) => !this.isSoldOut(row)),
      output2: this.summary,
      asOf: this.asOf,
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

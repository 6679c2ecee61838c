import type { KisContinuation, KisPage } from '../http/kis-api.client';
import type { KisPageCollector } from '../http/kis-page-reader';
import { PageTrail } from '../http/page-trail';
import { readAnswer } from '../http/read-answer';
import type { KisReadCall } from '../protocol/kis-calls';
import {
  answerOf,
  fullListOf,
  structureOrNull,
  wireRecord,
  type WireReader,
  type WireRecord,
} from '../protocol/wire';
import { isZero } from '../protocol/wire-fields';

/** The fields that identify a row. */
export interface RowKind {
  /** A row in which this is blank and every quantity is zero is filler, not a holding. */
  readonly symbol: string;
  readonly quantity: string;
  /** Rows that agree in these are one holding, sent twice; prices may have moved in between. */
  readonly identity: readonly string[];
}

/** The pages of a list of holdings. Where it ends: {@link PageTrail}. */
export class HoldingPages implements KisPageCollector {
  private readonly rows = new Map<string, WireRecord>();
  private readonly trail = new PageTrail();
  private readonly reader: WireReader<{ output1: WireRecord[]; output2: WireRecord | null }>;
  private summary: WireRecord | null = null;
  private arrivedAt = new Date(0);

  constructor(
    private readonly call: KisReadCall,
    private readonly kind: RowKind,
  ) {
    const rows = fullListOf(wireRecord, [kind.symbol, kind.quantity]);
    this.reader = answerOf({ output1: rows, output2: structureOrNull(wireRecord) });
  }

  /** In KIS's order, each once. Stocks sold out today, which KIS lists until D-2 with quantity 0, are left out. */
  get output1(): readonly WireRecord[] {
    return [...this.rows.values()].filter((row) => !this.holdsNothing(row));
  }

  /** Of the last page that has one: the newest. `null` when all are blank. */
  get output2(): WireRecord | null {
    return this.summary;
  }

  /** When the last page arrived. */
  get asOf(): Date {
    return this.arrivedAt;
  }

  /** @throws KisBadResponseError when a page lacks its list, and for a list that is incomplete. */
  add(page: KisPage): KisContinuation | null {
    const { output1, output2 } = readAnswer(this.reader, page.body, this.call);
    const before = this.rows.size;
    for (const row of output1.filter((each) => !this.isFiller(each)))
      this.rows.set(this.identityOf(row), row);
    this.summary = output2 ?? this.summary;
    this.arrivedAt = page.receivedAt;
    return this.trail.after(page, { hasRows: output1.length > 0, hasNews: this.rows.size > before });
  }

  private isFiller(row: WireRecord): boolean {
    return (
      isBlankText(row[this.kind.symbol]) && (isBlankText(row[this.kind.quantity]) || this.holdsNothing(row))
    );
  }

  private holdsNothing(row: WireRecord): boolean {
    const quantity = row[this.kind.quantity];
    return typeof quantity === 'string' && isZero(quantity.trim());
  }

  private identityOf(row: WireRecord): string {
    return JSON.stringify(this.kind.identity.map((name) => row[name]));
  }
}

function isBlankText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

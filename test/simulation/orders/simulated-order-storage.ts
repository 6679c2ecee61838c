import type { LedgerAnswer, LedgerChange, LedgerEntry, LedgerQuery } from '../../../src/kis/files/ledger';
import type { OrderRecord } from '../../../src/kis/order/journal/order-record';

type StoredEntry = LedgerEntry & { readonly revision: number };

/** The scope of the kill switch. */
const TRADING = 'trading';
/** The keys of programs at the gateway. All other scopes are accounts. */
const GATEWAY_KEYS = 'gateway-keys';

/** What several processes share: the journal as it is on the disk, changed in one step, and seen from outside by the checks. */
export class SimulatedOrderStorage {
  /** Called before a record is written for the first time, with the name of the process that does it. */
  onNew: (record: OrderRecord, by: string) => void = () => undefined;
  private readonly revisions = new Map<string, number>();
  private readonly entries = new Map<string, Map<string, StoredEntry>>();
  private readonly known = new Map<string, OrderRecord>();

  get records(): readonly OrderRecord[] {
    return [...this.known.values()];
  }

  /** Whether the kill switch is on. */
  get isStopped(): boolean {
    const text = this.scope(TRADING).get('switch')?.text;
    return text !== undefined && !(JSON.parse(text) as { enabled: boolean }).enabled;
  }

  record(day: string, clientOrderId: string): OrderRecord | undefined {
    return this.known.get(`${day} ${clientOrderId}`);
  }

  read({ scope, since, from, to, open = false }: LedgerQuery): LedgerAnswer {
    const isMeant = (entry: StoredEntry): boolean => {
      if (since !== undefined) return entry.revision > since;
      if (from === undefined) return !open || entry.open;
      return (entry.id >= from && (to === undefined || entry.id <= to)) || (open && entry.open);
    };
    const found = [...this.scope(scope).values()].filter(isMeant);
    const entries = found
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .map(({ id, open: isOpen, text }) => ({ id, open: isOpen, text }));
    return { ledger: 'journal', revision: this.revisionOf(scope), entries };
  }

  write({ ledger, expected, scope, entries }: LedgerChange, by: string): boolean {
    const isAsExpected = expected.every((each) => this.revisionOf(each.scope) === each.revision);
    if (ledger !== 'journal' || !isAsExpected) return false;
    if (scope !== TRADING && scope !== GATEWAY_KEYS)
      for (const { id, text } of entries) this.note(id, JSON.parse(text) as OrderRecord, by);
    const revision = this.revisionOf(scope) + 1;
    this.revisions.set(scope, revision);
    for (const entry of entries) this.scope(scope).set(entry.id, { ...entry, revision });
    return true;
  }

  private note(id: string, record: OrderRecord, by: string): void {
    if (!this.known.has(id)) this.onNew(record, by);
    this.known.set(id, record);
  }

  private revisionOf(scope: string): number {
    return this.revisions.get(scope) ?? 0;
  }

  private scope(name: string): Map<string, StoredEntry> {
    const known = this.entries.get(name) ?? new Map<string, StoredEntry>();
    this.entries.set(name, known);
    return known;
  }
}

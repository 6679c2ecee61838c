import { randomUUID } from 'node:crypto';
import type { LedgerAnswer, LedgerChange, LedgerEntry, LedgerQuery } from '../../files/ledger';
import { OrderLedger } from './order-ledger';

/** Keeps the journal in memory, until the process ends: for tests, and for programs that keep their tokens in memory. */
export class MemoryOrderLedger extends OrderLedger {
  private readonly name = randomUUID();
  private readonly scopes = new Map<string, Scope>();

  read(query: LedgerQuery): Promise<LedgerAnswer> {
    const { revision, entries } = this.scope(query.scope);
    const found = [...entries.values()]
      .filter((entry) => isMeant(entry, query))
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .map(({ id, open, text }) => ({ id, open, text }));
    return Promise.resolve({ ledger: this.name, revision, entries: found });
  }

  write({ ledger, expected, scope, entries }: LedgerChange): Promise<boolean> {
    const isAsExpected = expected.every((each) => this.scope(each.scope).revision === each.revision);
    if (ledger !== this.name || !isAsExpected) return Promise.resolve(false);
    const changed = this.scope(scope);
    changed.revision += 1;
    for (const entry of entries) changed.entries.set(entry.id, { ...entry, revision: changed.revision });
    return Promise.resolve(true);
  }

  private scope(name: string): Scope {
    const known = this.scopes.get(name);
    if (known) return known;
    const scope = { revision: 0, entries: new Map() };
    this.scopes.set(name, scope);
    return scope;
  }
}

interface Scope {
  revision: number;
  readonly entries: Map<string, LedgerEntry & { readonly revision: number }>;
}

function isMeant(
  entry: LedgerEntry & { readonly revision: number },
  { since, from, to, open = false }: LedgerQuery,
): boolean {
  if (since !== undefined) return entry.revision > since;
  if (from === undefined) return !open || entry.open;
  return (entry.id >= from && (to === undefined || entry.id <= to)) || (open && entry.open);
}

import { Injectable } from '@nestjs/common';
import { OrderLedger } from '../kis';
import type { ProgramKey } from './program-key';

/**
 * The keys of programs, shared by all processes of a store: kept beside the journal of orders. Every method reads what is
 * stored now, so a key that was removed is gone with the next request. Rejects with KisOrderJournalError when the store
 * cannot be read or written.
 */
@Injectable()
export class ProgramKeyStore {
  private known: Entries = { ledger: '', revision: 0, entries: [] };
  private keys: readonly ProgramKey[] = [];
  private reading: Promise<void> | null = null;

  constructor(private readonly ledger: OrderLedger) {}

  /** All keys, by the names of their programs. */
  async all(): Promise<readonly ProgramKey[]> {
    await this.refresh();
    return this.keys;
  }

  /** Resolves with whether the key was stored: not if the program has one already and `replace` is false. */
  async put(key: ProgramKey, replace: boolean): Promise<boolean> {
    for (;;) {
      const keys = await this.all();
      if (!replace && keys.some(({ program }) => program === key.program)) return false;
      if (await this.write(key.program, JSON.stringify(key))) return true;
    }
  }

  /** Changes a key, unless it has been removed or replaced in the meantime. */
  async change(key: ProgramKey, change: (current: ProgramKey) => ProgramKey): Promise<void> {
    for (;;) {
      const current = (await this.all()).find(({ keyHash }) => keyHash === key.keyHash);
      if (!current || (await this.write(current.program, JSON.stringify(change(current))))) return;
    }
  }

  /** Resolves with whether the program had a key. */
  async remove(program: string): Promise<boolean> {
    for (;;) {
      const keys = await this.all();
      if (!keys.some((key) => key.program === program)) return false;
      if (await this.write(program, '')) return true;
    }
  }

  private async write(program: string, text: string): Promise<boolean> {
    const { ledger, revision } = this.known;
    const entries = [{ id: program, open: text !== '', text }];
    const expected = [{ scope: SCOPE, revision }];
    return this.ledger.write({ ledger, expected, scope: SCOPE, entries });
  }

  /** Concurrent requests share the next reading, not one under way, which may have begun before a change. */
  private async refresh(): Promise<void> {
    await this.reading?.catch(() => undefined);
    this.reading ??= this.read().finally(() => {
      this.reading = null;
    });
    await this.reading;
  }

  private async read(): Promise<void> {
    const { ledger, revision, entries } = this.known;
    const isKnown = ledger !== '';
    const changes = await this.ledger.read(
      isKnown ? { scope: SCOPE, since: revision } : { scope: SCOPE, from: '' },
    );
    // The ledger was replaced, or a server came back with an earlier state.
    if (isKnown && (changes.ledger !== ledger || changes.revision < revision)) {
      this.known = { ledger: '', revision: 0, entries: [] };
      this.keys = [];
      return this.read();
    }
    if (isKnown && changes.entries.length === 0) return;
    const merged = new Map([...entries, ...changes.entries].map((entry) => [entry.id, entry]));
    this.known = { ...changes, entries: [...merged.values()] };
    this.keys = [...merged.values()]
      .filter(({ text }) => text !== '')
      .map(({ text }) => JSON.parse(text) as ProgramKey)
      .sort((one, other) => one.program.localeCompare(other.program));
  }
}

const SCOPE = 'gateway-keys';

type Entries = Awaited<ReturnType<OrderLedger['read']>>;

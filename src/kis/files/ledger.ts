/**
 * A ledger is a table of entries in scopes. Each scope counts its changes: an entry is written only if the scope has
 * not changed since the writer read it. So a decision that depends on any number of entries can be made outside of the
 * ledger and is still atomic across processes.
 */
export interface LedgerEntry {
  /** Unique in its scope; entries are in the order of their ids, by their bytes. */
  readonly id: string;
  /** Open entries are found whatever their id. */
  readonly open: boolean;
  readonly text: string;
}

/** Which entries of a scope. Several conditions: entries that meet one of `from`–`to` and `open`. */
export interface LedgerQuery {
  readonly scope: string;
  /** Entries changed since this revision of the scope; the other conditions are then ignored. */
  readonly since?: number;
  /** The first id, inclusive. */
  readonly from?: string;
  /** The last id, inclusive; without it, to the end. */
  readonly to?: string;
  readonly open?: boolean;
}

/** The result of a query, read in one step. */
export interface LedgerAnswer {
  /**
   * Identifies the ledger: another name means that the ledger was replaced and its revisions start anew. Empty while
   * there is none; the first write creates one.
   */
  readonly ledger: string;
  /** How often the scope has changed. */
  readonly revision: number;
  /** In the order of their ids. */
  readonly entries: readonly LedgerEntry[];
}

export interface LedgerChange {
  /** The name of the ledger when the scopes were read. */
  readonly ledger: string;
  /** Revisions that these scopes must still have. */
  readonly expected: readonly { readonly scope: string; readonly revision: number }[];
  /** The scope that is written to, which is one of the expected ones. */
  readonly scope: string;
  /** Written in one step; an entry with a known id replaces that one. */
  readonly entries: readonly LedgerEntry[];
}

/** The answer when there is no ledger yet. */
export const NO_LEDGER: LedgerAnswer = { ledger: '', revision: 0, entries: [] };

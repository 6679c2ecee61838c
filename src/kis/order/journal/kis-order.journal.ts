import { Injectable } from '@nestjs/common';
import { KisClock } from '../../clock';
import type { LedgerAnswer, LedgerChange, LedgerEntry } from '../../files/ledger';
import { OrderLedger } from './order-ledger';
import { LedgerCache } from './ledger-cache';
import { decideAdmission, type AdmissionDecision, type ProgramArrival } from '../order-admission';
import type { KisOrderCaps } from '../order-caps';
import { dayPlus } from '../korean-date';
import { isUnsettled, type OrderRecord } from './order-record';

/**
 * The journal in which orders are written down before they are sent. All processes of a store share one journal; it is kept
 * in an {@link OrderLedger}.
 *
 * Every method may be called concurrently, from any number of processes. When a promise resolves, what was written survives
 * the end of the process and, where the journal is kept on disk, of the machine. Every method rejects with
 * KisOrderJournalError when the journal cannot be read or written.
 */
@Injectable()
export class KisOrderJournal {
  private readonly records = new WeakMap<LedgerEntry, OrderRecord>();
  private readonly caches = new Map<string, LedgerCache>();
  /** By scope: the end of the queue of changes of this process. */
  private readonly turns = new Map<string, Promise<unknown>>();
  private readonly unsettledListeners = new Set<(account: string) => void>();

  constructor(
    private readonly ledger: OrderLedger,
    private readonly clock: KisClock,
  ) {}

  /**
   * Calls `listener` with the account key of every order that is about to be sent or found without an outcome, repeatedly.
   */
  onUnsettled(listener: (account: string) => void): void {
    this.unsettledListeners.add(listener);
  }

  /**
   * Decides whether an order may be sent (see `decideAdmission`) and, if so, writes it down: in one step, so that of any
   * number of callers with one id, or with equal orders, exactly one may send.
   *
   * The first attempt decides by what this process has cached: if nothing has changed since, the write succeeds, and the
   * decision has cost one call of the ledger. Every further attempt reads the ledger first.
   * @param arrival of an order of a program: what was known when its request arrived.
   */
  admit(wanted: OrderRecord, caps: KisOrderCaps, arrival?: ProgramArrival): Promise<AdmissionDecision> {
    return this.inTurn(wanted.account, async () => {
      for (let isFresh = false; ; isFresh = true) {
        const trading = await this.switchEntries(isFresh);
        const recent = await this.recent(wanted, isFresh);
        const decision = decideAdmission(wanted, {
          records: recent.entries.map((entry) => this.recordOf(entry)),
          stopped: !switchOf(trading.entries).enabled,
          caps,
          now: wanted.createdAt,
          ...(arrival && { arrival }),
        });
        if (decision.kind !== 'admitted') {
          if (isFresh) return decision;
          continue;
        }
        // The ledger was replaced between the two reads: both are repeated.
        if (trading.ledger !== recent.ledger) continue;
        if (!(await this.put(wanted, recent, [{ scope: TRADING, revision: trading.revision }]))) continue;
        this.reportUnsettled(wanted.account);
        return decision;
      }
    });
  }

  /**
   * Writes a changed record, unless another change was written first.
   * @param record with the version after the one that was read.
   * @returns whether it was written; if not, read the record again.
   */
  write(record: OrderRecord): Promise<boolean> {
    return this.inTurn(record.account, async () => {
      for (let isFresh = false; ; isFresh = true) {
        const recent = await this.recent(record, isFresh);
        const entry = recent.entries.find(({ id }) => id === idOf(record));
        const current = entry
          ? this.recordOf(entry)
          : await this.find(record.account, record.day, record.clientOrderId);
        if (current?.version !== record.version - 1) {
          if (isFresh) return false;
          continue;
        }
        if (await this.put(record, recent)) return true;
      }
    });
  }

  /** The record of an order, `null` when there is none. */
  async find(account: string, day: string, clientOrderId: string): Promise<OrderRecord | null> {
    const id = idOf({ day, clientOrderId });
    const { entries } = await this.ledger.read({ scope: account, from: id, to: id });
    const [entry] = entries;
    return entry ? recordOf(entry) : null;
  }

  /**
   * The record as the journal has it now; `known` where that is newer, or where the journal cannot be read. Never rejects.
   */
  async latest(known: OrderRecord): Promise<OrderRecord> {
    const found = await this.find(known.account, known.day, known.clientOrderId).catch(() => null);
    return found && found.version >= known.version ? found : known;
  }

  /** All records of an account between two Korean days (`YYYY-MM-DD`, inclusive), oldest first. */
  async list(account: string, from: string, to: string): Promise<OrderRecord[]> {
    const { entries } = await this.ledger.read({ scope: account, from, to: `${to}~` });
    return oldestFirst(entries.map(recordOf));
  }

  /** The ids that a decision about an order of this day depends on, and those whose program has not received the outcome. */
  async recentIds(account: string, day: string): Promise<Pick<ProgramArrival, 'known' | 'unanswered'>> {
    const { entries } = await this.ledger.read({ scope: account, from: dayPlus(day, -1), open: true });
    const records = entries.map(recordOf);
    const unanswered = records.filter(({ answered }) => answered === false);
    return { known: new Set(records.map(idIn)), unanswered: new Set(unanswered.map(idIn)) };
  }

  /** All records without an outcome, of any day, oldest first. */
  async unsettled(account: string): Promise<OrderRecord[]> {
    const { entries } = await this.ledger.read({ scope: account, open: true });
    if (entries.length > 0) this.reportUnsettled(account);
    return oldestFirst(entries.map(recordOf));
  }

  /** The kill switch. */
  async trading(): Promise<TradingSwitch> {
    const { entries } = await this.ledger.read({ scope: TRADING });
    return switchOf(entries);
  }

  /** Stops or resumes new orders and changes, for all processes; holds for every `open` that begins after it resolves. */
  setTrading(enabled: boolean): Promise<TradingSwitch> {
    return this.inTurn(TRADING, async () => {
      for (;;) {
        const cache = this.cache(TRADING);
        const text = JSON.stringify({ enabled, changedAt: new Date(this.clock.now()) });
        const entry = { id: SWITCH, open: true, text };
        if (await cache.write(await cache.upToDate(), entry)) return switchOf([entry]);
      }
    });
  }

  private reportUnsettled(account: string): void {
    for (const listener of this.unsettledListeners) listener(account);
  }

  /**
   * The records that a decision about an order depends on. Those of the day before count for the cap of the last minute.
   * @param isFresh whether it must be read from the ledger.
   */
  private async recent(
    { account, day }: Pick<OrderRecord, 'account' | 'day'>,
    isFresh: boolean,
  ): Promise<LedgerAnswer> {
    const from = dayPlus(day, -1);
    const cache = this.cache(account);
    return (isFresh ? null : cache.known(from)) ?? cache.upToDate(from);
  }

  private async switchEntries(isFresh: boolean): Promise<LedgerAnswer> {
    const cache = this.cache(TRADING);
    return (isFresh ? null : cache.known()) ?? this.inTurn(TRADING, () => cache.upToDate());
  }

  private put(
    record: OrderRecord,
    recent: LedgerAnswer,
    others?: LedgerChange['expected'],
  ): Promise<boolean> {
    const entry = { id: idOf(record), open: isUnsettled(record), text: JSON.stringify(record) };
    return this.cache(record.account).write(recent, entry, others);
  }

  /** Parses each version of a record once. */
  private recordOf(entry: LedgerEntry): OrderRecord {
    const known = this.records.get(entry);
    if (known) return known;
    const record = recordOf(entry);
    this.records.set(entry, record);
    return record;
  }

  private cache(scope: string): LedgerCache {
    const known = this.caches.get(scope);
    if (known) return known;
    const cache = new LedgerCache(this.ledger, scope);
    this.caches.set(scope, cache);
    return cache;
  }

  /** Executes changes of one scope one after the other in this process, which avoids attempts that would fail. */
  private inTurn<T>(scope: string, change: () => Promise<T>): Promise<T> {
    const turn = (this.turns.get(scope) ?? Promise.resolve()).then(change, change);
    this.turns.set(scope, turn);
    return turn;
  }
}

/** Whether new orders and changes are sent at all. */
export interface TradingSwitch {
  readonly enabled: boolean;
  /** When it was last changed; `null` if never. */
  readonly changedAt: Date | null;
}

/** The scope of what holds for all accounts. */
const TRADING = 'trading';
const SWITCH = 'switch';

/** Begins with the day, so that the ids of a day are a range. */
function idOf({ day, clientOrderId }: Pick<OrderRecord, 'day' | 'clientOrderId'>): string {
  return `${day} ${clientOrderId}`;
}

function idIn({ clientOrderId }: OrderRecord): string {
  return clientOrderId;
}

function recordOf({ text }: LedgerEntry): OrderRecord {
  return JSON.parse(text) as OrderRecord;
}

function oldestFirst(records: OrderRecord[]): OrderRecord[] {
  return records.sort((one, other) => one.createdAt - other.createdAt);
}

function switchOf(entries: readonly LedgerEntry[]): TradingSwitch {
  const entry = entries.find(({ id }) => id === SWITCH);
  if (!entry) return { enabled: true, changedAt: null };
  const { enabled, changedAt } = JSON.parse(entry.text) as { enabled: boolean; changedAt: string };
  return { enabled, changedAt: new Date(changedAt) };
}

import { PermitBook } from './permit-book';

/** A book as it is stored. */
interface BookRecord {
  /** What its times are counted from. */
  readonly era: string;
  readonly arrivals: readonly (readonly [string, number])[];
  readonly owners: readonly (readonly [string, number])[];
}

/** @param era names the clock by which the book was kept; books of another one are void. */
export function encodePermits({ arrivals, owners }: PermitBook, era: string): string {
  const record: BookRecord = { era, arrivals: [...arrivals], owners: [...owners] };
  return JSON.stringify(record);
}

/** @returns `null` for anything else. */
export function decodePermits(text: string, era: string): PermitBook | null {
  try {
    const record = JSON.parse(text) as Partial<Record<keyof BookRecord, unknown>>;
    const [arrivals, owners] = [timesIn(record.arrivals), timesIn(record.owners)];
    if (typeof record.era !== 'string' || arrivals === null || owners === null) return null;
    return record.era === era ? new PermitBook(arrivals, owners) : new PermitBook();
  } catch {
    return null;
  }
}

/** Times by name; `null` when anything else is in it, which would never end or never count. */
function timesIn(value: unknown): Map<string, number> | null {
  if (!Array.isArray(value)) return null;
  const times = new Map<string, number>();
  for (const [name, at] of value as [unknown, unknown][]) {
    if (typeof name !== 'string' || typeof at !== 'number') return null;
    times.set(name, at);
  }
  return times;
}

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
    const { era: by, arrivals, owners } = JSON.parse(text) as Partial<BookRecord>;
    if (by === undefined || !Array.isArray(arrivals) || !Array.isArray(owners)) return null;
    return by === era ? new PermitBook(new Map(arrivals), new Map(owners)) : new PermitBook();
  } catch {
    return null;
  }
}

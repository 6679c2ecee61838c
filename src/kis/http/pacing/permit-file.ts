import { createHash } from 'node:crypto';
import { PermitBook } from './permit-book';

/** Files grow by whole blocks of a disk: one that has its block is written on a full disk too. */
const BLOCK_BYTES = 4096;

/** A book as the file holds it. */
interface BookRecord {
  /** What its times are counted from. */
  readonly era: string;
  readonly arrivals: readonly (readonly [string, number])[];
  readonly owners: readonly (readonly [string, number])[];
}

/** @param era names the clock by which the book was kept; books of another one are void. */
export function encodePermitFile({ arrivals, owners }: PermitBook, era: string): Buffer {
  const record: BookRecord = { era, arrivals: [...arrivals], owners: [...owners] };
  const text = JSON.stringify({ ...record, checksum: checksumOf(record) });
  const bytes = Buffer.byteLength(text);
  const whole = Buffer.alloc(Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES, ' ');
  whole.write(text);
  return whole;
}

/** @returns `null` when the file is damaged, or was never one of these. */
export function decodePermitFile(bytes: Buffer, era: string): PermitBook | null {
  if (bytes.length === 0) return new PermitBook();
  try {
    const { checksum, ...record } = JSON.parse(bytes.toString('utf8')) as BookRecord & { checksum: string };
    if (checksum !== checksumOf(record)) return null;
    if (record.era !== era) return new PermitBook();
    return new PermitBook(new Map(record.arrivals), new Map(record.owners));
  } catch {
    return null;
  }
}

function checksumOf(record: object): string {
  return createHash('sha256').update(JSON.stringify(record)).digest('base64url');
}

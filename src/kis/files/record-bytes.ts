import { createHash } from 'node:crypto';
import { SqliteDamage } from './sqlite-fault';

/** A value that is stored under a name. */
export interface StoredRecord {
  readonly text: string;
  /** Epoch milliseconds; rises with every change of the record. */
  readonly changedAt: number;
}

/** Far longer than any record: a longer text is damage or an attack. */
const LONGEST_BYTES = 65_536;
const CHECKSUM_CHARACTERS = 32;

/** A record as it is stored: a checksum over its name and content, the time, the text. */
export function encodeRecord(name: string, { text, changedAt }: StoredRecord): Buffer {
  const content = `${changedAt}\n${text}`;
  return Buffer.from(checksumOf(name, content) + content);
}

/** @throws SqliteDamage for anything that was not written under this name. */
export function decodeRecord(name: string, bytes: unknown): StoredRecord {
  if (!(bytes instanceof Uint8Array) || bytes.length > LONGEST_BYTES)
    throw new SqliteDamage('a record is not one of ours');
  const stored = Buffer.from(bytes).toString('utf8');
  const content = stored.slice(CHECKSUM_CHARACTERS);
  if (stored.slice(0, CHECKSUM_CHARACTERS) !== checksumOf(name, content))
    throw new SqliteDamage('the checksum of a record does not fit');
  const end = content.indexOf('\n');
  return { changedAt: Number(content.slice(0, end)), text: content.slice(end + 1) };
}

function checksumOf(name: string, content: string): string {
  const hash = createHash('sha256').update(`${name}\n${content}`);
  return hash.digest('hex').slice(0, CHECKSUM_CHARACTERS);
}

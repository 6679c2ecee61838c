import { createCipheriv } from 'node:crypto';
import { type RealtimeSettings } from './realtime-settings';
import { type Cipher } from './socket-messages';

/** The columns of one record, in their order. */
export type Columns = readonly (string | number)[];

const SEPARATOR = '^';

/** "0|H0STCNT0|002|…": records follow each other without a separator of their own. */
export function plainFrame(
  trId: string,
  records: readonly Columns[],
  settings: Readonly<RealtimeSettings>,
): string {
  return frame('0', trId, records.length + settings.countOff, bodyOf(records, settings));
}

/** "1|H0STCNI0|001|…" with the records in AES-256-CBC and base64. */
export function encryptedFrame(
  trId: string,
  records: readonly Columns[],
  { key, iv }: Cipher,
  settings: Readonly<RealtimeSettings>,
): string {
  const cipher = createCipheriv('aes-256-cbc', Buffer.from(key, 'ascii'), Buffer.from(iv, 'ascii'));
  const body = cipher.update(bodyOf(records, settings), 'utf8', 'base64') + cipher.final('base64');
  return frame('1', trId, records.length + settings.countOff, body);
}

function frame(mark: '0' | '1', trId: string, count: number, body: string): string {
  return [mark, trId, String(count).padStart(3, '0'), body].join('|');
}

function bodyOf(records: readonly Columns[], { extraColumns }: Readonly<RealtimeSettings>): string {
  return records.flatMap((record) => changed(record, extraColumns)).join(SEPARATOR);
}

/** Columns that KIS adds come at the end. */
function changed(record: Columns, extra: number): Columns {
  if (extra <= 0) return record.slice(0, record.length + extra);
  return [...record, ...Array.from({ length: extra }, (_, index) => `X${index}`)];
}

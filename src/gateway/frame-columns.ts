import type { GatewayColumns } from '../config/gateway-variables';
import {
  NOTICE_COLUMNS_2024,
  REALTIME_LAYOUTS,
  recordsOf,
  type KisRawFrame,
  type RealtimeLayout,
} from '../kis';

/** Columns of the old layout that have another name now. */
const SUCCESSORS: Readonly<Record<string, string>> = { CNTG_ISNM: 'CNTG_ISNM40' };

/**
 * The records of a frame in the layout that a program was written for. `null` where they cannot be brought into it: a
 * record with a column too few would be read wrongly, silently.
 */
export function inColumns({ trId, count, body }: KisRawFrame, columns: GatewayColumns): string | null {
  const layout = REALTIME_LAYOUTS[trId];
  if (columns === 'current' || !layout) return body;
  const records = recordsOf(body, count);
  const width = layout.widths[columns];
  if (!records || records.some((record) => record.length < width)) return null;
  const isOldNotice = columns === '2024' && layout.kind === 'notice';
  const bring = (record: string[]): string[] =>
    isOldNotice ? byName(record, layout) : record.slice(0, width);
  return records.map((record) => bring(record).join('^')).join('^');
}

/** The notices of 2024 are not the beginning of those of today. */
function byName(record: readonly string[], { columns }: RealtimeLayout): string[] {
  return NOTICE_COLUMNS_2024.map((name) => {
    const index = columns.indexOf(columns.includes(name) ? name : (SUCCESSORS[name] ?? name));
    return record[index] ?? '';
  });
}

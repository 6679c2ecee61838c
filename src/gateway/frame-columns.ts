import type { GatewayColumns } from '../config/gateway-variables';
import {
  NOTICE_COLUMNS_2024,
  REALTIME_LAYOUTS,
  recordsOf,
  type KisRawFrame,
  type RealtimeLayout,
} from '../kis';

/**
 * Converts the records of a frame to the layout that a program was written for: columns that it does not know are left out.
 * `null` where that is not safe: the fields do not divide by the count, or there are several records and one is narrower than
 * the program expects, so that it would read the following ones shifted.
 */
export function inColumns(
  { trId, count, body }: Pick<KisRawFrame, 'trId' | 'count' | 'body'>,
  columns: GatewayColumns,
): string | null {
  const layout = REALTIME_LAYOUTS[trId];
  if (columns === 'current' || !layout) return body;
  const records = recordsOf(body, count);
  if (!records) return null;
  const width = (columns === '2025' ? SAMPLES[trId] : undefined) ?? layout.widths[columns];
  const brought = records.map((record) => inLayout(record, { trId, layout, columns, width }));
  if (count > 1 && brought.some((record) => record.length < width)) return null;
  return brought.map((record) => record.join('^')).join('^');
}

/**
 * How many columns the official samples of 2025 and 2026 name, where that is not the width of KIS's older frames
 * (open-trading-api, examples_user, *_functions_ws.py).
 */
const SAMPLES: Readonly<Record<string, number>> = {
  H0NXASP0: 65,
  H0UNASP0: 65,
  H0NXANC0: 46,
  H0UNANC0: 46,
  H0STMKO0: 11,
  H0NXMKO0: 11,
  H0UNMKO0: 11,
  H0GSCNI0: 25,
  H0GSCNI9: 25,
};

/** NXT books end with the mid price of NXT (62 columns); the samples expect that of KRX before it (65). */
const NXT_BOOK = { trId: 'H0NXASP0', width: 62, common: 59, krx: ['', '', ''] } as const;

/** Columns of the old layout that have been renamed since. */
const SUCCESSORS: Readonly<Record<string, string>> = { CNTG_ISNM: 'CNTG_ISNM40' };

interface Wanted {
  readonly trId: string;
  readonly layout: RealtimeLayout;
  readonly columns: GatewayColumns;
  readonly width: number;
}

function inLayout(record: readonly string[], { trId, layout, columns, width }: Wanted): readonly string[] {
  if (columns === '2024' && layout.kind === 'notice') return oldNotice(record, layout);
  if (columns === '2025' && trId === NXT_BOOK.trId && record.length === NXT_BOOK.width) {
    return [...record.slice(0, NXT_BOOK.common), ...NXT_BOOK.krx, ...record.slice(NXT_BOOK.common)];
  }
  return record.slice(0, width);
}

/** Mapped by name, because the layout of 2024 is not a prefix of the present one. */
function oldNotice(record: readonly string[], { columns }: RealtimeLayout): string[] {
  return NOTICE_COLUMNS_2024.map((name) => {
    const index = columns.indexOf(columns.includes(name) ? name : (SUCCESSORS[name] ?? name));
    return record[index] ?? '';
  });
}

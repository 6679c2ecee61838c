import { dayOf } from '../market/days';
import { KOREA, localDay } from '../market/places';
import { type RealtimeSettings } from './realtime-settings';

/** Which columns frames have: KIS appended some on these days. */
export type Layout = '2024' | '2025' | '2026';

/** Order notices have 26 columns instead of 23 since March 2025; the day is not known. */
const NOTICES_CHANGED = dayOf('20250304') ?? 0;
/** Trades have 47 columns instead of 46, books 63 instead of 59. */
const TRADES_CHANGED = dayOf('20260914') ?? 0;

export function layoutAt({ frameColumns }: Readonly<RealtimeSettings>, now: number): Layout {
  if (frameColumns !== 'clock') return frameColumns;
  const day = localDay(KOREA, now);
  if (day >= TRADES_CHANGED) return '2026';
  return day >= NOTICES_CHANGED ? '2025' : '2024';
}

import { parseDate, parseTime } from './market-time';
import type { WireField } from './wire-fields';

/** A date, `YYYYMMDD`. It must be present and a real date. */
export function dateText(wireName: string): WireField<string> {
  return {
    wireName,
    read: (value) => (typeof value === 'string' && parseDate(value) !== null ? value : undefined),
  };
}

/** A time of day, `HHMMSS`. It must be present and a valid time. */
export function timeText(wireName: string): WireField<string> {
  return {
    wireName,
    read: (value) => (typeof value === 'string' && parseTime(value) !== null ? value : undefined),
  };
}

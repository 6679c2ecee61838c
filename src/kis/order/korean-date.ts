import { DAY_MS, inKorea } from '../protocol/market-time';

/** The date in Korea at an instant, `YYYY-MM-DD`: orders and KIS's lists of them are dated by it. */
export function koreanDate(epochMs: number): string {
  return inKorea(epochMs).toISOString().slice(0, 10);
}

/** The date so many days later, or earlier for a negative number; `YYYY-MM-DD`. */
export function dayPlus(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

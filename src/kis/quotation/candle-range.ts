import { KisInvalidRequestError } from '../kis.errors';
import { DAY_MS, isoDate, midnightOf, parseDate, wallClock } from '../protocol/market-time';
import type { KisCandleInterval, KisCandleQuestion } from './candle';

/** A span of candles on the wall clock of the exchange; both ends included. */
export interface CandleRange {
  readonly from: number;
  readonly to: number;
  /** The current time there; `to` is not after it. */
  readonly now: number;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Chosen so that the default range has about a hundred candles. */
const DEFAULT_SPAN_DAYS: Readonly<Record<KisCandleInterval, number>> = {
  '1m': 0,
  '1d': 140,
  '1w': 700,
  '1M': 3000,
  '1y': 36_500,
};

/**
 * The requested span. For days and longer it consists of whole periods: the week in which `from` lies counts as a
 * whole, because part of a week is no weekly candle.
 *
 * @throws KisInvalidRequestError for an unreadable `from` or `to`, and when `from` is after `to`.
 */
export function candleRange(question: KisCandleQuestion, zone: string, epochMs: number): CandleRange {
  const { interval } = question;
  const now = wallClock(zone, epochMs);
  const to = question.to === undefined ? now : endOf(question.to, zone, 'to');
  const from =
    question.from === undefined
      ? midnightOf(Math.min(to, now)) - DEFAULT_SPAN_DAYS[interval] * DAY_MS
      : startOf(question.from, zone);
  if (from > to) {
    const cure = question.to === undefined ? 'from is in the future.' : 'from is after to: swap them.';
    throw new KisInvalidRequestError(cure);
  }
  if (interval === '1m') return { from, to: Math.min(to, now), now };
  return { from: periodStart(interval, from), to: Math.min(periodEnd(interval, to), now), now };
}

function startOf(text: string, zone: string): number {
  return parseDate(text) ?? instant(text, zone, 'from');
}

function endOf(text: string, zone: string, name: string): number {
  const day = parseDate(text);
  return day === null ? instant(text, zone, name) : day + DAY_MS - 1;
}

function instant(text: string, zone: string, name: string): number {
  const epochMs = INSTANT.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(epochMs)) return wallClock(zone, epochMs);
  throw new KisInvalidRequestError(
    `${name} must be a date such as 2026-11-02, or an instant with its zone such as 2026-11-02T00:30:00Z.`,
  );
}

/** Midnight of the first day of the period; a week begins on Monday. */
export function periodStart(interval: KisCandleInterval, wallMs: number): number {
  const day = midnightOf(wallMs);
  const date = new Date(day);
  switch (interval) {
    case '1w':
      return day - ((date.getUTCDay() + 6) % 7) * DAY_MS;
    case '1M':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
    case '1y':
      return Date.UTC(date.getUTCFullYear(), 0, 1);
    default:
      return day;
  }
}

function periodEnd(interval: KisCandleInterval, wallMs: number): number {
  const start = periodStart(interval, wallMs);
  const date = new Date(start);
  switch (interval) {
    case '1w':
      return start + 7 * DAY_MS - 1;
    case '1M':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) - 1;
    case '1y':
      return Date.UTC(date.getUTCFullYear() + 1, 0, 1) - 1;
    default:
      return start + DAY_MS - 1;
  }
}

/** The `time` of a candle of a day or longer. */
export function candleDate(wireDate: string): string {
  return isoDate(parseDate(wireDate) ?? 0);
}

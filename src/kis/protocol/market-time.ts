/** Times and dates by the clocks of the markets: Korea, where KIS's own times are from, and any other zone. */

export const DAY_MS = 24 * 3_600_000;
export const MINUTE_MS = 60_000;
const KOREA_OFFSET_MS = 9 * 3_600_000;
const WALL_TIME = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})$/;

/**
 * Reads `YYYY-MM-DD HH:MM:SS` as Korean time (UTC+9, no summer time since 1988). KIS sends times without a zone;
 * that they are Korean is known from clients in use (python-kis), not from the documentation.
 *
 * @returns epoch milliseconds, or `null` for anything that is no real date of that form.
 */
export function parseKoreanTime(text: string): number | null {
  const parts = WALL_TIME.exec(text.trim());
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const asIfUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC turns 30 February into 2 March: only what reads back the same was a date.
  const readBack = new Date(asIfUtc).toISOString().slice(0, 19).replace('T', ' ');
  if (readBack !== text.trim().replace('T', ' ')) return null;
  return asIfUtc - KOREA_OFFSET_MS;
}

/** A moment as Korean wall time, in fields read with the UTC getters of the result. */
export function inKorea(epochMs: number): Date {
  return new Date(epochMs + KOREA_OFFSET_MS);
}

/** The epoch of a Korean wall time that {@link inKorea} made. */
export function fromKorea(koreanWallTime: Date): number {
  return koreanWallTime.getTime() - KOREA_OFFSET_MS;
}

/** The day in Korea, counted from 1 January 1970. */
export function koreanDay(epochMs: number): number {
  return Math.floor((epochMs + KOREA_OFFSET_MS) / DAY_MS);
}

/** The instant of a Korean time of day (HHMMSS) within half a day of another instant; epoch milliseconds. */
export function koreanTimeNear(time: string, near: number): number {
  const [hours, minutes, seconds] = [+time.slice(0, 2), +time.slice(2, 4), +time.slice(4, 6)];
  const midnight = koreanDay(near) * DAY_MS - KOREA_OFFSET_MS;
  const at = midnight + ((hours * 60 + minutes) * 60 + seconds) * 1000;
  if (at - near > DAY_MS / 2) return at - DAY_MS;
  return near - at > DAY_MS / 2 ? at + DAY_MS : at;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock in the zone shows at an instant, in milliseconds as if it were UTC: to be read with UTC getters. */
export function wallClock(zone: string, epochMs: number): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(new Date(epochMs))
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((epochMs % 1000) + 1000) % 1000);
}

/** The instant at which a clock in the zone shows this. A time that summer time leaves out counts from before. */
export function instantOf(zone: string, wallMs: number): number {
  const guess = wallMs - offsetOf(zone, wallMs);
  return wallMs - offsetOf(zone, guess);
}

/** The date of a wall clock, as milliseconds at its midnight. */
export function midnightOf(wallMs: number): number {
  return Math.floor(wallMs / DAY_MS) * DAY_MS;
}

/** `YYYYMMDD` of a wall clock, as KIS writes dates. */
export function wireDate(wallMs: number): string {
  return isoDate(wallMs).replace(/-/g, '');
}

/** `HHMMSS` of a wall clock, as KIS writes times of day. */
export function wireTime(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(11, 19).replace(/:/g, '');
}

/** `YYYY-MM-DD` of a wall clock. */
export function isoDate(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 10);
}

/** Milliseconds at the midnight of `YYYYMMDD` or `YYYY-MM-DD`; `null` for anything that is no real date. */
export function parseDate(text: string): number | null {
  const [, year, month, day] = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(text) ?? [];
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (Number.isNaN(midnight)) return null;
  return wireDate(midnight) === text.replace(/-/g, '') ? midnight : null;
}

/** Milliseconds after midnight of `HHMMSS`, up to `240000`; `null` for anything else. */
export function parseTime(text: string): number | null {
  const [, hour, minute, second] = /^([01]\d|2[0-4])([0-5]\d)([0-5]\d)$/.exec(text) ?? [];
  const ms = (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000;
  return ms <= DAY_MS ? ms : null;
}

/** Saturday or Sunday. */
export function isWeekend(midnightMs: number): boolean {
  return new Date(midnightMs).getUTCDay() % 6 === 0;
}

function offsetOf(zone: string, epochMs: number): number {
  return wallClock(zone, epochMs) - epochMs;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, made);
  return made;
}

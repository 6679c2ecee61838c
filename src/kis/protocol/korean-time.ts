const KOREA_OFFSET_MS = 9 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
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

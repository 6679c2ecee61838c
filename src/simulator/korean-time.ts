const KOREA_AHEAD_MS = 9 * 3_600_000;
const DAY_MS = 86_400_000;

/** An instant as KIS writes it: "2026-11-23 13:00:00", wall-clock time of Korea, without a zone. */
export function koreanDateTime(at: number): string {
  return inKorea(at).slice(0, 19).replace('T', ' ');
}

/** "20261123" */
export function koreanDate(at: number): string {
  return inKorea(at).slice(0, 10).replaceAll('-', '');
}

/** "130000" */
export function koreanTime(at: number): string {
  return inKorea(at).slice(11, 19).replaceAll(':', '');
}

/** The number of the day in Korea: it changes at midnight there. */
export function koreanDay(at: number): number {
  return Math.floor((at + KOREA_AHEAD_MS) / DAY_MS);
}

function inKorea(at: number): string {
  return new Date(at + KOREA_AHEAD_MS).toISOString();
}

const WINDOW_MS = 1_000;

/**
 * Counts the calls of each app key in the last second. KIS limits calls a second for each app key (notice of
 * 2026-04-20); that the second slides, and that refused calls do not count, is inferred.
 */
export class RateWindow {
  private readonly admittedAt = new Map<string, readonly number[]>();

  /** Whether one more call fits; it then counts. */
  admits(appKey: string, perSecond: number, now: number): boolean {
    const recent = (this.admittedAt.get(appKey) ?? []).filter((at) => isInWindow(at, now));
    const fits = recent.length < perSecond;
    this.admittedAt.set(appKey, fits ? [...recent, now] : recent);
    return fits;
  }

  clear(): void {
    this.admittedAt.clear();
  }
}

/** A call from "later" was counted before a control turned the clock back, so it is dropped. */
function isInWindow(at: number, now: number): boolean {
  return at <= now && now - at < WINDOW_MS;
}

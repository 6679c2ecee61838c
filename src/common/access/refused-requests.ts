import { Injectable, Logger } from '@nestjs/common';

/** Why requests are refused because of who sent them. */
export const REFUSAL_REASONS = [
  'foreign-host',
  'foreign-site',
  'wrong-key',
  'too-many-wrong-keys',
  'wrong-program-key',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** At most one line a minute for each reason. */
const LINE_EVERY_MS = 60_000;

interface Count {
  total: number;
  unreported: number;
  /** Monotonic milliseconds. */
  reportedAt: number;
}

/** Counts refused requests for `/metrics`, and logs them at a limited rate, so that the log cannot be flooded. */
@Injectable()
export class RefusedRequests {
  private readonly logger = new Logger('HTTP');
  private readonly counts = new Map<RefusalReason, Count>();

  /** @param sentence what was refused and what to do, for the log */
  add(reason: RefusalReason, sentence: string): void {
    const now = performance.now();
    const count = this.counts.get(reason) ?? { total: 0, unreported: 0, reportedAt: -LINE_EVERY_MS };
    this.counts.set(reason, count);
    count.total += 1;
    count.unreported += 1;
    if (now - count.reportedAt < LINE_EVERY_MS) return;
    const others = count.unreported > 1 ? ` ${count.unreported} such requests since the last such line.` : '';
    this.logger.warn(sentence + others);
    count.unreported = 0;
    count.reportedAt = now;
  }

  /** Requests refused since the start. */
  total(reason: RefusalReason): number {
    return this.counts.get(reason)?.total ?? 0;
  }
}

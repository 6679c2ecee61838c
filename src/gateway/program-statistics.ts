import { Injectable } from '@nestjs/common';
import { KisClock } from '../kis';
import type { GatewayCaller } from './gateway-callers';

/** Counts the requests and remembers the last error of each program, for the status page and GET /api/gateway. */
@Injectable()
export class ProgramStatistics {
  private readonly seen = new Map<string, Activity>();

  constructor(private readonly clock: KisClock) {}

  called({ name }: GatewayCaller): void {
    const activity = this.activity(name);
    const now = this.clock.now();
    activity.requests += 1;
    activity.lastRequestAt = new Date(now);
    activity.recent.push(now);
    // Only now and then, so that a busy program does not pay for it with each request.
    if (activity.recent.length % 1000 === 0) activity.recent = sinceOf(activity.recent, now);
  }

  failed({ name }: GatewayCaller, code: string, message: string): void {
    this.activity(name).lastError = { at: new Date(this.clock.now()), code, message };
  }

  of(name: string): ProgramActivity {
    const { requests, recent, lastRequestAt, lastError } = this.activity(name);
    const requestsLastMinute = sinceOf(recent, this.clock.now()).length;
    return { requests, requestsLastMinute, lastRequestAt, lastError };
  }

  private activity(name: string): Activity {
    const known = this.seen.get(name);
    if (known) return known;
    const activity: Activity = { requests: 0, recent: [], lastRequestAt: null, lastError: null };
    this.seen.set(name, activity);
    return activity;
  }
}

/** What this process has seen of a program since its start. */
export interface ProgramActivity {
  readonly requests: number;
  readonly requestsLastMinute: number;
  readonly lastRequestAt: Date | null;
  readonly lastError: { readonly at: Date; readonly code: string; readonly message: string } | null;
}

interface Activity {
  requests: number;
  /** Epoch milliseconds of the requests of the last minute. */
  recent: number[];
  lastRequestAt: Date | null;
  lastError: ProgramActivity['lastError'];
}

const MINUTE_MS = 60_000;

function sinceOf(times: readonly number[], now: number): number[] {
  return times.filter((at) => now - at < MINUTE_MS);
}

import type { KisClock } from '../../../src/kis/clock';
import { FallbackPermitLog } from '../../../src/kis/http/pacing/fallback-permit-log';
import { MemoryPermitLog } from '../../../src/kis/http/pacing/memory-permit-log';
import { paceOf } from '../../../src/kis/http/pacing/pace';
import { PaceLane } from '../../../src/kis/http/pacing/pace-lane';
import { PermitLog } from '../../../src/kis/http/pacing/permit-log';
import type { KisCredential } from '../../../src/kis/kis-credential';
import { sampleCredential } from '../../../src/kis/testing/sample-tokens';

/** Callers that share a permit log, for specs of the rate limiter. */

/** Allowed in a second. */
export const CALLS = 12;
export const credential = sampleCredential();

/** A log that several share, and that can be away, for all or for one. */
export class ServedLog {
  private log: MemoryPermitLog | null;

  constructor(private readonly clock: KisClock) {
    this.log = new MemoryPermitLog(clock);
  }

  goAway(): void {
    this.log = null;
  }

  /** With nothing in it, as after a restart. */
  comeBack(): void {
    this.log = new MemoryPermitLog(this.clock);
  }

  connection(): PermitLog & { cut: boolean } {
    const server = (): PermitLog | null => this.log;
    class Connection extends PermitLog {
      cut = false;

      look(...question: Parameters<PermitLog['look']>) {
        const log = this.cut ? null : server();
        return log ? log.look(...question) : Promise.reject(new Error('connect ECONNREFUSED'));
      }
    }
    return new Connection();
  }
}

/** A process that always has calls to send, over a connection of its own. */
export class Caller {
  readonly connection;
  private readonly lane: PaceLane;

  constructor(
    private readonly clock: KisClock,
    log: ServedLog,
    name: string,
    private readonly arrivals: number[],
    of: KisCredential = credential,
  ) {
    this.connection = log.connection();
    const fallback = new FallbackPermitLog(this.connection, clock);
    this.lane = new PaceLane(of, paceOf(CALLS), name, fallback, clock);
  }

  async resume(): Promise<void> {
    for (;;) {
      const permit = await this.lane.acquire(undefined);
      this.arrivals.push(this.clock.monotonic());
      this.clock.after(5, () => {
        permit.answered();
      });
    }
  }
}

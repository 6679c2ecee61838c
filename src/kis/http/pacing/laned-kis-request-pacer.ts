import { randomBytes } from 'node:crypto';
import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import type { KisConfiguration } from '../../kis.options';
import { KisRequestPacer, type KisPermit, type KisReservation } from './kis-request-pacer';
import { paceOf } from './pace';
import { PaceLane } from './pace-lane';
import type { PermitLog } from './permit-log';

/** A queue for each app key, over a log that may be shared with other processes. */
export class LanedKisRequestPacer extends KisRequestPacer {
  /** Names this process in the log. */
  private readonly owner = randomBytes(6).toString('base64url');
  private readonly lanes = new Map<string, PaceLane>();

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly log: PermitLog,
    private readonly clock: KisClock,
  ) {
    super();
  }

  tryAcquire(credential: KisCredential): KisPermit | null {
    return this.laneOf(credential).tryAcquire();
  }

  async acquire(credential: KisCredential, signal?: AbortSignal, isUrgent = false): Promise<KisPermit> {
    signal?.throwIfAborted();
    return this.laneOf(credential).acquire(signal, isUrgent);
  }

  reserve(credential: KisCredential, calls: number): KisReservation {
    return this.laneOf(credential).reserve(calls);
  }

  private laneOf(credential: KisCredential): PaceLane {
    const known = this.lanes.get(credential.id);
    if (known) return known;
    const pace = paceOf(this.configuration.requestPolicy(credential).perSecond);
    const lane = new PaceLane(credential, pace, this.owner, this.log, this.clock);
    this.lanes.set(credential.id, lane);
    return lane;
  }
}

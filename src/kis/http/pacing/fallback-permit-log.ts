import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import { MemoryPermitLog } from './memory-permit-log';
import type { Pace } from './pace';
import { PermitLog, type PermitAnswer, type PermitRequest } from './permit-log';
import { SharedPace } from './shared-pace';

/** A shared log that may be unavailable: each process then keeps to its own share, for each app key separately. */
export class FallbackPermitLog extends PermitLog {
  private readonly paces = new Map<string, SharedPace>();
  private readonly unshared: MemoryPermitLog;

  constructor(
    private readonly shared: PermitLog,
    private readonly clock: KisClock,
  ) {
    super();
    this.unshared = new MemoryPermitLog(clock);
  }

  /** Never rejects. */
  look(credential: KisCredential, pace: Pace, request: PermitRequest): Promise<PermitAnswer> {
    const unshared = this.lookHere(credential, pace, request);
    if (unshared) return Promise.resolve(unshared);
    const known = this.paces.get(credential.id) ?? new SharedPace(credential, pace, this.shared, this.clock);
    this.paces.set(credential.id, known);
    return known.look(request);
  }

  override lookHere(credential: KisCredential, pace: Pace, request: PermitRequest): PermitAnswer | null {
    return pace.calls > MOST_SHARED_CALLS ? this.unshared.lookHere(credential, pace, request) : null;
  }
}

/**
 * Five times the most that KIS allows. A higher setting means no limit, as in tests; sharing so many permits would cost
 * more than the calls themselves.
 */
const MOST_SHARED_CALLS = 100;

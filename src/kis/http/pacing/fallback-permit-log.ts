import type { KisClock } from '../../clock';
import type { KisCredential } from '../../kis-credential';
import type { Pace } from './pace';
import { PermitLog, type PermitAnswer, type PermitRequest } from './permit-log';
import { SharedPace } from './shared-pace';

/** A shared log that may be away: each process keeps to its own share then, for each app key by itself. */
export class FallbackPermitLog extends PermitLog {
  private readonly paces = new Map<string, SharedPace>();

  constructor(
    private readonly shared: PermitLog,
    private readonly clock: KisClock,
  ) {
    super();
  }

  /** Never rejects. */
  look(credential: KisCredential, pace: Pace, request: PermitRequest): Promise<PermitAnswer> {
    const known = this.paces.get(credential.id) ?? new SharedPace(credential, pace, this.shared, this.clock);
    this.paces.set(credential.id, known);
    return known.look(request);
  }
}

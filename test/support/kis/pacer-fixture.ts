import type { KisPermit } from '../../../src/kis/http/pacing/kis-request-pacer';
import { LanedKisRequestPacer } from '../../../src/kis/http/pacing/laned-kis-request-pacer';
import { MemoryPermitLog } from '../../../src/kis/http/pacing/memory-permit-log';
import type { KisCredential } from '../../../src/kis/kis-credential';
import { KisConfiguration } from '../../../src/kis/kis.options';
import { accountAt } from './local-kis';
import { ManualKisClock } from '../../../src/kis/testing/manual-clock';

const ORIGIN = 'http://127.0.0.1:1';

interface PermitWish {
  /** Default: the first of the app keys. */
  readonly credential?: KisCredential;
  /** Default: the call is answered at once. */
  readonly use?: (permit: KisPermit) => void;
}

/** A pacer for app keys that may call so often, and a clock that a test moves. */
export class PacerFixture {
  readonly clock = new ManualKisClock();
  readonly configuration: KisConfiguration;
  readonly pacer: LanedKisRequestPacer;

  constructor(...perSecond: [number, ...number[]]) {
    const accounts = perSecond.map((rate, index) =>
      accountAt(ORIGIN, { alias: `a${index}`, appKey: `key-${index}`, requestsPerSecond: rate }),
    );
    this.configuration = new KisConfiguration({ accounts });
    this.pacer = new LanedKisRequestPacer(this.configuration, new MemoryPermitLog(this.clock), this.clock);
  }

  get credential(): KisCredential {
    return this.configuration.account('a0').credential;
  }

  /** When each of the permits was given, in milliseconds from now on, in the order in which they were asked for. */
  permitTimes(count: number, wish: PermitWish = {}): readonly number[] {
    const { credential = this.credential, use = answerAtOnce } = wish;
    const start = this.clock.monotonic();
    const times: number[] = [];
    for (let index = 0; index < count; index += 1) {
      void this.pacer.acquire(credential).then((permit) => {
        times[index] = this.clock.monotonic() - start;
        use(permit);
      });
    }
    return times;
  }
}

function answerAtOnce(permit: KisPermit): void {
  permit.answered();
}

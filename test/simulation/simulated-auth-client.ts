import { KisAuthClient, type IssuedToken } from '../../src/kis/auth/kis-auth.client';
import type { KisCredential } from '../../src/kis/kis-credential';
import { KisTimeoutError, KisUnavailableError, type KisError } from '../../src/kis/kis.errors';
import type { SimulatedKis } from './simulated-kis';
import type { SimulatedProcess } from './simulated-machine';
import { LONGEST_WAY_MS } from './simulated-storage';

/** The way from one process to the token endpoint: takes time, loses things, and ends when the process gives up. */
export class SimulatedAuthClient extends KisAuthClient {
  /** Called when a request leaves the machine, when it arrives at KIS, and when its answer is back. */
  onDeparture: () => void = () => undefined;
  onArrival: () => void = () => undefined;
  onAnswer: (date: number | null) => void = () => undefined;

  constructor(
    private readonly kis: SimulatedKis,
    private readonly process: SimulatedProcess,
  ) {
    super();
  }

  issue(_credential: KisCredential, withinMs: number): Promise<IssuedToken> {
    const { process, kis } = this;
    const { scheduler, choices } = process;
    const sendBy = scheduler.time + withinMs;
    process.onStep();
    return new Promise((resolve, reject) => {
      let isSent = false;
      const giveUp = scheduler.after(withinMs, () => {
        process.deliver(() => {
          reject(isSent ? new KisTimeoutError('no answer in time') : unsent('no connection in time'));
        });
      });
      // Connecting takes turns of the event loop: a stopped process goes on with it when it is continued, but the
      // connection is not used when its time is over.
      scheduler.after(choices.between(1, 200), () => {
        process.deliver(() => {
          if (scheduler.time >= sendBy || kis.fault === 'dark') return;
          if (kis.fault === 'away') {
            giveUp();
            reject(unsent('the connection was refused'));
            return;
          }
          isSent = true;
          this.onDeparture();
          if (kis.fault === 'unreachable') return;
          scheduler.after(choices.between(1, LONGEST_WAY_MS), () => {
            this.exchange(resolve, reject, giveUp);
          });
        });
      });
    });
  }

  async revoke(_credential: KisCredential, accessToken: string): Promise<void> {
    await this.process.call(() => {
      if (!this.kis.isReachable) throw new KisUnavailableError('nothing is revoked');
      this.kis.kill(accessToken);
    });
  }

  private exchange(
    resolve: (issued: IssuedToken) => void,
    reject: (error: KisError) => void,
    giveUp: () => void,
  ): void {
    const { process, kis } = this;
    this.onArrival();
    const outcome = kis.arrive();
    if (kis.fault === 'mute') return;
    const tookMs = kis.fault === 'slow' ? kis.rules.requestTimeoutMs * 0.9 : process.choices.between(1, 400);
    process.scheduler.after(tookMs, () => {
      process.deliver(() => {
        giveUp();
        this.onAnswer(outcome.serverTime ?? null);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      });
    });
  }
}

const unsent = (why: string): KisUnavailableError => new KisUnavailableError(why, { unsent: true });

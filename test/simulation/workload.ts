import type { KisToken } from '../../src/kis/token/kis-token';
import { SECOND, SWEEP_MS, type Life, type Simulation } from './simulation';
import { OutageChecker } from './outage-checker';
import { RequestChecker } from './request-checker';
import { ServiceChecker } from './service-checker';

const REFUSAL = { msgCd: 'EGW00123', msg1: '기간이 만료된 token 입니다.' };

/** A caller that waits. */
interface Wait {
  readonly life: Life;
  /** True time, and what of it the process has stood still by then. */
  readonly since: number;
  readonly stoppedMs: number;
  readonly hadGoodToken: boolean;
}

/** What uses the service in every process: the scheduled job and callers, with checkers beside them. */
export class Workload {
  served = 0;
  failed = 0;
  readonly requests: RequestChecker;
  private readonly service: ServiceChecker;
  private readonly waits = new Set<Wait>();

  constructor(private readonly simulation: Simulation) {
    this.requests = new RequestChecker(simulation);
    this.service = new ServiceChecker(simulation);
    const outages = new OutageChecker(simulation, this.requests);
    simulation.onOutageOver = (fault) => {
      outages.over(fault);
    };
    simulation.onRequest = (life) => {
      this.requests.arrived(life);
    };
    simulation.onStart = (life) => {
      this.sweep(life);
      this.call(life);
    };
  }

  /** Callers who have waited too long without an end, in processes that live. */
  checkWaits(): void {
    for (const wait of this.waits) if (wait.life.process.alive) this.checkWait(wait);
  }

  private sweep(life: Life): void {
    this.again(life, SWEEP_MS, () => {
      this.sweep(life);
    });
    life.process.deliver(() => {
      void life.tokens.refreshDue();
    });
  }

  private call(life: Life): void {
    const { random } = this.simulation;
    life.process.deliver(() => {
      const burst = random.happens(0.1) ? 20 : 1;
      for (let count = 0; count < burst; count += 1) void this.useToken(life);
    });
    this.again(life, random.between(0.1, 20) * SECOND, () => {
      this.call(life);
    });
  }

  private again(life: Life, delayMs: number, run: () => void): void {
    if (life.process.alive) this.simulation.scheduler.after(delayMs, run);
  }

  /** What every request does: gets a token, sends it, and replaces it once when it is refused. */
  private async useToken(life: Life): Promise<void> {
    const token = await this.timed(life, () => life.tokens.getToken());
    if (!token || (await this.isAccepted(life, token))) return;
    await this.timed(life, () => life.tokens.replaceRefused('main', token, REFUSAL));
  }

  /** Sends the token to KIS. Where it is accepted and no clock is wrong, the answer would say nothing new. */
  private async isAccepted(life: Life, { accessToken }: KisToken): Promise<boolean> {
    const { kis, scheduler } = this.simulation;
    const { process, site, tokens } = life;
    const isAccepted = kis.accepts(accessToken);
    const isNews = site.machine.wasSet || kis.dateErrors.length > 0;
    if ((isAccepted && !isNews) || !kis.isReachable) return isAccepted;
    const sentAt = scheduler.time;
    const date = await process.call(() => kis.date());
    tokens.hearTime('main', new Date(date).toUTCString(), scheduler.time - sentAt);
    this.simulation.hears(life, date);
    return isAccepted;
  }

  private async timed(life: Life, ask: () => KisToken | Promise<KisToken>): Promise<KisToken | null> {
    const wait = this.begin(life);
    try {
      const answer = ask();
      const token = answer instanceof Promise ? await answer : answer;
      this.service.served(life, token);
      this.served += 1;
      return token;
    } catch (error) {
      this.service.refused(life, wait.since, error);
      this.failed += 1;
      return null;
    } finally {
      this.waits.delete(wait);
      this.checkWait(wait);
    }
  }

  private begin(life: Life): Wait {
    const { site, stoppedMs } = life;
    const hadGoodToken = !site.machine.wasSet && this.service.hasGoodToken(life);
    const wait = { life, since: this.simulation.scheduler.time, stoppedMs, hadGoodToken };
    this.waits.add(wait);
    return wait;
  }

  private checkWait({ life, since, stoppedMs, hadGoodToken }: Wait): void {
    const stoodStillMs = life.stoppedMs - stoppedMs;
    const { time } = this.simulation.scheduler;
    if (life.stoppedUntil <= time) this.service.waited(life, time - since - stoodStillMs, hadGoodToken);
  }
}

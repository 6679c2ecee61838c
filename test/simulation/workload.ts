import type { KisToken } from '../../src/kis/token/kis-token';
import { SECOND, SWEEP_MS, type ServiceInstance, type Simulation } from './simulation';
import { OutageChecker } from './outage-checker';
import { RequestChecker } from './request-checker';
import { ServiceChecker } from './service-checker';

const REFUSAL = { msgCd: 'EGW00123', msg1: '기간이 만료된 token 입니다.' };

/** A caller that waits. */
interface Wait {
  readonly instance: ServiceInstance;
  /** True time, and for how long the process had been stopped by then. */
  readonly since: number;
  readonly stoppedMs: number;
  /** What the process had when it began, if that was good. */
  readonly goodToken: KisToken | null;
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
    simulation.onRequest = (instance) => {
      this.requests.arrived(instance);
    };
    simulation.onStart = (instance) => {
      this.sweep(instance);
      this.call(instance);
    };
  }

  /** Callers who have waited too long without an end, in processes that live. */
  checkWaits(): void {
    for (const wait of this.waits) if (wait.instance.process.alive) this.checkWait(wait);
  }

  private sweep(instance: ServiceInstance): void {
    this.again(instance, SWEEP_MS, () => {
      this.sweep(instance);
    });
    instance.process.deliver(() => {
      void instance.tokens.refreshDue();
    });
  }

  private call(instance: ServiceInstance): void {
    const { random } = this.simulation;
    instance.process.deliver(() => {
      const burst = random.happens(0.1) ? 20 : 1;
      for (let count = 0; count < burst; count += 1) void this.useToken(instance);
    });
    this.again(instance, random.between(0.1, 20) * SECOND, () => {
      this.call(instance);
    });
  }

  private again(instance: ServiceInstance, delayMs: number, run: () => void): void {
    if (instance.process.alive) this.simulation.scheduler.after(delayMs, run);
  }

  /** What every request does: gets a token, sends it, and replaces it once when it is refused. */
  private async useToken(instance: ServiceInstance): Promise<void> {
    const token = await this.timed(instance, () => instance.tokens.getToken());
    if (!token || (await this.isAccepted(instance, token))) return;
    await this.timed(instance, () => instance.tokens.replaceRefused('main', token, REFUSAL));
  }

  /** Sends the token to KIS. Where it is accepted and no clock is wrong, the answer would say nothing new. */
  private async isAccepted(instance: ServiceInstance, { accessToken }: KisToken): Promise<boolean> {
    const { kis, scheduler } = this.simulation;
    const { process, site, tokens } = instance;
    const isAccepted = kis.accepts(accessToken);
    const isNews = site.machine.wasSet || kis.dateErrors.length > 0;
    if ((isAccepted && !isNews) || !kis.isReachable) return isAccepted;
    const sentAt = scheduler.time;
    const date = await process.call(() => kis.date());
    tokens.noteServerDate('main', new Date(date).toUTCString(), scheduler.time - sentAt);
    this.simulation.receivesDate(instance, date);
    return isAccepted;
  }

  private async timed(
    instance: ServiceInstance,
    ask: () => KisToken | Promise<KisToken>,
  ): Promise<KisToken | null> {
    const wait = this.begin(instance);
    try {
      const answer = ask();
      const token = answer instanceof Promise ? await answer : answer;
      this.service.served(instance, token);
      this.served += 1;
      return token;
    } catch (error) {
      this.service.refused(instance, wait.since, error);
      this.failed += 1;
      return null;
    } finally {
      this.waits.delete(wait);
      this.checkWait(wait);
    }
  }

  private begin(instance: ServiceInstance): Wait {
    const { site, stoppedMs } = instance;
    const isGood = !site.machine.wasSet && this.service.hasGoodToken(instance);
    const goodToken = isGood ? instance.served : null;
    const wait = { instance, since: this.simulation.scheduler.time, stoppedMs, goodToken };
    this.waits.add(wait);
    return wait;
  }

  private checkWait({ instance, since, stoppedMs, goodToken }: Wait): void {
    const stoppedForMs = instance.stoppedMs - stoppedMs;
    const { time } = this.simulation.scheduler;
    if (instance.stoppedUntil > time) return;
    const keptToken = goodToken !== null && this.service.isStillGood(goodToken, since);
    this.service.waited(instance, time - since - stoppedForMs, keptToken);
  }
}

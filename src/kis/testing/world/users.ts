import type { KisToken } from '../../token/kis-token';
import { SECOND, TIMEOUT_MS, type Life, type Stage } from './stage';

const SWEEP_MS = 30 * SECOND;
/** Callers wait at most the request timeout and two seconds; events in the model take some milliseconds. */
const LONGEST_WAIT_MS = TIMEOUT_MS + 2 * SECOND + 100;
/** A dead token may be handed out this long after its end, when a clock has just been set. */
const LATE_MS = 10 * SECOND;
const REFUSAL = { msgCd: 'EGW00123', msg1: '기간이 만료된 token 입니다.' };

/** Those who use the service in every process: the scheduled job and callers. They judge what they get. */
export class Users {
  served = 0;
  failed = 0;

  constructor(private readonly stage: Stage) {
    stage.kis.witness = (by) => {
      this.judgeNeed(by);
    };
    stage.onStart = (life) => {
      this.sweep(life);
      this.call(life);
    };
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
    const { dice } = this.stage;
    life.process.deliver(() => {
      const burst = dice.happens(0.1) ? 20 : 1;
      for (let count = 0; count < burst; count += 1) void this.useToken(life);
    });
    this.again(life, dice.between(0.1, 20) * SECOND, () => {
      this.call(life);
    });
  }

  private again(life: Life, delayMs: number, run: () => void): void {
    if (life.process.alive) this.stage.world.after(delayMs, run);
  }

  /** What every request does: gets a token, sends it, and replaces it once when it is refused. */
  private async useToken(life: Life): Promise<void> {
    const token = await this.timed(life, () => life.tokens.getToken());
    if (!token || this.stage.kis.accepts(token.accessToken)) return;
    await life.process.call(() => undefined);
    await this.timed(life, () => life.tokens.replaceRefused('main', token, REFUSAL));
  }

  private async timed(life: Life, ask: () => KisToken | Promise<KisToken>): Promise<KisToken | null> {
    const { world, history } = this.stage;
    const since = world.time - life.stoppedMs;
    try {
      const answer = ask();
      const token = answer instanceof Promise ? await answer : answer;
      this.judge(token);
      this.served += 1;
      return token;
    } catch {
      this.failed += 1;
      return null;
    } finally {
      const tookMs = world.time - life.stoppedMs - since;
      if (tookMs > LONGEST_WAIT_MS) history.violated(`a caller waited ${(tookMs / 1000).toFixed(1)} s`);
    }
  }

  private judge(token: KisToken): void {
    const { history, kis, world } = this.stage;
    const late = world.time - kis.endOf(token.accessToken);
    if (late > LATE_MS)
      history.violated(`a token was handed out ${(late / 1000).toFixed(1)} s after its end`);
  }

  /** KIS is not asked while the store had a token that nobody needed to renew when the turn was taken. */
  private judgeNeed(by: string): void {
    const { clockWasSet, configuration, directory, forcing, history, kis, world } = this.stage;
    if (clockWasSet || forcing.has(by)) return;
    const reading = directory.tokenFile(configuration.account().credential, configuration.tokenPolicy);
    if (reading === null || !('token' in reading) || !kis.accepts(reading.token.accessToken)) return;
    const { savedAt } = directory;
    const spareMs = reading.token.refreshAt - world.time;
    if (savedAt > 0 && savedAt < history.turnOf(by) && spareMs > 0) {
      history.violated(
        `${by} asked ${(spareMs / 1000).toFixed(0)} s before the stored token was to be renewed`,
      );
    }
  }
}

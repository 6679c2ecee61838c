import type { KisToken } from '../../token/kis-token';
import { KisTokenService } from '../../token/kis-token.service';
import { KisConfiguration } from '../../kis.options';
import { formatNaive } from '../../token/file/naive-time';
import { decodeTokenFile } from '../../token/file/token-file';
import { History } from './history';
import { Dice, World } from './world';
import { WorldAuthClient, WorldKis, type KisMood } from './world-kis';
import { WorldMachine, WorldProcess } from './world-machine';
import { WorldDirectory, WorldFileStore } from './world-store';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const START = Date.parse('2026-11-22T00:00:00Z');
const LENGTH_MS = 75 * MINUTE;
const SWEEP_MS = 30 * SECOND;
const TIMEOUT_MS = 10 * SECOND;
/** Callers wait at most the request timeout and two seconds; events in the model take some milliseconds. */
const LONGEST_WAIT_MS = TIMEOUT_MS + 2 * SECOND + 100;
/** A dead token may be handed out this long after its end, when a clock has just been set. */
const LATE_MS = 10 * SECOND;
const MOODS: readonly KisMood[] = ['unreachable', 'broken', 'mute', 'slow', 'garbled', 'hostile'];

const OPTIONS = {
  accounts: [
    {
      mode: 'MOCK',
      appKey: 'PSworld0123456789012345678901234567890',
      appSecret: 'S'.repeat(180),
      accountNumber: '50112345',
      requestTimeoutMs: TIMEOUT_MS,
    },
  ],
  bufferSeconds: 120,
  refreshLeadSeconds: 600,
  refreshBlackout: '',
} as const;

/** A run of one process from its start to its death. */
interface Life {
  readonly process: WorldProcess;
  readonly tokens: KisTokenService;
  /** True time until which it stands still. */
  stoppedUntil: number;
}

export interface StoryEnd {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly issues: number;
  readonly served: number;
  readonly failed: number;
}

/**
 * Several processes of the real service over a model directory, a model brokerage and model clocks, for more than an
 * hour of virtual time in which a seed decides what goes wrong: kills, stops, clock steps, failures of KIS, refused
 * and deleted tokens, programs that know no claims. The same seed always tells the same story.
 */
export class Story {
  private readonly dice: Dice;
  private readonly world = new World(START);
  private readonly history = new History(this.world, START);
  private readonly machine = new WorldMachine(this.world, 'boot-1');
  private readonly directory = new WorldDirectory();
  private readonly configuration = new KisConfiguration(OPTIONS);
  private readonly kis: WorldKis;
  private readonly lives: Life[] = [];
  private readonly waiting = new Set<{ since: number; by: Life; stoppedMs: number }>();
  /** Processes in which a person forces a new token at the moment. */
  private readonly forcing = new Set<string>();
  private clockWasSet = false;
  /** How often a process is stopped just when it has begun something. */
  private readonly malice: number;
  private starts = 0;
  private served = 0;
  private failed = 0;

  constructor(private readonly seed: number) {
    this.dice = new Dice(seed);
    this.malice = this.dice.oneOf([0, 0, 0.003, 0.02]);
    this.kis = new WorldKis(
      this.world,
      this.dice,
      {
        intervalMs: 60 * SECOND,
        lifetimeMs: this.dice.between(25, 60) * MINUTE,
        sameTokenMs: this.dice.oneOf([0, 10, 15]) * MINUTE,
        requestTimeoutMs: TIMEOUT_MS,
        oldDies: this.dice.happens(0.3),
      },
      this.history,
    );
    this.kis.witness = (by) => {
      this.judgeNeed(by);
    };
  }

  async tell(): Promise<StoryEnd> {
    const processes = this.dice.whole(1, 4);
    for (let count = 0; count < processes; count += 1) {
      this.world.after(this.dice.between(0, 2 * SECOND), () => {
        this.start();
      });
    }
    this.planTroubles();
    await this.world.runUntil(START + LENGTH_MS);
    const { violations, issues } = this.history;
    const counts = { issues: issues.length, served: this.served, failed: this.failed };
    return { seed: this.seed, violations, ...counts };
  }

  private start(): void {
    this.starts += 1;
    const process = new WorldProcess(`process ${this.starts}`, this.machine, this.dice);
    const store = new WorldFileStore(this.directory, this.configuration.tokenPolicy, process, this.history);
    const auth = new WorldAuthClient(this.kis, process);
    const tokens = new KisTokenService(this.configuration, store, auth, process.clock, process.random);
    const life = { process, tokens, stoppedUntil: 0 };
    process.temptFate = () => {
      if (this.dice.happens(this.malice)) this.stop(life);
      else if (this.dice.happens(this.malice / 4)) this.kill(life);
    };
    this.lives.push(life);
    this.sweep(life);
    this.call(life);
  }

  private sweep(life: Life): void {
    life.process.deliver(() => {
      void life.tokens.refreshDue();
    });
    if (life.process.alive) {
      this.world.after(SWEEP_MS, () => {
        this.sweep(life);
      });
    }
  }

  private call(life: Life): void {
    life.process.deliver(() => {
      const burst = this.dice.happens(0.1) ? 20 : 1;
      for (let count = 0; count < burst; count += 1) void this.useToken(life);
    });
    if (life.process.alive) {
      this.world.after(this.dice.between(0.1, 20) * SECOND, () => {
        this.call(life);
      });
    }
  }

  /** What every request does: gets a token, sends it, and replaces it once when it is refused. */
  private async useToken(life: Life): Promise<void> {
    const token = await this.waited(life, () => life.tokens.getToken());
    if (!token || this.kis.accepts(token.accessToken)) return;
    const answer = { msgCd: 'EGW00123', msg1: '기간이 만료된 token 입니다.' };
    await life.process.call(() => undefined);
    await this.waited(life, () => life.tokens.replaceRefused('main', token, answer));
  }

  private async waited(life: Life, ask: () => KisToken | Promise<KisToken>): Promise<KisToken | null> {
    const wait = { since: this.world.time, by: life, stoppedMs: 0 };
    this.waiting.add(wait);
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
      this.waiting.delete(wait);
      const tookMs = this.world.time - wait.since - wait.stoppedMs;
      if (tookMs > LONGEST_WAIT_MS) this.history.violated(`a caller waited ${(tookMs / 1000).toFixed(1)} s`);
    }
  }

  private judge(token: KisToken): void {
    const late = this.world.time - this.kis.endOf(token.accessToken);
    if (late > LATE_MS)
      this.history.violated(`a token was handed out ${(late / 1000).toFixed(1)} s after its end`);
  }

  /** KIS is not asked while the store had a token that nobody needed to renew when the turn was taken. */
  private judgeNeed(by: string): void {
    const { tokenText, savedAt } = this.directory;
    if (tokenText === null || this.clockWasSet || this.forcing.has(by)) return;
    const { credential } = this.configuration.account();
    const reading = decodeTokenFile(tokenText, credential, this.configuration.tokenPolicy);
    if (!('token' in reading) || !this.kis.accepts(reading.token.accessToken)) return;
    const spareMs = reading.token.refreshAt - this.world.time;
    if (savedAt > 0 && savedAt < this.history.turnOf(by) && spareMs > 0) {
      this.history.violated(
        `${by} asked ${(spareMs / 1000).toFixed(0)} s before the stored token was to be renewed`,
      );
    }
  }

  private planTroubles(): void {
    const troubles: readonly [number, () => void][] = [
      [
        4,
        () => {
          this.killOne();
        },
      ],
      [
        4,
        () => {
          this.stopOne();
        },
      ],
      [
        2,
        () => {
          this.moodSwing();
        },
      ],
      [
        1,
        () => {
          this.stepClock();
        },
      ],
      [
        1,
        () => {
          this.refuseToken();
        },
      ],
      [
        0.5,
        () => {
          this.deleteToken();
        },
      ],
      [
        0.5,
        () => {
          this.damageToken();
        },
      ],
      [
        0.5,
        () => {
          this.foreignProgram();
        },
      ],
      [
        0.5,
        () => {
          this.forceRefresh();
        },
      ],
    ];
    const intensity = this.dice.oneOf([0.5, 1, 2, 5]);
    for (const [often, trouble] of troubles) {
      const count = Math.floor(this.dice.between(0, often * intensity * 2));
      for (let each = 0; each < count; each += 1) {
        this.world.at(START + this.troubleTime(), trouble);
      }
    }
  }

  /** Troubles gather where they hurt: in the first minutes, when everybody wants a token. */
  private troubleTime(): number {
    return this.dice.happens(0.4) ? this.dice.between(0, 3 * MINUTE) : this.dice.between(0, LENGTH_MS);
  }

  private oneAlive(): Life | undefined {
    const alive = this.lives.filter((life) => life.process.alive);
    return alive.length === 0 ? undefined : this.dice.oneOf(alive);
  }

  private killOne(): void {
    const life = this.oneAlive();
    if (life) this.kill(life);
  }

  private kill(life: Life): void {
    life.process.kill();
    for (const wait of this.waiting) if (wait.by === life) this.waiting.delete(wait);
    this.world.after(this.dice.between(0, 90) * SECOND, () => {
      this.start();
    });
  }

  private stopOne(): void {
    const life = this.oneAlive();
    if (life) this.stop(life);
  }

  private stop(life: Life): void {
    if (life.stoppedUntil > this.world.time) return;
    const lengthMs = this.dice.between(0.05, 120) * SECOND;
    life.stoppedUntil = this.world.time + lengthMs;
    life.process.pause();
    this.world.after(lengthMs, () => {
      for (const wait of this.waiting) {
        if (wait.by === life)
          wait.stoppedMs += this.world.time - Math.max(wait.since, this.world.time - lengthMs);
      }
      life.process.resume();
    });
  }

  private moodSwing(): void {
    this.kis.mood = this.dice.oneOf(MOODS);
    this.world.after(this.dice.between(1, 600) * SECOND, () => {
      this.kis.mood = 'well';
    });
  }

  private stepClock(): void {
    const sizes = [1, 5, 60, 600, 3600, 9 * 3600, 48 * 3600];
    this.clockWasSet = true;
    this.machine.wallErrorMs += this.dice.oneOf([-1, 1]) * this.dice.oneOf(sizes) * SECOND;
  }

  private refuseToken(): void {
    const token = this.history.issues.findLast((issue) => issue.accessToken !== null)?.accessToken;
    if (token !== undefined && token !== null) this.kis.kill(token);
  }

  private deleteToken(): void {
    this.directory.tokenText = null;
    this.history.forgotten();
  }

  private damageToken(): void {
    const { tokenText } = this.directory;
    if (tokenText !== null)
      this.directory.tokenText = tokenText.slice(0, this.dice.whole(0, tokenText.length - 1));
    this.history.forgotten();
  }

  /** A Python program that knows nothing of claims gets a token and stores the five fields. */
  private foreignProgram(): void {
    const issued = this.kis.arrive('a Python program', false);
    if (issued instanceof Error) return;
    const wall = this.world.time + this.machine.wallErrorMs;
    const lifetimeMs = this.kis.rules.lifetimeMs;
    this.directory.savedAt = 0;
    this.directory.tokenText = JSON.stringify({
      access_token: issued.accessToken,
      token_type: 'Bearer',
      expires_in: lifetimeMs / 1000,
      issued_at: formatNaive(wall),
      expiry_datetime: formatNaive((issued.statedExpiry ?? 0) + this.machine.wallErrorMs),
    });
    this.history.forgotten();
  }

  private forceRefresh(): void {
    const life = this.oneAlive();
    life?.process.deliver(() => {
      const { name } = life.process;
      this.forcing.add(name);
      void life.tokens
        .refresh()
        .catch(() => undefined)
        .finally(() => {
          // A request that was made for it may arrive when the caller has gone.
          this.world.after(TIMEOUT_MS, () => this.forcing.delete(name));
        });
    });
  }
}

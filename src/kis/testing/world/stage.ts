import { KisConfiguration } from '../../kis.options';
import { KisTokenService } from '../../token/kis-token.service';
import { History } from './history';
import { Dice, World } from './world';
import { WorldAuthClient, WorldKis } from './world-kis';
import { WorldMachine, WorldProcess } from './world-machine';
import { WorldDirectory, WorldFileStore } from './world-store';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const START = Date.parse('2026-11-22T00:00:00Z');
export const LENGTH_MS = 75 * MINUTE;
export const TIMEOUT_MS = 10 * SECOND;

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
export interface Life {
  readonly process: WorldProcess;
  readonly tokens: KisTokenService;
  /** True time until which it stands still. */
  stoppedUntil: number;
  /** How long it has stood still in all. */
  stoppedMs: number;
}

/** What a story takes place on: a machine with processes, a directory that they share, and the brokerage. */
export class Stage {
  readonly dice: Dice;
  readonly world = new World(START);
  readonly history = new History(this.world, START);
  readonly machine = new WorldMachine(this.world, 'boot-1');
  readonly directory = new WorldDirectory();
  readonly configuration = new KisConfiguration(OPTIONS);
  readonly kis: WorldKis;
  /** Processes in which a person forces a new token at the moment. */
  readonly forcing = new Set<string>();
  clockWasSet = false;
  /** Told of each new process. */
  onStart: (life: Life) => void = () => undefined;
  private readonly lives: Life[] = [];
  /** How often a process is stopped, or killed, just when it has begun something. */
  private readonly malice: number;
  private starts = 0;

  constructor(seed: number) {
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
  }

  start(): void {
    this.starts += 1;
    const process = new WorldProcess(`process ${this.starts}`, this.machine, this.dice);
    const store = new WorldFileStore(this.directory, this.configuration.tokenPolicy, process, this.history);
    const auth = new WorldAuthClient(this.kis, process);
    const tokens = new KisTokenService(this.configuration, store, auth, process.clock, process.random);
    const life = { process, tokens, stoppedUntil: 0, stoppedMs: 0 };
    process.temptFate = () => {
      if (this.dice.happens(this.malice)) this.stop(life);
      else if (this.dice.happens(this.malice / 4)) this.kill(life);
    };
    this.lives.push(life);
    this.onStart(life);
  }

  /** Another process starts in its place after a while. */
  kill(life: Life): void {
    life.process.kill();
    this.world.after(this.dice.between(0, 90) * SECOND, () => {
      this.start();
    });
  }

  stop(life: Life): void {
    if (life.stoppedUntil > this.world.time) return;
    const lengthMs = this.dice.between(0.05, 120) * SECOND;
    life.stoppedUntil = this.world.time + lengthMs;
    life.process.pause();
    this.world.after(lengthMs, () => {
      life.stoppedMs += lengthMs;
      life.process.resume();
    });
  }

  oneAlive(): Life | undefined {
    const alive = this.lives.filter((life) => life.process.alive);
    return alive.length === 0 ? undefined : this.dice.oneOf(alive);
  }
}

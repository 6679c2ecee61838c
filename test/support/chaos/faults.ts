import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededRandom } from '../../simulation/seeded-random';
import { machineOf, type Actor, type ProcessPool } from './process-pool';
import { TORN_ON_PURPOSE, type Observation } from './history';
import type { ChaosIssuer } from './issuer';

/** The faults of a chaos run: killed and stopped processes, broken disks, Redis and tokens. */

const SECOND = 1000;
/** After a replacement the library issues no other for a refused token so long. */
const BETWEEN_KILLED_TOKENS_MS = 13 * 60 * SECOND;
/** This many may be stopped at a time. */
const MOST_BUSY = 3;

export interface Fault {
  /** In proportion to the others. */
  readonly often: number;
  readonly name: string;
  /** Resolves when it is over; `null` when there is nothing to be hit now. */
  readonly make: () => Promise<void> | null;
}

/** What faults can hit, besides processes. */
export interface Targets {
  readonly keys: readonly string[];
  readonly machines: readonly string[];
  fileOf(machine: string, key: string): string;
}

/** Everything that goes wrong in a run, in an order that a seed decides. */
export class FaultSchedule {
  readonly counts: Record<string, number> = {};
  /** Token files that were lost, as an observer would see them. */
  readonly losses: Observation[] = [];
  private readonly killedAt = new Map<string, number>();
  private readonly underWay = new Set<Promise<void>>();
  private over = false;
  private readonly kinds: readonly Fault[];

  constructor(
    private readonly random: SeededRandom,
    private readonly pool: ProcessPool,
    private readonly issuer: ChaosIssuer,
    private readonly targets: Targets,
    others: readonly Fault[],
  ) {
    this.kinds = [
      { often: 4, name: 'killed', make: () => this.hit((victim) => this.kill(victim)) },
      { often: 4, name: 'stopped', make: () => this.hit((victim) => this.stop(victim)) },
      { often: 3, name: 'blocked', make: () => this.hit((victim) => this.block(victim)) },
      { often: 0.7, name: 'KIS out of order', make: () => this.moodSwing() },
      { often: 1.5, name: 'killed or stopped while asking KIS', make: () => this.ambush() },
      { often: 1, name: 'token refused', make: () => this.refuseToken() },
      { often: 1, name: 'token file lost or torn', make: () => this.damage() },
      ...others,
    ];
    for (const { name } of this.kinds) this.counts[name] = 0;
  }

  /** Injects faults until it is ended: each kind once, then at random. Resolves when the last is over. */
  async run(): Promise<void> {
    const untried = [...this.kinds];
    while (!this.over) {
      await pause(this.random.between(20, 350));
      const kind = untried.length > 0 ? this.random.oneOf(untried) : this.drawn();
      const fault = kind.make();
      if (!fault) continue;
      this.counts[kind.name] = (this.counts[kind.name] ?? 0) + 1;
      this.watch(fault);
      if (untried.includes(kind)) untried.splice(untried.indexOf(kind), 1);
    }
    await Promise.all(this.underWay);
    this.issuer.onRequest = () => undefined;
  }

  end(): void {
    this.over = true;
  }

  private drawn(): Fault {
    let ticket = this.random.between(
      0,
      this.kinds.reduce((sum, { often }) => sum + often, 0),
    );
    return this.kinds.find(({ often }) => (ticket -= often) < 0) ?? this.random.oneOf(this.kinds);
  }

  private watch(fault: Promise<void>): void {
    const work: Promise<void> = fault.finally(() => this.underWay.delete(work));
    this.underWay.add(work);
  }

  private hit(how: (victim: Actor) => Promise<void>): Promise<void> | null {
    const idle = this.pool.alive.filter(({ busy }) => !busy);
    const busy = this.pool.alive.length - idle.length;
    return busy < MOST_BUSY && idle.length > 0 ? how(this.random.oneOf(idle)) : null;
  }

  private async kill(victim: Actor): Promise<void> {
    await this.pool.kill(victim);
    await pause(this.random.between(0, 1.5) * SECOND);
    await this.pool.start(machineOf(victim.name));
  }

  private async stop(victim: Actor): Promise<void> {
    victim.busy = true;
    victim.worker.signal('SIGSTOP');
    await pause(this.someTime());
    victim.worker.signal('SIGCONT');
    victim.busy = false;
  }

  private async block(victim: Actor): Promise<void> {
    victim.busy = true;
    const blockMs = this.someTime() / 2;
    this.pool.order(victim, { blockMs });
    await pause(blockMs);
    victim.busy = false;
  }

  /** Mostly short, sometimes as long as all rules together. */
  private someTime(): number {
    return this.random.between(0.1, this.random.happens(0.3) ? 7 : 1.5) * SECOND;
  }

  private async moodSwing(): Promise<void> {
    this.issuer.badness = this.random.between(0.3, 1);
    await pause(this.random.between(0.5, 4) * SECOND);
    this.issuer.badness = 0;
  }

  /** The next that asks KIS is hit in the middle of it. */
  private ambush(): Promise<void> {
    const moment = this.random.oneOf(['arrived', 'answered']);
    const deadly = this.random.happens(0.5);
    this.issuer.onRequest = (by, when) => {
      const victim = this.pool.find(by);
      if (when !== moment || !victim || victim.busy) return;
      this.issuer.onRequest = () => undefined;
      this.watch(deadly ? this.kill(victim) : this.stop(victim));
    };
    return Promise.resolve();
  }

  private refuseToken(): Promise<void> | null {
    const ready = this.targets.keys.filter(
      (key) => Date.now() - (this.killedAt.get(key) ?? 0) > BETWEEN_KILLED_TOKENS_MS,
    );
    if (ready.length === 0) return null;
    const key = this.random.oneOf(ready);
    this.killedAt.set(key, Date.now());
    this.issuer.kill(key);
    return Promise.resolve();
  }

  private damage(): Promise<void> {
    const key = this.random.oneOf(this.targets.keys);
    const machine = this.random.oneOf(this.targets.machines);
    const path = this.targets.fileOf(machine, key);
    if (this.random.happens(0.5)) rmSync(path, { force: true });
    else {
      const torn = join(path, '..', '.torn');
      writeFileSync(torn, TORN_ON_PURPOSE, { mode: 0o600 });
      renameSync(torn, path);
    }
    this.losses.push({ saw: 'nothing', machine, key, at: Date.now() });
    return Promise.resolve();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

import { KisTokenStoreError } from '../../src/kis/kis.errors';
import type { History } from './history';
import type { SeededRandom } from './seeded-random';
import type { VirtualScheduler } from './virtual-scheduler';

/** How the link to a storage misbehaves for a while. */
export type LinkFault =
  | 'none'
  /** Nothing gets there: the server is away, the machine is cut off from it, the directory cannot be entered. */
  | 'closed'
  /** The operation is done, but reported as failed. */
  | 'lossy'
  /** A full or read-only disk. */
  | 'unwritable'
  | 'slow'
  /** Nothing is answered before the fault ends. */
  | 'silent';

const SLOWEST_MS = 6000;

/** The link from the processes of one machine to a storage of tokens. */
export class StorageLink {
  /** Since when nothing has been wrong, true time; `Infinity` while something is. */
  healthySince = -Infinity;
  /** When its last time of faults began, true time: one that follows another without a break belongs to the same. */
  private faultySince = -Infinity;
  private fault: LinkFault = 'none';
  private faults = 0;
  private held: (() => void)[] = [];

  constructor(
    readonly name: string,
    private readonly history: History,
    private readonly scheduler: VirtualScheduler,
    private readonly random: SeededRandom,
  ) {}

  /** A later fault replaces an earlier one. */
  fail(fault: LinkFault, lengthMs: number): void {
    if (this.fault === 'none') this.faultySince = this.scheduler.time;
    this.recover();
    this.history.record(`${this.name} is ${fault}`);
    this.fault = fault;
    this.healthySince = Infinity;
    const started = (this.faults += 1);
    this.scheduler.after(lengthMs, () => {
      if (started === this.faults) this.recover();
    });
  }

  /** The true time at which a change at the other end can be seen for certain: faults hide it until they are over. */
  visibleAt(changedAt: number): number {
    return changedAt >= this.faultySince ? Math.max(changedAt, this.healthySince) : changedAt;
  }

  /** Lets `run` happen at the other end, now or later. */
  pass(run: () => void): void {
    if (this.fault === 'silent') this.held.push(run);
    else if (this.fault === 'slow') this.scheduler.after(this.random.between(0, SLOWEST_MS), run);
    else run();
  }

  /** Runs an operation at the other end. @throws KisTokenStoreError as the fault demands. */
  carry<T>(work: () => T, writes: boolean): T {
    if (this.fault === 'closed') throw new KisTokenStoreError('The storage cannot be reached.');
    if (this.fault === 'unwritable' && writes) throw new KisTokenStoreError('The disk is full.');
    const answer = work();
    if (this.fault === 'lossy') throw new KisTokenStoreError('The connection broke.');
    return answer;
  }

  private recover(): void {
    if (this.fault !== 'none') this.history.record(`${this.name} has recovered`);
    this.fault = 'none';
    this.healthySince = this.scheduler.time;
    for (const run of this.held.splice(0)) run();
  }
}

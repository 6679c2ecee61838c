import { KisTokenStoreError } from '../../src/kis/kis.errors';
import type { History } from './history';
import type { SeededRandom } from './seeded-random';
import type { VirtualScheduler } from './virtual-scheduler';

/** How the link to a storage misbehaves for a while. */
export type RoadMood =
  | 'well'
  /** Nothing gets there: the server is away, the machine is cut off from it, the directory cannot be entered. */
  | 'closed'
  /** What is wished is done, but the answer says that it was not. */
  | 'lossy'
  /** A full or read-only disk. */
  | 'unwritable'
  | 'slow'
  /** Nothing is answered before the trouble ends. */
  | 'silent';

const SLOWEST_MS = 6000;

/** The link from the processes of one machine to a storage of tokens. */
export class StorageLink {
  /** Since when nothing has been wrong, true time; `Infinity` while something is. */
  wellSince = -Infinity;
  private mood: RoadMood = 'well';
  private troubles = 0;
  private held: (() => void)[] = [];

  constructor(
    readonly name: string,
    private readonly history: History,
    private readonly scheduler: VirtualScheduler,
    private readonly random: SeededRandom,
  ) {}

  /** A later trouble takes the place of an earlier one. */
  become(mood: RoadMood, lengthMs: number): void {
    this.recover();
    this.history.record(`${this.name} is ${mood}`);
    this.mood = mood;
    this.wellSince = Infinity;
    const trouble = (this.troubles += 1);
    this.scheduler.after(lengthMs, () => {
      if (trouble === this.troubles) this.recover();
    });
  }

  /** Lets `run` happen at the other end, now or later. */
  pass(run: () => void): void {
    if (this.mood === 'silent') this.held.push(run);
    else if (this.mood === 'slow') this.scheduler.after(this.random.between(0, SLOWEST_MS), run);
    else run();
  }

  /** Does what is wished at the other end. @throws KisTokenStoreError as the mood is. */
  carry<T>(work: () => T, writes: boolean): T {
    if (this.mood === 'closed') throw new KisTokenStoreError('The storage cannot be reached.');
    if (this.mood === 'unwritable' && writes) throw new KisTokenStoreError('The disk is full.');
    const answer = work();
    if (this.mood === 'lossy') throw new KisTokenStoreError('The connection broke.');
    return answer;
  }

  private recover(): void {
    if (this.mood !== 'well') this.history.record(`${this.name} is well`);
    this.mood = 'well';
    this.wellSince = this.scheduler.time;
    for (const run of this.held.splice(0)) run();
  }
}

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStoreFixture } from '../support/kis/file-store-fixture';
import { WorkerHost, type Worker } from '../support/workers';

/** KIS_CHAOS=10 goes on ten times as long. */
const ROUNDS = 40 * Number(process.env['KIS_CHAOS'] ?? 1);
const PROCESSES = 8;
const HOLD_MS = 40;
const COOLDOWN_MS = 15;

/** What a worker wrote down: that it won a turn, or that it is about to settle one; times are monotonic. */
interface Entry {
  readonly owner: string;
  readonly at: number;
  readonly won?: number;
  readonly began?: number;
  readonly settling?: number;
}

interface Turn {
  readonly generation: number;
  /** The turn was certainly taken by then. */
  readonly at: number;
  /** Before this it cannot have been over. */
  readonly endsAt: number;
}

function turnsIn(history: readonly Entry[]): Turn[] {
  const settledAt = new Map(history.map(({ settling, at }) => [settling, at]));
  const turns = history.flatMap(({ won, at, began = at }) => {
    if (won === undefined) return [];
    const settled = settledAt.get(won);
    const endsAt = Math.min(began + HOLD_MS, settled === undefined ? Infinity : settled + COOLDOWN_MS);
    return [{ generation: won, at, endsAt }];
  });
  return turns.sort((a, b) => a.generation - b.generation);
}

/** Claims that began while the previous one, or any other, was still held. */
function overlapsIn(turns: readonly Turn[]): string[] {
  const found: string[] = [];
  let last: Turn | null = null;
  for (const turn of turns) {
    if (last?.generation === turn.generation) found.push(`two won turn ${turn.generation}`);
    if (last && turn.at < last.endsAt) found.push(`turn ${turn.generation} within turn ${last.generation}`);
    if (!last || turn.endsAt > last.endsAt) last = turn;
  }
  return found;
}

describe(`${PROCESSES} processes that want the same turn`, () => {
  const base = mkdtempSync(join(tmpdir(), 'kis-turns-'));
  const directory = join(base, 'tokens');
  let workerHost: WorkerHost;
  let workers: Worker[] = [];
  let started = 0;

  beforeAll(() => {
    workerHost = WorkerHost.withoutNest();
    mkdirSync(directory, { mode: 0o700 });
  });

  afterAll(async () => {
    await workerHost.close();
    rmSync(base, { recursive: true });
  });

  function hire(): Worker {
    started += 1;
    const owner = `worker-${started}`;
    const history = join(base, owner);
    return workerHost.start('store.worker', {
      task: 'contend',
      directory,
      owner,
      history,
      holdMs: HOLD_MS,
      cooldownMs: COOLDOWN_MS,
    });
  }

  function historyOfAll(): Entry[] {
    return Array.from({ length: started }, (_, index) => {
      const lines = readHistory(join(base, `worker-${index + 1}`)).split('\n');
      return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Entry);
    }).flat();
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => void setTimeout(resolve, ms));
  }

  async function disturb(round: number): Promise<void> {
    const index = Math.floor(Math.random() * PROCESSES);
    const victim = workers[index];
    if (round % 3 === 0) {
      await victim?.kill();
      workers[index] = hire();
      return;
    }
    victim?.signal('SIGSTOP');
    await pause(Math.random() * 150);
    victim?.signal('SIGCONT');
  }

  it(
    'take it one after the other, whoever is killed or stopped',
    async () => {
      workers = Array.from({ length: PROCESSES }, hire);
      for (let round = 0; round < ROUNDS; round += 1) {
        await Promise.all([disturb(round), disturb(round + 1), pause(80)]);
      }
      const ends = await Promise.all(workers.map((worker) => worker.kill()));
      const taken = turnsIn(historyOfAll());
      expect(overlapsIn(taken)).toEqual([]);
      expect(taken.length).toBeGreaterThan(ROUNDS / 2);
      expect(ends).toEqual(workers.map(() => ({ code: null, signal: 'SIGKILL' })));

      const newest = taken.at(-1)?.generation ?? 0;
      const fixture = new FileStoreFixture(directory);
      expect((await fixture.store.read(fixture.credential)).claim.generation).toBeGreaterThanOrEqual(newest);
    },
    60_000 + ROUNDS * 1000,
  );
});

function readHistory(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

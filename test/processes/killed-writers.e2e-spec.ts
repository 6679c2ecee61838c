import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStoreFixture } from '../support/kis/file-store-fixture';
import { sampleToken } from '../../src/kis/testing/sample-tokens';
import { WorkerHost, type Worker } from '../support/workers';

/** KIS_CHAOS=8 makes a thousand of each kind. */
const KILLS = 125 * Number(process.env['KIS_CHAOS'] ?? 1);
const SAVES_EACH = 4;
const AT_ONCE = 4;
/** For the database, the token and one of the copies that are under way, not for all. */
const TIGHT = 'size=28k,mode=0700';

interface Seen {
  readonly reads: number;
  readonly tokens: number;
  readonly newest: number;
  readonly wrong: readonly string[];
}

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args).status === 0;
}

describe(`${KILLS} writers, each killed in the middle of ${SAVES_EACH} saves`, () => {
  let directory: string;
  let workerHost: WorkerHost;
  let generation = 0;

  beforeAll(() => {
    workerHost = WorkerHost.withoutNest();
  });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kis-kills-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  afterAll(async () => {
    await workerHost.close();
  });

  const temporaries = (): string[] => readdirSync(directory).filter((name) => name.startsWith('.token_tmp_'));

  /** Begins above all that was saved before, so that what readers see must never go back. */
  async function saveAndDie(): Promise<void> {
    generation += 1000;
    const writer = workerHost.start('store.worker', {
      task: 'saveForever',
      directory,
      generation,
      rounds: SAVES_EACH,
    });
    await writer.next();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 8));
    await writer.kill();
  }

  /** What a reader saw while so many writers were killed, some at one time; something is done after each kill. */
  async function killMany(afterEach: () => unknown): Promise<Seen | null> {
    const reader: Worker = workerHost.start('store.worker', { task: 'readForever', directory });
    await reader.next();
    let left = KILLS;
    const killOneAfterAnother = async (): Promise<void> => {
      for (; left > 0; await afterEach()) {
        left -= 1;
        await saveAndDie();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, killOneAfterAnother));
    reader.signal('SIGTERM');
    const seen = await reader.next<Seen>();
    await expect(reader.exited).resolves.toEqual({ code: 0, signal: null });
    return seen;
  }

  async function expectSaved(fixture: FileStoreFixture): Promise<void> {
    const newest = sampleToken(fixture.credential, { generation: generation + 5000 });
    await expect(fixture.store.save(fixture.credential, newest)).resolves.toBe('saved');
    expect((await fixture.store.read(fixture.credential)).token).toEqual(newest);
  }

  const LONG_MS = 60_000 + KILLS * 500;

  it(
    'leave no torn, invalid or empty file, and never an older token',
    async () => {
      const seen = await killMany(() => undefined);
      expect(seen?.wrong).toEqual([]);
      expect(seen?.tokens).toBeGreaterThan(KILLS);

      const fixture = new FileStoreFixture(directory);
      await expectSaved(fixture);
      await fixture.clock.advance(Date.now() + 700_000 - fixture.clock.now());
      await fixture.store.probe();
      expect(temporaries()).toEqual([]);
    },
    LONG_MS,
  );

  const mayMount = (): boolean => {
    const probe = mkdtempSync(join(tmpdir(), 'kis-mount-'));
    const may = run('mount', '-t', 'tmpfs', '-o', TIGHT, 'tmpfs', probe) && run('umount', probe);
    rmSync(probe, { recursive: true });
    return may;
  };

  (mayMount() ? it : it.skip)(
    'and none on a disk that is full again and again',
    async () => {
      run('mount', '-t', 'tmpfs', '-o', TIGHT, 'tmpfs', directory);
      try {
        const fixture = new FileStoreFixture(directory);
        const outcomes = new Set<string>();
        await fixture.store.reject(fixture.credential, 'another');
        const seen = await killMany(async () => {
          outcomes.add(await fixture.store.save(fixture.credential, sampleToken(fixture.credential)));
          const test = fixture.another().probe();
          await test.catch((error: unknown) =>
            outcomes.add(String(error).replace(/.*(the disk is full).*/, '$1')),
          );
          for (const name of temporaries()) rmSync(join(directory, name), { force: true });
        });
        expect(seen?.wrong).toEqual([]);
        expect(seen?.tokens).toBeGreaterThan(KILLS);
        expect(outcomes).toContain('the disk is full');
        expect(outcomes).toContain('superseded');
        await expectSaved(fixture);
      } finally {
        // Lazily: the database of the store is still open.
        run('umount', '-l', directory);
      }
    },
    LONG_MS,
  );
});

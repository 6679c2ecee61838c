import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilePlace } from '../../src/kis/testing/file-place';
import { sampleToken } from '../../src/kis/testing/sample-tokens';
import { Workshop, type Worker } from '../support/workers';

/** KIS_CHAOS=10 makes ten times as many. */
const KILLS = 250 * Number(process.env['KIS_CHAOS'] ?? 1);
const SAVES_EACH = 4;
const AT_ONCE = 4;

interface Seen {
  readonly reads: number;
  readonly tokens: number;
  readonly newest: number;
  readonly wrong: readonly string[];
}

describe(`${KILLS} writers, each killed in the middle of ${SAVES_EACH} saves`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'kis-kills-'));
  let workshop: Workshop;
  let generation = 0;

  beforeAll(() => {
    workshop = Workshop.light();
  });

  afterAll(async () => {
    await workshop.close();
    rmSync(directory, { recursive: true });
  });

  /** Begins above all that was saved before, so that what readers see must never go back. */
  async function saveAndDie(): Promise<void> {
    generation += 1000;
    const writer = workshop.start('store.worker', {
      task: 'saveForever',
      directory,
      generation,
      rounds: SAVES_EACH,
    });
    await writer.next();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 8));
    await writer.kill();
  }

  async function killOneAfterAnother(count: number): Promise<void> {
    for (let kill = 0; kill < count; kill += 1) await saveAndDie();
  }

  it(
    'leave no torn, invalid or empty file, and never an older token',
    async () => {
      const reader: Worker = workshop.start('store.worker', { task: 'readForever', directory });
      await reader.next();
      await Promise.all(Array.from({ length: AT_ONCE }, () => killOneAfterAnother(KILLS / AT_ONCE)));
      reader.signal('SIGTERM');
      const seen = await reader.next<Seen>();
      expect(seen?.wrong).toEqual([]);
      expect(seen?.tokens).toBeGreaterThan(KILLS);
      await expect(reader.exited).resolves.toEqual({ code: 0, signal: null });

      const place = new FilePlace(directory);
      const newest = sampleToken(place.credential, { generation: generation + 5000 });
      await expect(place.store.save(place.credential, newest)).resolves.toBe('saved');
      await place.clock.advance(Date.now() + 700_000 - place.clock.now());
      await place.store.probe();
      expect(readdirSync(directory).filter((name) => name.startsWith('.token_tmp_'))).toEqual([]);
    },
    60_000 + KILLS * 200,
  );
});

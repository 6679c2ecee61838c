import { FilePlace } from '../../src/kis/testing/file-place';
import { Workshop, type Worker } from '../support/workers';

describe('where fs-native-extensions does not load', () => {
  let workshop: Workshop;
  let place: FilePlace;

  beforeAll(() => {
    workshop = new Workshop({
      'fs-native-extensions': `throw new Error("Cannot find addon '.'");`,
      '@nestjs/common': `exports.Logger = class {
        warn(warning) { process.stdout.write(JSON.stringify({ warning }) + '\\n'); }
      };`,
    });
  });

  afterAll(async () => {
    await workshop.close();
  });

  beforeEach(() => {
    place = new FilePlace();
  });

  afterEach(() => {
    place.remove();
  });

  const start = (task: string): Worker =>
    workshop.start('store.worker', { task, directory: place.directory });

  it('everything works all the same, and that is said once', async () => {
    const worker = start('tryEverything');
    await expect(worker.next()).resolves.toEqual({
      warning: expect.stringMatching(
        /^fs-native-extensions does not load on \w+-\w+: processes take turns by hard links/,
      ) as string,
    });
    await expect(worker.next()).resolves.toEqual({
      read: 'fine',
      probe: 'fine',
      save: 'fine',
      claim: 'fine',
      settle: 'fine',
      remove: 'fine',
    });
    await expect(worker.exited).resolves.toEqual({ code: 0, signal: null });
  });

  it('a turn is taken once, whoever wants it', async () => {
    const workers = Array.from({ length: 4 }, () => start('useEverything'));
    const results = await Promise.all(workers.map(lastWord));
    const won = results.flatMap((result) => result?.won ?? []);
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(won).toHaveLength(8);
  });
});

async function lastWord(worker: Worker): Promise<{ won?: boolean[] } | null> {
  let last: { won?: boolean[] } | null = null;
  for (let line = await worker.next<object>(); line; line = await worker.next<object>()) last = line;
  return last;
}

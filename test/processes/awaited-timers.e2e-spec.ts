import { FileStoreFixture } from '../support/kis/file-store-fixture';
import type { WaitingTask } from '../support/waiting.worker';
import { WorkerHost } from '../support/workers';

/** Far below what a timer that was left behind would take, which is a minute. */
const AT_ONCE_MS = 15_000;

describe('A process that has nothing to do but wait for the library', () => {
  let workerHost: WorkerHost;
  let fixture: FileStoreFixture;

  beforeAll(() => {
    workerHost = WorkerHost.withoutNest();
    fixture = new FileStoreFixture();
  });

  afterAll(async () => {
    await workerHost.close();
    fixture.remove();
  });

  it.each<WaitingTask['task']>([
    'pause',
    'pauseThatIsGivenUp',
    'deadline',
    'callerOfSharedWork',
    'slowThread',
    'silentStore',
    'takenLock',
    'background',
  ])('lives until the wait is over, and then ends: %s', async (task) => {
    const begun = Date.now();
    const worker = workerHost.start('waiting.worker', { task, directory: fixture.directory });
    expect(await worker.next()).toBe('settled');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(Date.now() - begun).toBeLessThan(AT_ONCE_MS);
  });
});

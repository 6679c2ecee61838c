import { temporaryDirectory } from '../support/running-api';
import type { ClosingTask } from '../support/closing.worker';
import { WorkerHost } from '../support/workers';

const ROUNDS = 60;

describe('A process that closes its stores while their threads call SQLite', () => {
  let workerHost: WorkerHost;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

  beforeAll(async () => {
    workerHost = WorkerHost.withoutNest();
    directory = await temporaryDirectory();
  });

  afterAll(async () => {
    await workerHost.close();
    directory.remove();
  });

  it('goes on, and ends when nothing is left to do', async () => {
    const task: ClosingTask = { directory: directory.path, rounds: ROUNDS };
    const worker = workerHost.start('closing.worker', task);
    expect(await worker.next()).toBe('closed');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
  });
});

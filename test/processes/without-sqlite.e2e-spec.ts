import { FileStoreFixture } from '../support/kis/file-store-fixture';
import { WorkerHost } from '../support/workers';

describe('where libsql does not load', () => {
  let workerHost: WorkerHost;
  let fixture: FileStoreFixture;

  beforeAll(() => {
    workerHost = new WorkerHost({
      libsql: `throw new Error("Cannot find module '@libsql/plan9-vax'");`,
      '@nestjs/common': `exports.Logger = class {
        warn(warning) { process.stdout.write(JSON.stringify({ warning }) + '\\n'); }
      };`,
    });
    fixture = new FileStoreFixture();
  });

  afterAll(async () => {
    fixture.remove();
    await workerHost.close();
  });

  it('a process does everything by itself, and says so once', async () => {
    const worker = workerHost.start('store.worker', { task: 'tryEverything', directory: fixture.directory });
    await expect(worker.next()).resolves.toEqual({
      warning: expect.stringMatching(
        /^libsql does not load on \w+-\w+\. Claims are kept in the memory of this process/,
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
});

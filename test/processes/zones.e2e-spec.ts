import { WorkerHost } from '../support/workers';

describe('the zoneless times of a token file', () => {
  let workerHost: WorkerHost;

  beforeAll(() => {
    workerHost = WorkerHost.withoutNest();
  });

  afterAll(async () => {
    await workerHost.close();
  });

  const SUMMER = Date.UTC(2026, 6, 1, 0, 30, 0, 7);
  const WINTER = Date.UTC(2026, 11, 31, 20, 0, 59, 999);

  it.each([
    ['UTC', '2026-07-01T00:30:00.007000', '2026-12-31T20:00:59.999000'],
    ['Asia/Seoul', '2026-07-01T09:30:00.007000', '2027-01-01T05:00:59.999000'],
    ['America/New_York', '2026-06-30T20:30:00.007000', '2026-12-31T15:00:59.999000'],
  ])('are those of the process: %s', async (zone, summer, winter) => {
    const task = { task: 'writeTimes', directory: '', times: [SUMMER, WINTER] };
    const worker = workerHost.start('store.worker', task, { zone });
    await expect(worker.next()).resolves.toEqual({ written: [summer, winter], read: [SUMMER, WINTER] });
    await worker.exited;
  });
});

import { writeFileSync } from 'node:fs';
import { SystemKisClock } from '../../src/kis/clock';
import { FileStoreFixture } from '../support/kis/file-store-fixture';
import { sampleToken } from '../../src/kis/testing/sample-tokens';
import type { KisToken } from '../../src/kis/token/kis-token';
import { FileKisTokenStore } from '../../src/kis/token/file/file-kis-token.store';
import { WorkerHost, type Worker } from '../support/workers';

const POLICY = { bufferMs: 300_000, refreshLeadMs: 7_200_000, blackout: [], issueIntervalMs: 60_000 };
const FIVE_FIELDS = JSON.stringify({
  access_token: 'of-python',
  token_type: 'Bearer',
  expires_in: 3600,
  issued_at: '2026-11-22T00:00:00.000000',
  expiry_datetime: '2026-11-22T01:00:00.000000',
});

describe('a process that stands still', () => {
  let workerHost: WorkerHost;
  let fixture: FileStoreFixture;
  /** The same place by real clocks. */
  let store: FileKisTokenStore;

  beforeAll(() => {
    workerHost = WorkerHost.withoutNest();
  });

  afterAll(async () => {
    await workerHost.close();
  });

  beforeEach(() => {
    fixture = new FileStoreFixture();
    store = new FileKisTokenStore(fixture.directory, POLICY, new SystemKisClock());
  });

  afterEach(() => {
    fixture.remove();
  });

  const token = (generation: number): KisToken => sampleToken(fixture.credential, { generation });

  async function stopped(task: string, generation = 1): Promise<Worker> {
    const worker = workerHost.start('stopping.worker', { task, directory: fixture.directory, generation });
    expect(await worker.next()).not.toBeNull();
    return worker;
  }

  it('while it takes a turn keeps others from it, and crashes nothing', async () => {
    await store.save(fixture.credential, token(1));
    await store.reject(fixture.credential, 'another');
    const worker = await stopped('whileClaiming');
    const answer = await store.claim(fixture.credential, fixture.claimRequest());
    expect(answer).toMatchObject({ won: false, remainingMs: 1000, claim: { open: true } });
    await expect(store.save(fixture.credential, token(2))).rejects.toThrow(/another process holds its lock/);
    worker.signal('SIGCONT');
    await expect(worker.next()).resolves.toBe('unlocked');
    await expect(worker.exited).resolves.toEqual({ code: 0, signal: null });
    await expect(store.save(fixture.credential, token(2))).resolves.toBe('saved');
    expect((await store.read(fixture.credential)).token).toEqual(token(2));
  });

  it('while it takes a turn is nobody any more when it is killed', async () => {
    await store.reject(fixture.credential, 'another');
    const worker = await stopped('whileClaiming');
    const claiming = store.claim(fixture.credential, fixture.claimRequest());
    await worker.kill();
    expect((await claiming).won).toBe(true);
  });

  it('before it takes a turn keeps nobody from it, and loses it when it goes on', async () => {
    const worker = await stopped('beforeClaiming');
    expect((await store.claim(fixture.credential, fixture.claimRequest())).won).toBe(true);
    worker.signal('SIGCONT');
    await expect(worker.next()).resolves.toEqual({ won: false });
    await expect(worker.exited).resolves.toEqual({ code: 0, signal: null });
  });

  it('before it puts a token in place finds the newer one that came meanwhile', async () => {
    writeFileSync(fixture.path('token'), FIVE_FIELDS, { mode: 0o600 });
    const worker = await stopped('beforeReplacing', 4);
    await expect(store.save(fixture.credential, token(5))).resolves.toBe('saved');
    worker.signal('SIGCONT');
    await expect(worker.next()).resolves.toBe('superseded');
    expect((await store.read(fixture.credential)).token?.generation).toBe(5);
    expect(fixture.files()).toEqual(['token_PSspecKey0_mock.json']);
  });
});

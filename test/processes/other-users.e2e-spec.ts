import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStoreFixture } from '../support/kis/file-store-fixture';
import { sampleToken } from '../../src/kis/testing/sample-tokens';
import { WorkerHost } from '../support/workers';

const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
/** Root is bound by no mode, so the rules are tested as another user. */
const USERS = isRoot ? [undefined, NOBODY] : [undefined];

describe('token files', () => {
  let workerHost: WorkerHost;
  let base: string;

  beforeAll(() => {
    workerHost = WorkerHost.withoutNest();
  });

  afterAll(async () => {
    await workerHost.close();
  });

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'kis-users-'));
    chmodSync(base, 0o777);
  });

  afterEach(() => {
    rmSync(base, { recursive: true });
  });

  async function told(task: object, uid?: number): Promise<unknown> {
    const worker = workerHost.start('store.worker', task, uid === undefined ? {} : { uid });
    const line = await worker.next();
    await worker.exited;
    return line;
  }

  const cases = USERS.flatMap((uid) => [0o000, 0o022, 0o277, 0o777].map((umask) => [umask, uid] as const));
  it.each(cases)('are for their owner only with the umask %o (user %s)', async (umask, uid) => {
    const directory = join(base, 'KIS/tokens');
    await expect(told({ task: 'useEverything', directory, umask }, uid)).resolves.toEqual({
      won: [true, false],
      generation: 1,
      directory: '700',
      files: [
        ['db', '600'],
        ['db-journal', '600'],
        ['json', '600'],
      ],
    });
  });

  it('can be made and swept by many that start at one time', async () => {
    const task = { task: 'probe', directory: join(base, 'tokens'), rounds: 150 };
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => told(task)));
    expect(outcomes).toEqual(outcomes.map(() => ({ failures: [] })));
  });

  (isRoot ? describe : describe.skip)('of somebody else', () => {
    const refused = expect.stringContaining(
      'this user may not read or change it. Change the owner (chown)',
    ) as string;
    const notOurs = expect.stringContaining('belongs to another user of this machine') as string;

    it('in a closed directory are refused in words; turns are taken elsewhere', async () => {
      const directory = join(base, 'tokens');
      mkdirSync(directory, 0o700);
      await expect(told({ task: 'tryEverything', directory }, NOBODY)).resolves.toEqual({
        read: refused,
        probe: refused,
        save: refused,
        claim: 'fine',
        settle: 'fine',
        remove: refused,
      });
    });

    it('that cannot be read are not replaced', async () => {
      const fixture = new FileStoreFixture(join(base, 'tokens'));
      await fixture.store.save(fixture.credential, sampleToken(fixture.credential));
      chownSync(fixture.directory, NOBODY, NOBODY);
      await expect(told({ task: 'tryEverything', directory: fixture.directory }, NOBODY)).resolves.toEqual({
        read: refused,
        probe: 'fine',
        save: refused,
        claim: 'fine',
        settle: 'fine',
        remove: refused,
      });
      expect(fixture.bytes('token').length).toBeGreaterThan(0);
    });

    it('are not used, in whatever directory, and not replaced', async () => {
      const directory = join(base, 'tokens');
      await told({ task: 'useEverything', directory }, NOBODY);
      chmodSync(directory, 0o1777);
      const fixture = new FileStoreFixture(directory);
      const before = fixture.bytes('token');
      const worker = workerHost.start('store.worker', { task: 'tryEverything', directory });
      await expect(worker.next()).resolves.toMatchObject({
        read: 'fine',
        save: notOurs,
        claim: 'fine',
        remove: 'fine',
      });
      await worker.exited;
      expect(await fixture.store.read(fixture.credential)).toMatchObject({ token: null, absence: 'foreign' });
      expect(fixture.bytes('token')).toEqual(before);
    });

    it('do not decide whose turn it is: neither a database nor a journal of theirs is used', async () => {
      const directory = join(base, 'tokens');
      await told({ task: 'useEverything', directory }, NOBODY);
      chmodSync(directory, 0o1777);
      const fixture = new FileStoreFixture(directory);
      // Its content is not trusted, but the fact that it was written is: for as long as the longest claim lasts.
      await expect(fixture.store.claim(fixture.credential, fixture.claimRequest())).rejects.toThrow(
        /it belongs to another user \(uid 65534\).* the next request is due in 90 s/,
      );
      await fixture.clock.advance(90_000);
      expect((await fixture.store.claim(fixture.credential, fixture.claimRequest())).won).toBe(true);
      rmSync(fixture.claims);
      const other = fixture.another();
      await other.reject(fixture.credential, 'x');
      expect(existsSync(fixture.claims)).toBe(false);
    });
  });
});

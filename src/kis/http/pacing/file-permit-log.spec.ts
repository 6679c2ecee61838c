import Database from 'libsql';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileStoreFixture } from '../../../../test/support/kis/file-store-fixture';
import { describePermitLog } from './permit-log.contract';
import { FilePermitLog } from './file-permit-log';
import { paceOf } from './pace';

describePermitLog('FilePermitLog', (clock) => {
  const fixture = new FileStoreFixture();
  const open = (): FilePermitLog => new FilePermitLog(fixture.directory, clock, FileStoreFixture.thread);
  const close = (): Promise<void> => {
    fixture.remove();
    return Promise.resolve();
  };
  return Promise.resolve({ log: open(), another: open, close });
});

describe('FilePermitLog', () => {
  const pace = paceOf(2);
  let fixture: FileStoreFixture;
  let log: FilePermitLog;
  let lastNumber = 0;

  beforeEach(() => {
    fixture = new FileStoreFixture();
    log = new FilePermitLog(fixture.directory, fixture.clock, FileStoreFixture.thread);
  });

  afterEach(() => {
    fixture.remove();
  });

  async function take(count: number): Promise<number> {
    const wanted = Array.from({ length: count }, () => `one.${(lastNumber += 1)}`);
    return (await log.look(fixture.credential, pace, { owner: 'one', wanted, answered: [] })).given;
  }

  const permits = (): string => join(fixture.directory, '.token_pace.db');

  it('creates a file for its user only, in a directory that it creates when there is none', async () => {
    rmSync(fixture.directory, { recursive: true });

    await take(1);

    expect(statSync(fixture.directory).mode & 0o777).toBe(0o700);
    expect(statSync(permits()).mode & 0o777).toBe(0o600);
    expect(readdirSync(fixture.directory).sort()).toEqual(['.token_pace.db', '.token_pace.db-journal']);
  });

  it.each([
    ['torn', (bytes: Buffer) => bytes.subarray(0, 60)],
    ['foreign', () => Buffer.from('hello')],
    ['huge', () => Buffer.alloc(1_000_000, 'x')],
  ])('takes a %s file for one whose permits have all been given just now', async (_, damage) => {
    await take(2);
    writeFileSync(permits(), damage(readFileSync(permits())));
    log = new FilePermitLog(fixture.directory, fixture.clock, FileStoreFixture.thread);

    expect(await take(1)).toBe(0);
    await fixture.clock.advance(2004);
    expect(await take(1)).toBe(0);
    await fixture.clock.advance(1);
    expect(await take(2)).toBe(2);
  });

  it('starts empty after a boot', async () => {
    await take(2);
    fixture.clock.bootId = 'boot-2';

    expect(await take(2)).toBe(2);
  });

  it('uses the wall clock where boots have no names, and waits no longer when that is set back', async () => {
    fixture.clock.bootId = null;
    await take(2);
    fixture.clock.step(-3_600_000);

    expect(await take(1)).toBe(0);
    await fixture.clock.advance(2005);
    expect(await take(2)).toBe(2);
  });

  it('fails within its time limit while a stopped process holds its lock', async () => {
    await take(1);
    const holder = new Database(permits());
    holder.exec('BEGIN EXCLUSIVE');
    // A busy machine may hold up one attempt.
    let quickestMs = Infinity;
    for (let attempt = 0; attempt < 5 && quickestMs >= 1000; attempt += 1) {
      const began = performance.now();
      await expect(take(1)).rejects.toThrow(/another process holds its lock/);
      quickestMs = Math.min(quickestMs, performance.now() - began);
    }

    expect(quickestMs).toBeLessThan(1000);
    holder.exec('ROLLBACK');
    holder.close();
    expect(await take(1)).toBe(1);
  });

  it('is stored elsewhere on the machine while the directory cannot be used, and in the directory afterwards', async () => {
    rmSync(fixture.directory, { recursive: true });
    writeFileSync(fixture.directory, '');
    const other = new FilePermitLog(fixture.directory, fixture.clock, FileStoreFixture.thread);
    expect(await take(2)).toBe(2);
    const request = { owner: 'two', wanted: ['two.1'], answered: [] };
    expect((await other.look(fixture.credential, pace, request)).given).toBe(0);

    rmSync(fixture.directory);
    log = new FilePermitLog(fixture.directory, fixture.clock, FileStoreFixture.thread);
    expect(await take(1)).toBe(0);
    expect(readFileSync(permits()).toString('latin1')).toContain('two');
  });
});

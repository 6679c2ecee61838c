import Database from 'libsql';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FilePlace } from '../../../../test/support/kis/file-place';
import { describePermitLog } from './permit-log.contract';
import { FilePermitLog } from './file-permit-log';
import { paceOf } from './pace';

describePermitLog('FilePermitLog', (clock) => {
  const place = new FilePlace();
  const open = (): FilePermitLog => new FilePermitLog(place.directory, clock, FilePlace.thread);
  const close = (): Promise<void> => {
    place.remove();
    return Promise.resolve();
  };
  return Promise.resolve({ log: open(), another: open, close });
});

describe('FilePermitLog', () => {
  const pace = paceOf(2);
  let place: FilePlace;
  let log: FilePermitLog;
  let lastNumber = 0;

  beforeEach(() => {
    place = new FilePlace();
    log = new FilePermitLog(place.directory, place.clock, FilePlace.thread);
  });

  afterEach(() => {
    place.remove();
  });

  async function take(count: number): Promise<number> {
    const wanted = Array.from({ length: count }, () => `one.${(lastNumber += 1)}`);
    return (await log.look(place.credential, pace, { owner: 'one', wanted, answered: [] })).given;
  }

  const permits = (): string => join(place.directory, '.token_pace.db');

  it('makes a file for its user only, in a directory that it makes when there is none', async () => {
    rmSync(place.directory, { recursive: true });

    await take(1);

    expect(statSync(place.directory).mode & 0o777).toBe(0o700);
    expect(statSync(permits()).mode & 0o777).toBe(0o600);
    expect(readdirSync(place.directory).sort()).toEqual(['.token_pace.db', '.token_pace.db-journal']);
  });

  it.each([
    ['torn', (bytes: Buffer) => bytes.subarray(0, 60)],
    ['foreign', () => Buffer.from('hello')],
    ['huge', () => Buffer.alloc(1_000_000, 'x')],
  ])('takes a %s file for one whose permits have all been given just now', async (_, damage) => {
    await take(2);
    writeFileSync(permits(), damage(readFileSync(permits())));
    log = new FilePermitLog(place.directory, place.clock, FilePlace.thread);

    expect(await take(1)).toBe(0);
    await place.clock.advance(2004);
    expect(await take(1)).toBe(0);
    await place.clock.advance(1);
    expect(await take(2)).toBe(2);
  });

  it('begins anew after a boot', async () => {
    await take(2);
    place.clock.bootId = 'boot-2';

    expect(await take(2)).toBe(2);
  });

  it('goes by the wall clock where boots have no names, and waits no longer when that is set back', async () => {
    place.clock.bootId = null;
    await take(2);
    place.clock.step(-3_600_000);

    expect(await take(1)).toBe(0);
    await place.clock.advance(2005);
    expect(await take(2)).toBe(2);
  });

  it('is not to be had while a stopped process keeps its lock, and says so in time', async () => {
    await take(1);
    const holder = new Database(permits());
    holder.exec('BEGIN EXCLUSIVE');
    const began = performance.now();

    await expect(take(1)).rejects.toThrow(/another process holds its lock/);

    expect(performance.now() - began).toBeLessThan(1000);
    holder.exec('ROLLBACK');
    holder.close();
    expect(await take(1)).toBe(1);
  });

  it('is kept elsewhere on the machine where the directory cannot be used, and here again when it can', async () => {
    rmSync(place.directory, { recursive: true });
    writeFileSync(place.directory, '');
    const other = new FilePermitLog(place.directory, place.clock, FilePlace.thread);
    expect(await take(2)).toBe(2);
    const request = { owner: 'two', wanted: ['two.1'], answered: [] };
    expect((await other.look(place.credential, pace, request)).given).toBe(0);

    rmSync(place.directory);
    log = new FilePermitLog(place.directory, place.clock, FilePlace.thread);
    expect(await take(1)).toBe(0);
    expect(readFileSync(permits()).toString('latin1')).toContain('two');
  });
});

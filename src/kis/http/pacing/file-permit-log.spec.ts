import { tryLock } from 'fs-native-extensions';
import { closeSync, mkdirSync, openSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { CapturedWarnings } from '../../testing/captured-warnings';
import { FilePlace } from '../../testing/file-place';
import { ManualKisClock } from '../../testing/manual-clock';
import { describePermitLog } from '../../testing/permit-log-contract';
import { FallbackPermitLog } from './fallback-permit-log';
import { FilePermitLog } from './file-permit-log';
import { paceOf } from './pace';

describePermitLog('FilePermitLog', (clock) => {
  const place = new FilePlace();
  const open = (): FilePermitLog => new FilePermitLog(place.directory, clock);
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
    log = new FilePermitLog(place.directory, place.clock);
  });

  afterEach(() => {
    place.remove();
  });

  async function take(count: number): Promise<number> {
    const wanted = Array.from({ length: count }, () => `one.${(lastNumber += 1)}`);
    return (await log.look(place.credential, pace, { owner: 'one', wanted, answered: [] })).given;
  }

  it('makes a file for its user only, in a directory that it makes when there is none', async () => {
    rmSync(place.directory, { recursive: true });

    await take(1);

    expect(statSync(place.directory).mode & 0o777).toBe(0o700);
    expect(statSync(place.path('pace')).mode & 0o777).toBe(0o600);
    expect(place.files()).toEqual([expect.stringMatching(/^\.token_PSspecKey0_mock_[0-9a-f]{8}\.pace$/)]);
  });

  it.each([
    ['torn', (bytes: Buffer) => bytes.subarray(0, 60)],
    ['foreign', () => Buffer.from('hello')],
    ['huge', () => Buffer.alloc(1_000_000, 'x')],
  ])('takes a %s file for one whose permits have all been given just now', async (_, damage) => {
    await take(2);
    place.put('pace', damage(place.bytes('pace')));

    expect(await take(1)).toBe(0);
    await place.clock.advance(2004);
    expect(await take(1)).toBe(0);
    await place.clock.advance(1);
    expect(await take(2)).toBe(2);
    expect(place.bytes('pace')).toHaveLength(4096);
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

  it('is not to be had while a stopped process keeps its lock, and says so after a quarter of a second', async () => {
    await take(1);
    const fd = openSync(place.path('pace'), 'r+');
    tryLock(fd);
    const began = place.clock.monotonic();

    await expect(take(1)).rejects.toThrow(/another process holds its lock/);

    expect(place.clock.monotonic() - began).toBeLessThan(260);
    closeSync(fd);
    expect(await take(1)).toBe(1);
  });

  it('follows no link and opens no directory', async () => {
    writeFileSync(`${place.directory}/elsewhere`, '');
    symlinkSync(`${place.directory}/elsewhere`, place.path('pace'));
    await expect(take(1)).rejects.toThrow(/symbolic link/);

    rmSync(place.path('pace'));
    mkdirSync(place.path('pace'));
    await expect(take(1)).rejects.toThrow(/a directory of that name/);
  });

  it('is missed by nobody who waits: without its directory a process keeps to its own share, until that is there', async () => {
    const warnings = new CapturedWarnings();
    const clock = new ManualKisClock();
    rmSync(place.directory, { recursive: true });
    writeFileSync(place.directory, '');
    const shared = new FallbackPermitLog(new FilePermitLog(place.directory, clock), clock);
    const look = (id: string) =>
      shared.look(place.credential, pace, { owner: 'one', wanted: [id], answered: [] });

    expect((await look('a')).given).toBe(1);
    expect(warnings.take()).toEqual([
      expect.stringMatching(/a part of the path is a file\. .* own share, 2 in 1005 ms/),
    ]);

    rmSync(place.directory);
    await clock.advance(8000);
    expect((await look('b')).given).toBe(1);
    expect(place.bytes('pace').toString()).toContain('"b"');
  });
});

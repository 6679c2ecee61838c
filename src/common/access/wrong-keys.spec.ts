import fc from 'fast-check';
import { WrongKeys } from './wrong-keys';

describe('WrongKeys', () => {
  let now: number;
  let wrongKeys: WrongKeys;

  beforeEach(() => {
    now = 0;
    wrongKeys = new WrongKeys(() => now);
  });

  const add = (address: string, count: number): void => {
    for (let index = 0; index < count; index += 1) wrongKeys.add(address);
  };

  it('blocks an address for a minute after ten within a minute', () => {
    add('10.0.0.1', 9);
    expect(wrongKeys.blockedForMs('10.0.0.1')).toBe(0);
    add('10.0.0.1', 1);
    now = 59_999;
    expect(wrongKeys.blockedForMs('10.0.0.1')).toBe(1);
    expect(wrongKeys.blockedForMs('10.0.0.2')).toBe(0);
    now = 60_000;
    expect(wrongKeys.blockedForMs('10.0.0.1')).toBe(0);
    add('10.0.0.1', 9);
    expect(wrongKeys.blockedForMs('10.0.0.1')).toBe(0);
  });

  it('forgets tries that are a minute old', () => {
    add('10.0.0.1', 9);
    now = 60_000;
    add('10.0.0.1', 9);
    expect(wrongKeys.blockedForMs('10.0.0.1')).toBe(0);
    add('10.0.0.1', 1);
    expect(wrongKeys.blockedForMs('10.0.0.1')).toBe(60_000);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['2001:db8::1', '2001:db8:0:0:1::1', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['fe80::1%eth0', 'fe80::2%eth0', true],
    ['::1', '2001:db8::1', false],
    ['127.0.0.1', '127.255.0.9', true],
    ['::1', '::ffff:127.0.0.2', true],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.2', false],
  ])('takes %s and %s for one: %s', (one, other, same) => {
    add(one, 10);
    expect(wrongKeys.blockedForMs(other) > 0).toBe(same);
  });

  it('lets no address try more than ten keys in any minute, whenever it tries', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 100 }), (pauses) => {
        now = 0;
        wrongKeys = new WrongKeys(() => now);
        const tried = pauses.flatMap((pause) => {
          now += pause;
          if (wrongKeys.blockedForMs('10.0.0.1') > 0) return [];
          wrongKeys.add('10.0.0.1');
          return [now];
        });
        const withinMinute = tried.map(
          (at) => tried.filter((time) => time >= at && time < at + 60_000).length,
        );
        expect(Math.max(0, ...withinMinute)).toBeLessThanOrEqual(10);
      }),
    );
  });

  it('remembers a bounded number of addresses', () => {
    add('10.0.0.1', 10);
    for (let index = 0; index < 10_000; index += 1) wrongKeys.add(`2001:db8:${index.toString(16)}::1`);
    expect(wrongKeys.blockedForMs('10.0.0.1')).toBe(0);
  });
});

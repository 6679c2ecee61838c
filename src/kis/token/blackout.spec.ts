import { KisInvalidRequestError } from '../kis.errors';
import { blackoutAround, parseBlackout } from './blackout';

const HOUR = 3_600_000;

/** Korean wall time; 2026-11-23 is a Monday. */
function korean(time: string): number {
  return Date.parse(`${time}+09:00`);
}

describe('parseBlackout', () => {
  it.each([
    ['', []],
    [' , ', []],
    ['Mon-Fri 08:30-15:40', [[[1, 2, 3, 4, 5], 510, 940]]],
    ['Sat 10:00-11:00', [[[6], 600, 660]]],
    ['Fri-Mon 10:00-11:00', [[[0, 1, 5, 6], 600, 660]]],
    ['Mon-Sun 00:00-24:00', [[[0, 1, 2, 3, 4, 5, 6], 0, 1440]]],
    ['22:00-06:00', [[[0, 1, 2, 3, 4, 5, 6], 1320, 360]]],
    [
      'Mon 08:00-09:00, Tue 10:00-11:00',
      [
        [[1], 480, 540],
        [[2], 600, 660],
      ],
    ],
  ])('reads %j', (text, windows) => {
    const read = parseBlackout(text).map(({ days, fromMinute, toMinute }) => [
      [...days].sort(),
      fromMinute,
      toMinute,
    ]);
    expect(read).toEqual(windows);
  });

  it.each([
    'nonsense',
    'Mon-Fri',
    '8:30-15:40',
    '08:30-15:4',
    '08:30 - 15:40',
    'mon 08:30-15:40',
    'Mox 08:30-15:40',
    'Mon-Fry 08:30-15:40',
    'Mon,Tue 08:30-15:40',
    '24:01-25:00',
    '08:60-09:30',
    '08:30-09:99',
    '08:30-08:30',
    'Mon-Fri 08:30-15:40 KST',
    'Mon-Fri 08:30-15:40, 9-10',
  ])('refuses %j and says how to write it', (text) => {
    expect(() => parseBlackout(text)).toThrow(KisInvalidRequestError);
    expect(() => parseBlackout(text)).toThrow(/write it like "Mon-Fri 08:30-15:40"/);
  });

  it('names the part that it cannot read, and not more than forty characters of it', () => {
    expect(() => parseBlackout('Mon 08:00-09:00, oops')).toThrow(/^"oops" is not a blackout window/);
    expect(() => parseBlackout('x'.repeat(500))).toThrow(/^"x{40}" is/);
  });
});

describe('blackoutAround', () => {
  const market = parseBlackout('Mon-Fri 08:30-15:40');
  const night = parseBlackout('Fri 22:00-06:00');

  it.each([
    [market, '2026-11-23T08:29:59.999', null, null],
    [market, '2026-11-23T08:30:00', '2026-11-23T08:30', '2026-11-23T15:40'],
    [market, '2026-11-23T15:39:59.999', '2026-11-23T08:30', '2026-11-23T15:40'],
    [market, '2026-11-23T15:40:00', null, null],
    [market, '2026-11-27T12:00:00', '2026-11-27T08:30', '2026-11-27T15:40'],
    [market, '2026-11-28T12:00:00', null, null],
    [market, '2026-11-29T12:00:00', null, null],
    [night, '2026-11-27T21:59:59', null, null],
    [night, '2026-11-27T22:00:00', '2026-11-27T22:00', '2026-11-28T06:00'],
    [night, '2026-11-28T05:59:59', '2026-11-27T22:00', '2026-11-28T06:00'],
    [night, '2026-11-28T06:00:00', null, null],
    [night, '2026-11-28T22:00:00', null, null],
    [night, '2026-11-27T03:00:00', null, null],
  ])('%#: of the windows around %s it finds the one that holds it', (windows, at, start, end) => {
    const expected = start === null ? null : { start: korean(start), end: korean(end) };
    expect(blackoutAround(windows, korean(at))).toEqual(expected);
  });

  it('counts in Korea, wherever the machine is', () => {
    expect(blackoutAround(market, Date.parse('2026-11-22T23:30:00Z'))?.start).toBe(
      korean('2026-11-23T08:30'),
    );
    expect(blackoutAround(market, Date.parse('2026-11-23T08:30:00Z'))).toBeNull();
  });

  it('has none on a weekday without trading, but has one on the weekend days that are configured', () => {
    const never = (): boolean => false;
    expect(blackoutAround(market, korean('2026-11-23T12:00:00'), never)).toBeNull();
    expect(blackoutAround(night, korean('2026-11-28T05:00:00'), never)).toBeNull();
    const saturday = parseBlackout('Sat 10:00-11:00');
    expect(blackoutAround(saturday, korean('2026-11-28T10:30:00'), never)).not.toBeNull();
  });

  it('joins windows that overlap', () => {
    const windows = parseBlackout('Mon 08:00-12:00, Mon 10:00-14:00');
    expect(blackoutAround(windows, korean('2026-11-23T11:00'))).toEqual({
      start: korean('2026-11-23T08:00'),
      end: korean('2026-11-23T14:00'),
    });
  });

  it('knows a window of a whole day', () => {
    const windows = parseBlackout('Sun 00:00-24:00');
    const sunday = blackoutAround(windows, korean('2026-11-29T23:59:59'));
    expect(sunday && sunday.end - sunday.start).toBe(24 * HOUR);
    expect(blackoutAround(windows, korean('2026-11-30T00:00:00'))).toBeNull();
  });
});

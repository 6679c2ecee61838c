import { spawnSync } from 'node:child_process';
import { formatNaive, parseNaive } from './local-time';

const local = (...parts: [number, number, number, number?, number?, number?, number?]): number =>
  new Date(
    parts[0],
    parts[1] - 1,
    parts[2],
    parts[3] ?? 0,
    parts[4] ?? 0,
    parts[5] ?? 0,
    parts[6] ?? 0,
  ).getTime();

describe('formatNaive', () => {
  it.each([
    [local(2025, 11, 3, 19, 45, 30, 123), '2025-11-03T19:45:30.123000'],
    [local(2025, 11, 3, 19, 45, 30, 0), '2025-11-03T19:45:30.000000'],
    [local(2026, 1, 2, 3, 4, 5, 6), '2026-01-02T03:04:05.006000'],
    [local(1969, 12, 31, 12, 0, 0, 1), '1969-12-31T12:00:00.001000'],
    [local(2025, 11, 3, 19, 45, 30, 999) + 0.6, '2025-11-03T19:45:31.000000'],
  ])('writes %d as %s', (at, text) => {
    expect(formatNaive(at)).toBe(text);
  });
});

describe('parseNaive', () => {
  it.each([
    ['2025-11-03T19:45:30.123456', local(2025, 11, 3, 19, 45, 30, 123)],
    ['2025-11-03T19:45:30.1', local(2025, 11, 3, 19, 45, 30, 100)],
    ['2025-11-03T19:45:30', local(2025, 11, 3, 19, 45, 30)],
    ['2025-11-03 19:45:30', local(2025, 11, 3, 19, 45, 30)],
    ['2025-11-03T19:45:30+09:00', Date.UTC(2025, 10, 3, 10, 45, 30)],
    ['2025-11-03T19:45:30.5-0330', Date.UTC(2025, 10, 3, 23, 15, 30, 500)],
    ['2025-11-03T19:45:30Z', Date.UTC(2025, 10, 3, 19, 45, 30)],
  ])('reads %s', (text, at) => {
    expect(parseNaive(text)).toBe(at);
  });

  it.each([
    ['2025-13-03T19:45:30'],
    ['2025-00-03T19:45:30'],
    ['2025-11-32T19:45:30'],
    ['2025-11-00T19:45:30'],
    ['2025-11-03T24:45:30'],
    ['2025-11-03T19:60:30'],
    ['2025-11-03T19:45:60'],
    ['2025-11-03T19:45:30.1234567'],
    ['2025-11-03'],
    [' 2025-11-03T19:45:30'],
    ['2025-11-03T19:45:30 '],
    [''],
    [null],
    [undefined],
    [1762163130],
    [{}],
  ])('takes %p for no time', (text) => {
    expect(parseNaive(text)).toBeNull();
  });
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

(hasPython ? describe : describe.skip)('between us and Python', () => {
  const MOMENTS = [
    Date.UTC(2025, 10, 3, 10, 45, 30, 123),
    Date.UTC(2026, 0, 1),
    Date.UTC(2026, 5, 30, 23, 59, 59, 999),
    Date.UTC(2028, 1, 29, 12),
  ];

  function python(program: string, ...inputs: string[]): string[] {
    const { stdout } = spawnSync('python3', [
      '-c',
      `from datetime import datetime\nimport sys\n${program}`,
      ...inputs,
    ]);
    return stdout.toString().trim().split('\n');
  }

  it('Python reads what we write', () => {
    const read = python(
      'for t in sys.argv[1:]: print(round(datetime.fromisoformat(t).timestamp() * 1000))',
      ...MOMENTS.map(formatNaive),
    );
    expect(read).toEqual(MOMENTS.map(String));
  });

  it.each([
    ['with microseconds', '+ 0.000456', 'isoformat()'],
    ['without microseconds', '', "isoformat(timespec='seconds')"],
    ['as it is by default', '', 'isoformat()'],
  ])('we read what Python writes %s', (_, more, call) => {
    const program = `for t in sys.argv[1:]: print(datetime.fromtimestamp(int(t) / 1000 ${more}).${call})`;
    const written = python(program, ...MOMENTS.map(String));
    const whole = call.includes('seconds') ? 1000 : 1;
    expect(written.map(parseNaive)).toEqual(MOMENTS.map((at) => Math.floor(at / whole) * whole));
  });
});

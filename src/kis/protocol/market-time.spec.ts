import fc from 'fast-check';
import { fromKorea, inKorea, koreanDay, parseKoreanTime } from './market-time';

describe('parseKoreanTime', () => {
  it.each([
    ['2026-11-22 12:00:00', '2026-11-22T03:00:00Z'],
    ['2026-11-22T12:00:00', '2026-11-22T03:00:00Z'],
    [' 2026-11-22 12:00:00\n', '2026-11-22T03:00:00Z'],
    ['2026-01-01 00:00:00', '2025-12-31T15:00:00Z'],
    ['2024-02-29 08:59:59', '2024-02-28T23:59:59Z'],
    // A summer time of 1988 and of other countries must not play a part.
    ['2026-03-29 02:30:00', '2026-03-28T17:30:00Z'],
    ['2026-11-01 01:30:00', '2026-10-31T16:30:00Z'],
  ])('reads %j as Korean time', (text, utc) => {
    expect(parseKoreanTime(text)).toBe(Date.parse(utc));
  });

  it.each([
    '',
    'tomorrow',
    '2026-11-22',
    '2026-11-22 12:00',
    '2026-11-22 12:00:00.5',
    '2026-11-22 12:00:00Z',
    '2026-11-22 12:00:00+09:00',
    '2026-11-22  12:00:00',
    '20261122 120000',
    '2026-1-2 3:4:5',
    '2026-02-29 12:00:00',
    '2026-02-30 12:00:00',
    '2026-04-31 12:00:00',
    '2026-13-01 12:00:00',
    '2026-00-10 12:00:00',
    '2026-01-00 12:00:00',
    '2026-01-32 12:00:00',
    '2026-01-01 24:00:00',
    '2026-01-01 12:60:00',
    '2026-01-01 12:00:60',
    '0026-01-01 12:00:00',
    '2026-99-99 99:99:99',
  ])('takes %j for no date', (text) => {
    expect(parseKoreanTime(text)).toBeNull();
  });

  it('is nine hours ahead of UTC at every second, whatever the zone of this process', () => {
    const seconds = fc.integer({ min: Date.UTC(1989, 0) / 1000, max: Date.UTC(2099, 0) / 1000 });
    fc.assert(
      fc.property(seconds, (second) => {
        const text = new Date((second + 9 * 3600) * 1000).toISOString().slice(0, 19).replace('T', ' ');
        expect(parseKoreanTime(text)).toBe(second * 1000);
      }),
    );
  });
});

describe('Korean days', () => {
  it.each([
    ['2026-11-22T14:59:59.999Z', '2026-11-22'],
    ['2026-11-22T15:00:00Z', '2026-11-23'],
    ['2026-12-31T15:00:00Z', '2027-01-01'],
  ])('%s is on %s', (utc, day) => {
    expect(koreanDay(Date.parse(utc))).toBe(Date.parse(day) / 86_400_000);
  });

  it('go to wall time and back', () => {
    const at = Date.parse('2026-11-22T20:15:30.250Z');
    expect(inKorea(at).toISOString()).toBe('2026-11-23T05:15:30.250Z');
    expect(fromKorea(inKorea(at))).toBe(at);
  });
});

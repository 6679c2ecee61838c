import { americanHoliday, isClosedInAmerica, isShortInAmerica } from './american-holidays';
import { isSurelyClosedInKorea } from './korean-holidays';
import { americanSessions, koreanSessions, type KisSession } from './market-sessions';

const day = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const inKorea = (at: Date): string => new Date(at.getTime() + 9 * 3_600_000).toISOString().slice(5, 16);
const table = (sessions: readonly KisSession[]): string[] =>
  sessions.map(({ name, from, to }) => `${name} ${inKorea(from)} ${inKorea(to)}`);

describe('sessions in Korea', () => {
  it('have had an after-market at KRX since 2026-09-14, in place of single-price trading', () => {
    const names = (date: string) => koreanSessions('KRX', day(date)).map(({ name }) => name);
    expect(names('2026-09-11')).toContain('single-price');
    expect(names('2026-09-11')).not.toContain('after');
    expect(names('2026-09-14')).toContain('after');
    expect(names('2026-09-14')).not.toContain('single-price');
    expect(table(koreanSessions('KRX', day('2026-11-25')))).toEqual([
      'previous-close 11-25T08:30 11-25T08:40',
      'opening-auction 11-25T08:30 11-25T09:00',
      'regular 11-25T09:00 11-25T15:20',
      'closing-auction 11-25T15:20 11-25T15:30',
      'close 11-25T15:40 11-25T16:00',
      'after 11-25T16:00 11-25T20:00',
    ]);
  });

  it('have been at Nextrade since 2025-03-04', () => {
    expect(koreanSessions('NXT', day('2025-02-28'))).toEqual([]);
    expect(table(koreanSessions('NXT', day('2026-11-25')))).toEqual([
      'pre 11-25T08:00 11-25T08:50',
      'regular 11-25T09:00 11-25T15:20',
      'single-price 11-25T15:30 11-25T15:40',
      'after 11-25T15:40 11-25T20:00',
    ]);
  });
});

describe('sessions in the United States', () => {
  it.each([
    [
      'in winter',
      '2026-11-25',
      [
        'daytime 11-25T10:00 11-25T18:00',
        'pre 11-25T18:00 11-25T23:30',
        'regular 11-25T23:30 11-26T06:00',
        'after 11-26T06:00 11-26T07:00',
        'extended 11-26T07:00 11-26T09:00',
      ],
    ],
    [
      'in summer',
      '2026-07-08',
      [
        'daytime 07-08T10:00 07-08T17:00',
        'pre 07-08T17:00 07-08T22:30',
        'regular 07-08T22:30 07-09T05:00',
        'after 07-09T05:00 07-09T07:00',
        'extended 07-09T07:00 07-09T09:00',
      ],
    ],
  ])('%s are, in Korea', (_, date, sessions) => {
    expect(table(americanSessions(day(date)))).toEqual(sessions);
  });

  it('end early on the day after Thanksgiving', () => {
    expect(table(americanSessions(day('2026-11-27')))[2]).toBe('regular 11-27T23:30 11-28T03:00');
    expect(isShortInAmerica(day('2026-12-24'))).toBe(true);
    expect(isShortInAmerica(day('2026-07-03'))).toBe(false);
  });
});

describe('holidays', () => {
  // The calendars that the NYSE has published for these years.
  it.each([
    [2024, '01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25'],
    [2025, '01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25'],
    [2026, '01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25'],
    [2027, '01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24'],
    [2028, '01-17 02-21 04-14 05-29 06-19 07-04 09-04 11-23 12-25'],
  ])('of the United States in %i', (year, expected) => {
    const days = Array.from({ length: 366 }, (_, index) => Date.UTC(year, 0, 1 + index));
    const closed = days
      .filter((each) => new Date(each).getUTCFullYear() === year && americanHoliday(each) !== null)
      .map((each) => new Date(each).toISOString().slice(5, 10));
    expect(closed.join(' ')).toBe(expected);
    expect(isClosedInAmerica(day('2026-11-28'))).toBe(true);
  });

  it.each([
    ['2026-12-25', true],
    ['2026-12-31', true],
    ['2027-12-31', true],
    ['2028-12-29', true],
    ['2026-12-30', false],
    ['2026-11-28', true],
    ['2026-11-25', false],
  ])('of Korea that are certain include %s: %s', (date, expected) => {
    expect(isSurelyClosedInKorea(day(date))).toBe(expected);
  });
});

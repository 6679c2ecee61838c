import { NOTICE_COLUMNS_2024, REALTIME_LAYOUTS } from '../kis';
import { inColumns } from './frame-columns';

/** A record whose fields are the names of their columns. */
const record = (trId: string, width = REALTIME_LAYOUTS[trId]?.columns.length ?? 0): string =>
  Array.from({ length: width }, (_, index) => REALTIME_LAYOUTS[trId]?.columns[index] ?? `x${index}`).join(
    '^',
  );
const widthOf = (body: string | null): number => body?.split('^').length ?? 0;

describe('A realtime frame for a program', () => {
  it('is as KIS sent it in the layout of today', () => {
    expect(inColumns({ trId: 'H0STCNT0', count: 1, body: 'a^b' }, 'current')).toBe('a^b');
  });

  it.each([
    ['H0STCNT0', 46],
    ['H0UNCNT0', 46],
    ['H0STASP0', 59],
    ['H0UNASP0', 65],
    ['H0NXASP0', 65],
    ['H0STCNI0', 26],
    ['H0GSCNI0', 25],
  ])('has the columns that the official samples name (%s: %d)', (trId, width) => {
    expect(widthOf(inColumns({ trId, count: 1, body: record(trId) }, '2025'))).toBe(width);
  });

  it('keeps every record of a batch in its place', () => {
    const body = [record('H0STCNT0'), record('H0STCNT0')].join('^');
    const cut = inColumns({ trId: 'H0STCNT0', count: 2, body }, '2025')?.split('^') ?? [];
    expect([cut.length, cut[0], cut[46]]).toEqual([92, 'MKSC_SHRN_ISCD', 'MKSC_SHRN_ISCD']);
  });

  it('loses columns that KIS appends in future', () => {
    expect(inColumns({ trId: 'H0STCNT0', count: 1, body: `${record('H0STCNT0')}^new` }, '2025')).toBe(
      record('H0STCNT0', 46),
    );
  });

  it('maps notices of 2024 by name', () => {
    const cut = inColumns({ trId: 'H0STCNI0', count: 1, body: record('H0STCNI0') }, '2024')?.split('^') ?? [];
    expect(cut).toHaveLength(23);
    expect(cut).toEqual(NOTICE_COLUMNS_2024.map((name) => (name === 'CNTG_ISNM' ? 'CNTG_ISNM40' : name)));
  });

  it.each([
    ['whose fields do not divide by the count', 2, record('H0STCNT0')],
    ['of several narrow records', 2, [record('H0STCNT0', 45), record('H0STCNT0', 45)].join('^')],
  ])('%s is not sent', (_, count, body) => {
    expect(inColumns({ trId: 'H0STCNT0', count, body }, '2025')).toBeNull();
  });

  it('of a single narrow record is sent as it is, and so are channels without a known layout', () => {
    const narrow = record('H0STCNT0', 45);
    expect(inColumns({ trId: 'H0STCNT0', count: 1, body: narrow }, '2025')).toBe(narrow);
    expect(inColumns({ trId: 'H0UPCNT0', count: 1, body: 'a^b' }, '2025')).toBe('a^b');
  });
});

// Frames of KIS that carry the moment at which they were sent.

/** The monotonic clock of the machine, in microseconds: the same in all its processes. */
export const nowUs = () => Number(process.hrtime.bigint() / 1000n);

/** A record with `width` columns, each of which is a number unless it is given. */
export function record(width, values) {
  return Array.from({ length: width }, (_, index) => values[index] ?? '71900').join('^');
}

/** A trade (H0STCNT0) and a book (H0STASP0) in the layout of 2026-09-14; `stamp` stands where listeners see it. */
export const trade = (symbol, stamp) =>
  record(47, {
    0: symbol,
    1: '093000',
    3: '2',
    4: '100',
    5: '0.14',
    13: stamp,
    21: '1',
    33: '20261123',
    46: '2',
  });
export const book = (symbol, stamp) => record(63, { 0: symbol, 1: '093000', 2: '0', 43: stamp, 62: '2' });

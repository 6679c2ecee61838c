import fc from 'fast-check';
import { contradicts, correctedBy, NO_CORRECTION, sampleFrom, type ClockCorrection } from './brokerage-clock';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const hours = fc.double({ min: -10_000, max: 10_000, noNaN: true }).map((value) => value * HOUR);
const sample = fc.record({ aheadMs: hours, doubtMs: fc.double({ min: 2500, max: 12_500, noNaN: true }) });
const standing = fc.record({ byMs: hours, pending: fc.option(sample) });

describe('sampleFrom', () => {
  it('places the header in the middle of the exchange, and of its second', () => {
    expect(sampleFrom(10_000, 1000, 5000)).toEqual({ aheadMs: 6000, doubtMs: 3000 });
  });

  it.each([null, NaN, Infinity])('has none for %s', (serverTime) => {
    expect(sampleFrom(serverTime, 0, 0)).toBeNull();
  });
});

describe('correctedBy', () => {
  it('changes nothing after one sample, whatever its difference', () => {
    fc.assert(
      fc.property(hours, sample, (byMs, said) => {
        expect(correctedBy({ byMs, pending: null }, said).byMs).toBe(byMs);
      }),
    );
  });

  it('changes nothing by two that disagree', () => {
    fc.assert(
      fc.property(hours, sample, sample, (byMs, one, other) => {
        fc.pre(Math.abs(one.aheadMs - other.aheadMs) > one.doubtMs + other.doubtMs);
        expect(correctedBy(correctedBy({ byMs, pending: null }, one), other).byMs).toBe(byMs);
      }),
    );
  });

  it('never changes by more than half a day at a time', () => {
    fc.assert(
      fc.property(standing, sample, fc.boolean(), (before, said, isConfirmed) => {
        const after = correctedBy(before, said, isConfirmed);
        expect(Math.abs(after.byMs - before.byMs)).toBeLessThanOrEqual(DAY / 2 + 1e-3);
      }),
    );
  });

  it('arrives at the truth by right samples, from wherever it stands, and stays there', () => {
    fc.assert(
      fc.property(fc.double({ min: -5 * DAY, max: 5 * DAY, noNaN: true }), standing, (truth, start) => {
        fc.pre(Math.abs(start.byMs) < 5 * DAY);
        let correction: ClockCorrection = start;
        for (let count = 0; count < 25; count += 1) {
          correction = correctedBy(correction, { aheadMs: truth, doubtMs: 2600 });
        }
        expect(contradicts({ aheadMs: truth, doubtMs: 2600 }, correction.byMs)).toBe(false);
        expect(correctedBy(correction, { aheadMs: truth, doubtMs: 2600 })).toEqual(correction);
      }),
    );
  });

  it('forgets a wrong sample as soon as a right one comes', () => {
    const wrong = { aheadMs: 25 * HOUR, doubtMs: 2600 };
    const right = { aheadMs: 300, doubtMs: 2600 };
    let correction = NO_CORRECTION;
    for (const said of [wrong, right, wrong, right, wrong]) correction = correctedBy(correction, said);
    expect(correction.byMs).toBe(0);
  });

  it('believes one sample that something else confirms', () => {
    const said = { aheadMs: 9 * HOUR, doubtMs: 2600 };
    expect(correctedBy(NO_CORRECTION, said, true)).toEqual({ byMs: 9 * HOUR, pending: null });
  });

  it('goes back to no correction where noise remains', () => {
    const said = { aheadMs: 1500, doubtMs: 2600 };
    expect(correctedBy(correctedBy({ byMs: HOUR, pending: null }, said), said).byMs).toBe(0);
  });
});

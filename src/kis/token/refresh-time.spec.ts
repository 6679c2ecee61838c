import fc from 'fast-check';
import { blackoutAround, parseBlackout } from './blackout';
import { drawRefreshAt } from './token-rules';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const BUFFER = 300 * SECOND;
const LEAD = 7200 * SECOND;
const MARKET = parseBlackout('Mon-Fri 08:30-15:40');

/** Korean wall time; 2026-11-23 is a Monday. */
function korean(time: string): number {
  return Date.parse(`${time}+09:00`);
}

function draw(
  { issuedAt, life = DAY }: { issuedAt: number; life?: number },
  chance: number,
  { blackout = '', leadMs = LEAD, bufferMs = BUFFER } = {},
): number {
  const policy = { bufferMs, refreshLeadMs: leadMs, blackout: parseBlackout(blackout) };
  return drawRefreshAt({ issuedAt, expiresAt: issuedAt + life }, policy, chance);
}

/** Moments of three weeks, to the second. */
const moments = fc
  .integer({ min: 0, max: 21 * 86_400 })
  .map((second) => korean('2026-11-22T00:00') + second * SECOND);
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const schedules = fc.constantFrom(
  'Mon-Fri 08:30-15:40',
  'Mon-Fri 08:30-15:40, Mon-Fri 04:00-08:00',
  '22:00-06:00',
  '22:00-06:00, Sat-Sun 00:00-24:00',
  'Mon-Fri 00:00-24:00',
  '00:00-04:00, 05:00-09:00, 10:00-14:00, 15:00-19:00, 20:00-23:00',
);

describe('drawRefreshAt', () => {
  const issuedAt = korean('2026-11-28T12:00');

  it.each([
    [0, DAY - BUFFER - LEAD / 2],
    [0.5, DAY - BUFFER - 0.75 * LEAD],
    [0.999999, DAY - BUFFER - LEAD],
  ])('renews at expiry − buffer − r × lead: chance %d', (chance, after) => {
    expect(Math.abs(draw({ issuedAt }, chance) - (issuedAt + after))).toBeLessThan(10 * SECOND);
  });

  it.each(['', 'Mon-Fri 08:30-15:40'])(
    'spreads 10,000 tokens over their window with the blackout %j',
    (blackout) => {
      const issued = korean('2026-11-24T14:00');
      const drawn = Array.from({ length: 10_000 }, (_, index) =>
        draw({ issuedAt: issued }, index / 10_000, { blackout }),
      );
      const sorted = drawn.toSorted((a, b) => a - b);
      const width = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
      const gaps = sorted.slice(1).map((at, index) => at - (sorted[index] ?? 0));
      expect(width).toBeGreaterThanOrEqual(0.95 * (LEAD / 2));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(0.001 * LEAD);
    },
  );

  it('moves what would fall into a blackout to before it, in the same order of magnitude', () => {
    const before = draw({ issuedAt: korean('2026-11-23T14:00') }, 0.5, { blackout: 'Mon-Fri 08:30-15:40' });
    expect(before).toBeLessThan(korean('2026-11-24T08:30'));
    expect(before).toBeGreaterThanOrEqual(korean('2026-11-24T07:30'));
  });

  it.each([
    ['on Friday for Saturday', '2026-11-27T14:00'],
    ['on Saturday for Sunday', '2026-11-28T14:00'],
  ])('leaves the weekend alone: issued %s', (_when, issued) => {
    const at = korean(issued);
    expect(draw({ issuedAt: at }, 0.5, { blackout: 'Mon-Fri 08:30-15:40' })).toBe(
      draw({ issuedAt: at }, 0.5),
    );
  });

  it('falls into no blackout that could be avoided, and never into the first six hours', () => {
    fc.assert(
      fc.property(moments, chances, schedules, (issued, chance, blackout) => {
        const at = draw({ issuedAt: issued }, chance, { blackout });
        const wished = draw({ issuedAt: issued }, chance);
        expect(at).toBeGreaterThanOrEqual(issued + 6 * HOUR);
        expect(at).toBeLessThanOrEqual(wished);
        if (!blackoutAround(parseBlackout(blackout), at)) return;
        const windows = parseBlackout(blackout);
        const earlier = Array.from({ length: 24 * 60 }, (_, minute) => at - minute * MINUTE);
        const avoidable = earlier.some(
          (moment) => moment >= issued + 6 * HOUR + 2 * SECOND && !blackoutAround(windows, moment),
        );
        expect(avoidable).toBe(false);
      }),
      { numRuns: 1500 },
    );
  });

  it('leaves the job a minute to notice, so that no renewal slips into the blackout', () => {
    const blackout = 'Mon-Fri 08:30-15:40';
    for (let step = 0; step < 2000; step += 1) {
      const at = draw({ issuedAt: korean('2026-11-23T10:00'), life: DAY }, step / 2000, { blackout });
      expect(blackoutAround(parseBlackout(blackout), at + 59_999)).toBeNull();
    }
  });

  it('finds the free weekend for a token of weeks', () => {
    const friday = draw({ issuedAt: korean('2026-11-10T12:00'), life: 10 * DAY }, 0.5, {
      blackout: 'Mon-Fri 00:00-24:00',
    });
    expect(friday).toBeGreaterThanOrEqual(korean('2026-11-15T00:00'));
    expect(friday).toBeLessThan(korean('2026-11-16T00:00'));
  });

  it('ignores a blackout that leaves no other time', () => {
    const always = draw({ issuedAt, life: 90 * DAY }, 0.3, { blackout: '00:00-24:00' });
    expect(always).toBe(draw({ issuedAt, life: 90 * DAY }, 0.3));
  });

  it('ends its search for a free moment for absurd dates, too', () => {
    const dates = { issuedAt: -8.64e15, expiresAt: issuedAt };
    const policy = { bufferMs: BUFFER, refreshLeadMs: LEAD, blackout: parseBlackout('00:00-24:00') };
    expect(drawRefreshAt(dates, policy, 0)).toBe(issuedAt - BUFFER - LEAD / 2);
  });

  it('cuts a lead that would reach into the first six hours', () => {
    fc.assert(
      fc.property(chances, fc.integer({ min: 0, max: 48 }), (chance, hours) => {
        const at = draw({ issuedAt }, chance, { leadMs: hours * HOUR });
        expect(at).toBeGreaterThanOrEqual(issuedAt + 6 * HOUR);
        expect(at).toBeLessThanOrEqual(issuedAt + DAY - BUFFER);
      }),
    );
  });

  it('renews a token of any life within that life, before its buffer where it has one', () => {
    fc.assert(
      fc.property(moments, chances, fc.integer({ min: 0, max: 100 * 24 * 60 }), (issued, chance, minutes) => {
        const life = minutes * MINUTE;
        const at = draw({ issuedAt: issued, life }, chance, { blackout: 'Mon-Fri 08:30-15:40' });
        expect(at).toBeLessThanOrEqual(issued + life - BUFFER);
        expect(at).toBeGreaterThanOrEqual(Math.min(issued, issued + life - BUFFER));
      }),
    );
  });

  it('derives the issue of a token that was returned again from its expiry', () => {
    const handedOutAt = korean('2026-11-28T12:00');
    const expiresAt = handedOutAt + 19 * HOUR;
    const policy = { bufferMs: BUFFER, refreshLeadMs: 48 * HOUR, blackout: MARKET };
    const earliest = drawRefreshAt({ issuedAt: handedOutAt, expiresAt }, policy, 0.999999);
    expect(Math.abs(earliest - (handedOutAt + HOUR))).toBeLessThan(MINUTE);
  });
});

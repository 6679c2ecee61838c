import { Logger } from '@nestjs/common';
import { OrderScenario } from './order-scenario';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('A scenario with orders', () => {
  it('exercises the service: orders reach the brokerage, callers learn their outcome, and callers fail', async () => {
    const ends = await Promise.all([1, 2, 3].map((seed) => new OrderScenario(seed).run()));
    expect(ends.every(({ booked, orders }) => booked > 0 && orders > 0)).toBe(true);
    expect(ends.some(({ failures }) => failures > 0)).toBe(true);
  });

  it('is the same whenever it is run', async () => {
    const once = await new OrderScenario(1).run({ recordEvents: true });
    expect(once.events.length).toBeGreaterThan(10);
    const again = await new OrderScenario(1).run({ recordEvents: true });
    expect(withoutDrawnIds(again.events)).toEqual(withoutDrawnIds(once.events));
  });
});

/** Cancellations get an id from the platform. */
function withoutDrawnIds(events: readonly string[]): string[] {
  return events.map((event) => event.replace(/api-[0-9a-f-]{36}/g, 'api-…'));
}

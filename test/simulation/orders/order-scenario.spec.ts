import { Logger } from '@nestjs/common';
import { OrderScenario } from './order-scenario';

/** `npm run chaos -- --orders` runs more, and one of them again. */
const SCENARIOS = 1000;

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

  it(`breaks no promise, ${SCENARIOS} times`, async () => {
    const broken: string[] = [];
    for (let seed = 1; seed <= SCENARIOS; seed += 1) {
      const { violations } = await new OrderScenario(seed).run();
      broken.push(...violations.slice(0, 1).map((what) => `${seed}: ${what}`));
    }
    expect(broken).toEqual([]);
  }, 180_000);
});

/** Cancellations get an id from the platform. */
function withoutDrawnIds(events: readonly string[]): string[] {
  return events.map((event) => event.replace(/api-[0-9a-f-]{36}/g, 'api-…'));
}

import { Logger } from '@nestjs/common';
import { GatewayScenario } from './gateway-scenario';

/** `npm run chaos -- --gateway` runs more, and one of them again. */
const SCENARIOS = 25;

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('A scenario with programs at the gateway', () => {
  it('exercises the gateway: programs are answered and cut off, orders and token requests reach the brokerage', async () => {
    const ends = await Promise.all([1, 2, 3].map((seed) => new GatewayScenario(seed).run()));
    expect(ends.every(({ answered, issues }) => answered > 0 && issues > 0)).toBe(true);
    expect(ends.some(({ unanswered }) => unanswered > 0)).toBe(true);
    expect(ends.some(({ booked }) => booked > 0)).toBe(true);
  });

  it('is the same whenever it is run', async () => {
    const once = await new GatewayScenario(1).run({ recordEvents: true });
    expect(once.events.length).toBeGreaterThan(10);
    const again = await new GatewayScenario(1).run({ recordEvents: true });
    expect(withoutDrawnIds(again.events)).toEqual(withoutDrawnIds(once.events));
  });

  it(`breaks no promise, ${SCENARIOS} times`, async () => {
    const broken: string[] = [];
    for (let seed = 1; seed <= SCENARIOS; seed += 1) {
      const { violations } = await new GatewayScenario(seed).run();
      broken.push(...violations.slice(0, 1).map((what) => `${seed}: ${what}`));
    }
    expect(broken).toEqual([]);
  }, 180_000);
});

/** Orders get an id from the platform. */
function withoutDrawnIds(events: readonly string[]): string[] {
  return events.map((event) => event.replace(/gateway-[0-9a-f-]{36}/g, 'gateway-…'));
}

import { describeWithRedis } from '../support/redis-server';
import { Chaos, type ChaosPlan } from '../support/chaos/chaos';

/** What has to happen at least once, so that the rules are put to the test. */
const TROUBLES = [
  'killed',
  'stopped',
  'blocked',
  'KIS out of order',
  'token refused',
  'token file lost or torn',
];
const LENGTH_MS = 8_000 * Number(process.env['KIS_CHAOS'] ?? 1);

async function keepEveryRule(place: ChaosPlan['place'], ...more: readonly string[]): Promise<void> {
  const seed = Date.now() % 1_000_000;
  const { violations, figures, notes } = await Chaos.run({ seed, place, lengthMs: LENGTH_MS });
  expect({ seed, violations, notes }).toEqual({ seed, violations: [], notes: null });
  expect([...TROUBLES, ...more].filter((name) => !(Number(figures[name]) > 0))).toEqual([]);
  expect(figures['tokens seen in the store']).toBeGreaterThanOrEqual(8);
  expect(figures['tokens handed out']).toBeGreaterThan(500);
}

describe('processes that are killed, stopped and blocked while KIS is out of order and files are lost', () => {
  it('keep every rule over one directory', () => keepEveryRule('files'), 600_000 + LENGTH_MS);
});

describeWithRedis('the same on three machines with a Redis that crashes, hangs and comes back empty', () => {
  it(
    'keep every rule',
    () => keepEveryRule('forgetful Redis', 'Redis killed', 'Redis stopped'),
    600_000 + LENGTH_MS,
  );
});

import { Logger } from '@nestjs/common';
import { Scenario } from './scenario';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('A scenario', () => {
  it('exercises the service: requests are made, tokens served, and callers fail', async () => {
    const ends = await Promise.all([1, 2, 3].map((seed) => new Scenario(seed).run()));
    expect(ends.every((end) => end.issues > 0 && end.served > 100)).toBe(true);
    expect(ends.some((end) => end.failed > 0)).toBe(true);
  });

  it('is the same whenever it is run', async () => {
    const once = await new Scenario(1).run({ recordEvents: true });
    expect(once.events.length).toBeGreaterThan(10);
    expect(await new Scenario(1).run({ recordEvents: true })).toEqual(once);
  });
});

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

  it.each([
    ['a deletion that is lost with the storage', 200109],
    ['a deleted token that a stopped process offers again', 201366],
    ['a slow clock, and a token that is returned again', 204071],
    ['a token that is deleted while a caller waits for a better one', 1000219],
    ['an outage with requests that leave and are lost', 209777],
    ['a copy that is missing while the shared storage cannot be read', 4029412],
    ['a response that is read long after it was written, while the clock is wrong', 4087315],
    ['a claim that arrives when its sender has given up', 4025664],
    ['a token that a machine requests on its own just before another one is revoked', 3023044],
    ['a token that is deleted while its directory cannot be read for minutes', 13089471],
    ['a token that is adopted by its generation, although it is the older one, and refused', 13099529],
  ])('holds with %s', async (_what, seed) => {
    expect((await new Scenario(seed).run()).violations).toEqual([]);
  });
});

import { Logger } from '@nestjs/common';
import { Story } from './story';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('A story', () => {
  it('puts the service to the test: requests are made, tokens served, and callers told to wait', async () => {
    const ends = await Promise.all([1, 2, 3].map((seed) => new Story(seed).tell()));
    expect(ends.every((end) => end.issues > 0 && end.served > 100)).toBe(true);
    expect(ends.some((end) => end.failed > 0)).toBe(true);
  });

  it('is the same whenever it is told', async () => {
    const once = await new Story(1).tell(true);
    expect(once.events.length).toBeGreaterThan(10);
    expect(await new Story(1).tell(true)).toEqual(once);
  });
});

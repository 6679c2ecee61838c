import { Logger } from '@nestjs/common';
import { brokenStories } from './stories';
import { Story } from './story';

const SEEDS = Number(process.env['KIS_STORY_SEEDS'] ?? 1000);

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('The token rules in virtual time', () => {
  it('hold in stories of kills, stops, clock steps, partitions and failures', async () => {
    expect(await brokenStories(1, SEEDS)).toEqual([]);
  }, 600_000);

  it('are put to the test: requests are made, tokens served, and callers told to wait', async () => {
    const ends = await Promise.all([1, 2, 3].map((seed) => new Story(seed).tell()));
    expect(ends.every((end) => end.issues > 0 && end.served > 100)).toBe(true);
    expect(ends.some((end) => end.failed > 0)).toBe(true);
    expect(await new Story(1).tell()).toEqual(ends[0]);
  });
});

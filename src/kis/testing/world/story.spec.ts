import { Logger } from '@nestjs/common';
import { Story } from './story';

const SEEDS = Number(process.env['KIS_STORY_SEEDS'] ?? 500);
const FROM = 1;

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('The token rules in virtual time', () => {
  it(`hold in ${SEEDS.toString()} stories of kills, stops, clock steps and failures`, async () => {
    const broken: string[] = [];
    for (let seed = FROM; seed < FROM + SEEDS; seed += 1) {
      const { violations } = await new Story(seed).tell();
      if (violations.length > 0)
        broken.push(`seed ${seed.toString()} (npm run chaos -- --seed …): ${violations[0] ?? ''}`);
    }
    expect(broken).toEqual([]);
  }, 600_000);

  it('are put to the test: requests are made, tokens served, and callers told to wait', async () => {
    const ends = await Promise.all([1, 2, 3].map((seed) => new Story(seed).tell()));
    expect(ends.every((end) => end.issues > 0 && end.served > 100)).toBe(true);
    expect(await new Story(1).tell()).toEqual(ends[0]);
  });
});

import { Logger } from '@nestjs/common';
import { brokenStories } from './stories';

const SEEDS = Number(process.env['KIS_STORY_SEEDS'] ?? 1000);

beforeAll(() => {
  Logger.overrideLogger(false);
});

it('The token rules hold in as many stories again', async () => {
  expect(await brokenStories(2, SEEDS)).toEqual([]);
}, 600_000);

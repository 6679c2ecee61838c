import { Story } from './story';

/**
 * Tells every second story from `first` to `last`, and names those that broke: two specs share the stories, so that two
 * workers can.
 */
export async function brokenStories(first: number, last: number): Promise<string[]> {
  const broken: string[] = [];
  for (let seed = first; seed <= last; seed += 2) {
    const { violations } = await new Story(seed).tell();
    if (violations.length > 0) broken.push(`npm run chaos -- --seed ${seed}: ${violations[0] ?? ''}`);
  }
  return broken;
}

import fc, { type IAsyncProperty, type Parameters } from 'fast-check';

/** What a suite may take for starting, stopping, and the round that is under way when the time is over. */
const SLACK_MS = 120_000;

const seconds = Number(process.env['FUZZ_SECONDS'] ?? 0);
const seed = process.env['FUZZ_SEED'];
const path = process.env['FUZZ_PATH'];

/** The time limit for a test that calls {@link fuzz}: give it to `jest.setTimeout`. */
export const FUZZ_LIMIT_MS = seconds * 1000 + SLACK_MS;

/**
 * Tries a property: `runs` times as part of `npm test`, and round after round for the time that `npm run fuzz` asks for.
 * A failure is shrunk by `npm run fuzz` only; it names seed and path, with which that command tries it again.
 *
 * @param examples inputs that have failed once; each is tried in the first round.
 */
export async function fuzz<T>(property: IAsyncProperty<T>, runs: number, examples: T[] = []): Promise<void> {
  const endsAt = Date.now() + seconds * 1000;
  let round = 0;
  do {
    const parameters: Parameters<T> = {
      numRuns: runs,
      endOnFailure: seconds === 0,
      ...(round === 0 ? { examples } : {}),
      ...(seed === undefined ? {} : { seed: Number(seed) + round }),
      ...(path === undefined ? {} : { path }),
    };
    await fc.assert(property, parameters);
    round += 1;
  } while (path === undefined && Date.now() < endsAt);
}

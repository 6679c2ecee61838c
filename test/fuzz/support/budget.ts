import fc, { type Parameters, type Plugin } from 'fast-check';

/** What is left of a time limit of Jest for starting and stopping. */
const SLACK_MS = 60_000;

const seconds = Number(process.env['FUZZ_SECONDS'] ?? 0);
const seed = process.env['FUZZ_SEED'];
const path = process.env['FUZZ_PATH'];

/** The time limit of a fuzz test: as long as `npm run fuzz` asks for, otherwise long enough for a few runs. */
export const FUZZ_LIMIT_MS = Math.max(120_000, seconds * 1000 + SLACK_MS);

/**
 * How often a property is tried: a few times as part of `npm test`, for a given time by `npm run fuzz`. A failure names
 * the seed and the path, with which `npm run fuzz` tries it again.
 */
export function fuzzBudget<T>(runs: number, examples: T[] = []): Parameters<T> {
  return {
    examples,
    ...(seconds > 0
      ? { numRuns: 100_000_000, plugins: [fc.interruptAfterTimeLimit(seconds * 1000) as Plugin<T>] }
      : { numRuns: runs }),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
    endOnFailure: seconds === 0,
  };
}

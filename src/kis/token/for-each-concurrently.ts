/**
 * Runs `work` for each item, in order, {@link CONCURRENCY} at a time: pending work for thousands of credentials at once
 * would outlive the young generation of the heap, and collecting it costs more than the work itself.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
  const rest = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
}

/** Enough at a time to keep a disk or a server busy. */
const CONCURRENCY = 64;

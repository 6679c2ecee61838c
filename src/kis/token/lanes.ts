/** So many at a time keep a disk or a server busy. */
const LANES = 64;

/**
 * Does the same with each of many, in their order, a few at a time: what is under way for ten thousand at once
 * outlives the young generation of the heap, and collecting it costs more than the work itself.
 */
export async function inLanes<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
  const rest = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of rest) await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(LANES, items.length) }, lane));
}

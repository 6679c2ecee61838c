import { KisInvalidRequestError } from '../kis.errors';
import type { PlacedCandle } from './candle';

/** 20 years of days, or four months of minutes; a longer range should be requested in parts. */
const MOST_PAGES = 100;

/** How the pages of a chart are read, newest first. */
export interface CandlePages {
  /** The candles at or before `bound`, as many as a page has, and perhaps others; none: KIS has nothing older. */
  readonly read: (bound: number) => Promise<readonly PlacedCandle[]>;
  /** The latest bound that shares no candle with the one at `oldest`. */
  readonly before: (oldest: number) => number;
}

export interface FoundCandles {
  /** Oldest first, each moment once; also some from before the range, where a page has them. */
  readonly candles: readonly PlacedCandle[];
  /** KIS has nothing before the first of them. */
  readonly isAllThereIs: boolean;
}

/**
 * Reads pages back from the end of a range until one reaches beyond its start. A range is complete only if there is a candle
 * from before it, or if KIS has nothing older: days without trading make no candles, so a missing one at the start proves
 * nothing. Of each page only what is older than the pages before counts, so no candle comes from two pages.
 */
export async function readCandlePages(
  { from, to }: { readonly from: number; readonly to: number },
  { read, before }: CandlePages,
): Promise<FoundCandles> {
  const byMoment = new Map<number, PlacedCandle>();
  let bound = to;
  for (let turn = 0; turn < MOST_PAGES; turn += 1) {
    const limit = bound;
    const page = (await read(limit)).filter(({ at }) => at <= limit);
    for (const candle of page) byMoment.set(candle.at, candle);
    const oldest = Math.min(...page.map(({ at }) => at));
    if (page.length === 0 || oldest < from) {
      const candles = [...byMoment.values()].sort((one, other) => one.at - other.at);
      return { candles, isAllThereIs: page.length === 0 };
    }
    bound = before(oldest);
  }
  throw new KisInvalidRequestError(
    `The range has more candles than fit into ${MOST_PAGES} pages of KIS. Request several shorter ranges.`,
  );
}

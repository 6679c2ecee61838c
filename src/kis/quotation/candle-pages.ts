import { KisInvalidRequestError } from '../kis.errors';
import type { PlacedCandle } from './candle';

/** Reads the pages of a chart, newest first, until they cover a range of time. */

/** 20 years of days, or four months of minutes; a longer range should be requested in parts. */
const MOST_PAGES = 100;

/** How the pages of a chart are read, newest first. */
export interface CandlePages {
  /** One page of candles at or before `bound`, possibly with others; an empty page means that KIS has nothing older. */
  readonly read: (bound: number) => Promise<readonly PlacedCandle[]>;
  /** The latest bound that shares no candle with the one at `oldest`. */
  readonly before: (oldest: number) => number;
}

export interface FoundCandles {
  /** Oldest first, each moment once; may include some from before the range. */
  readonly candles: readonly PlacedCandle[];
  /** KIS has nothing older than the first of them. */
  readonly isAllThereIs: boolean;
}

/**
 * Reads pages back from the end of a range until one reaches beyond its start. A range is complete only if there is a
 * candle from before it, or if KIS has nothing older: days without trading make no candles, so a missing one at the
 * start proves nothing. Only candles older than those of the earlier pages are taken, so no candle comes from two
 * pages.
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

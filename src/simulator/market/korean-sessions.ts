import { type DomesticStock } from './domestic-stocks';
import { dayOf } from './days';
import { type Market } from './market';
import { KOREA, localDay, localMinute } from './places';

/** The phases of the Korea Exchange (KRX). */
export type KrxPhase =
  | 'closed'
  /** Orders are taken for the opening auction. */
  | 'openingAuction'
  | 'regular'
  | 'closingAuction'
  /** Trading at the close (장후 시간외). */
  | 'atClose'
  /** After-market since 2026-09-14, a market apart from the regular one. */
  | 'afterMarket'
  /** Single-price trading after hours (시간외 단일가), until the after-market took its place. */
  | 'singlePrice';

/** The phases of Nextrade (NXT). */
export type NxtPhase = 'closed' | 'preMarket' | 'main' | 'afterMarket';

/** The Korea Exchange has an after-market since this day, and no single-price trading any more. */
const AFTER_MARKET_SINCE = dayOf('20260914') ?? 0;
/** Nextrade trades since this day. */
const NEXTRADE_SINCE = dayOf('20250304') ?? 0;

/** Times of day in minutes. */
const AT = {
  early: 8 * 60 + 20,
  usual: 8 * 60 + 30,
  open: 9 * 60,
  closingAuction: 15 * 60 + 20,
  close: 15 * 60 + 30,
  afterMarket: 16 * 60,
  singlePriceEnds: 18 * 60,
  end: 20 * 60,
  nxtPreMarket: 8 * 60,
  nxtPreMarketEnds: 8 * 60 + 50,
  /** Thirty seconds after the Korea Exchange. */
  nxtMain: 9 * 60 + 0.5,
  nxtAfterMarket: 15 * 60 + 40,
};

export function krxPhase(market: Market, now: number): KrxPhase {
  if (market.isAlwaysOpen) return 'regular';
  const [day, minute] = [localDay(KOREA, now), localMinute(KOREA, now)];
  const opening = market.settings.openingOrdersFrom === '0820' ? AT.early : AT.usual;
  if (!KOREA.isTradingDay(day) || minute < opening) return 'closed';
  if (minute < AT.open) return 'openingAuction';
  if (minute < AT.closingAuction) return 'regular';
  if (minute < AT.close) return 'closingAuction';
  if (minute < AT.afterMarket) return 'atClose';
  if (hasAfterMarket(now)) return minute < AT.end ? 'afterMarket' : 'closed';
  return minute < AT.singlePriceEnds ? 'singlePrice' : 'closed';
}

export function nxtPhase(market: Market, now: number): NxtPhase {
  if (market.isAlwaysOpen) return 'main';
  const [day, minute] = [localDay(KOREA, now), localMinute(KOREA, now)];
  if (!KOREA.isTradingDay(day) || day < NEXTRADE_SINCE) return 'closed';
  if (minute >= AT.nxtPreMarket && minute < AT.nxtPreMarketEnds) return 'preMarket';
  if (minute >= AT.nxtMain && minute < AT.closingAuction) return 'main';
  return minute >= AT.nxtAfterMarket && minute < AT.end ? 'afterMarket' : 'closed';
}

/** Whether the Korea Exchange has its after-market on the day of this instant. */
function hasAfterMarket(now: number): boolean {
  return localDay(KOREA, now) >= AFTER_MARKET_SINCE;
}

/** Whether the stock is traded at Nextrade on the day of this instant. */
export function isAtNextrade(stock: DomesticStock, now: number): boolean {
  return stock.isAtNextrade && localDay(KOREA, now) >= NEXTRADE_SINCE;
}

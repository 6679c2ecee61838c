import type { KisQuotedExchange, KisVenue } from '../protocol/markets';
import type { KisQuotedBook } from '../quotation/order-book';

/** The part of the trading day in which something was traded. */
export type KisTradeSession = 'pre' | 'regular' | 'after' | 'close';

/** A trade as it happened; figures are strings as KIS sent them. */
export interface KisTrade {
  readonly symbol: string;
  readonly venue: KisVenue | KisQuotedExchange;
  readonly time: Date;
  readonly price: string;
  /** Since the previous close. */
  readonly change: string;
  /** Per cent. */
  readonly changeRate: string;
  /** Of this trade. */
  readonly quantity: string;
  /** Who took the price; `null` in auctions, and abroad, where KIS does not say. */
  readonly side: 'buy' | 'sell' | null;
  /** Of the day so far. */
  readonly volume: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  /** Best prices after the trade. */
  readonly ask: string;
  readonly bid: string;
  /** `null` where KIS does not say, as before 2026-09-14. */
  readonly session: KisTradeSession | null;
}

/** What an auction would give now. */
export interface KisExpectedTrade {
  readonly symbol: string;
  readonly venue: KisVenue;
  readonly time: Date;
  readonly price: string;
  readonly quantity: string;
  readonly change: string;
  readonly changeRate: string;
}

/** A phase of the market, a halt or a volatility interruption, as KIS announces it for a stock. */
export interface KisMarketStateChange {
  readonly symbol: string;
  readonly venue: KisVenue;
  /** MKOP_CLS_CODE, such as 112 (open) or 129 (close); `null` where nothing changed. */
  readonly phaseCode: string | null;
  readonly halted: boolean;
  readonly haltReason: string | null;
  /** Volatility interruption (VI). */
  readonly interrupted: boolean;
}

/** A notice about an order of a person, as far as it is the same at home and abroad. */
export interface KisOrderNotice {
  readonly market: 'domestic' | 'us' | 'overseas';
  /** Ten digits. One HTS id receives the notices of all its accounts. */
  readonly accountNumber: string;
  readonly orderNumber: string;
  /** The order that a modification or cancellation is about; `null` for a new one. */
  readonly originalNumber: string | null;
  readonly event: 'received' | 'filled' | 'modified' | 'cancelled' | 'rejected';
  /** What was ordered: a new order, or a change of one. */
  readonly action: 'new' | 'modify' | 'cancel';
  readonly side: 'buy' | 'sell';
  readonly symbol: string;
  /** Of a fill: what was filled; otherwise what was ordered. */
  readonly quantity: string;
  readonly price: string;
  /** HHMMSS in Korea; `null` where the exchange sends none. */
  readonly timeOfDay: string | null;
  /** KIS's code of the order type (ORD_DVSN); domestic only. */
  readonly divisionCode: string | null;
}

/** What one record of a frame says. */
export type KisMarketEvent =
  | { readonly type: 'trade'; readonly data: KisTrade }
  | { readonly type: 'book'; readonly data: KisQuotedBook }
  | { readonly type: 'expected'; readonly data: KisExpectedTrade }
  | { readonly type: 'market'; readonly data: KisMarketStateChange }
  | { readonly type: 'notice'; readonly data: KisOrderNotice };

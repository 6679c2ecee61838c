import type { KisQuotedExchange, KisVenue } from '../protocol/markets';
import type { KisOrderEvent } from '../order/notice/order-event';
import type { KisOrderNotice } from '../order/notice/order-notice';
import type { KisQuotedBook } from '../quotation/order-book';

/** The events that listeners get. */

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
  /** The side that took the price; `null` in auctions and for overseas stocks, where KIS does not provide it. */
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

/** The trade that an auction would result in now. */
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

/** What one record of a frame says. */
export type KisMarketEvent =
  | { readonly type: 'trade'; readonly data: KisTrade }
  | { readonly type: 'book'; readonly data: KisQuotedBook }
  | { readonly type: 'expected'; readonly data: KisExpectedTrade }
  | { readonly type: 'market'; readonly data: KisMarketStateChange }
  | { readonly type: 'notice'; readonly data: KisOrderNotice };

/** What a stream of channels delivers. */
export type KisRealtimeEvent =
  | Exclude<KisMarketEvent, { readonly type: 'notice' }>
  /** With `id` a stream can be resumed after its connection was lost. */
  | { readonly type: 'order'; readonly id: string; readonly data: KisOrderEvent }
  | { readonly type: 'status'; readonly data: KisRealtimeStatus }
  | { readonly type: 'gap'; readonly data: KisRealtimeGap };

/** The state of a channel, or with `channel: null` of the session with KIS or of the stream. */
export interface KisRealtimeStatus {
  readonly channel: string | null;
  readonly state: 'connected' | 'subscribed' | 'refused' | 'disconnected' | 'unreadable';
  /** Human-readable. */
  readonly detail: string;
}

/** Between these instants nothing was received for these channels. */
export interface KisRealtimeGap {
  readonly channels: readonly string[];
  readonly from: Date;
  readonly to: Date;
}

import { koreanTime } from '../korean-time';
import { BOOK_LEVELS, type Level, bookOf, expectedTrade, totalOf } from '../market/book';
import { rateOf, signOf } from '../market/change';
import { type DomesticStock } from '../market/domestic-stocks';
import { type KoreanVenue, limitsOf } from '../market/korean-prices';
import { type Market, STEP_MS } from '../market/market';
import { type Print } from '../market/tape';
import { type Columns } from './frames';
import { type Layout } from './layouts';
import { type RealtimeSettings } from './realtime-settings';

/** The columns of realtime order books of Korean stocks. */

export interface BookMoment {
  readonly stock: DomesticStock;
  readonly venue: KoreanVenue;
  readonly at: number;
  readonly print: Print;
}

/** HOUR_CLS_CODE: 0 in session, B before the open, A after the close. */
const IN_SESSION = '0';

/**
 * H0STASP0, H0NXASP0 and H0UNASP0: 59 columns, and since 2026-09-14 those of the middle price. How many Nextrade's
 * and the unified book have, sources disagree about.
 */
export function bookColumns(
  market: Market,
  moment: BookMoment,
  layout: Layout,
  settings: Readonly<RealtimeSettings>,
): Columns {
  const { stock, at, print } = moment;
  const { asks, bids } = bookOf(market, stock, print.price, at);
  const before = bookOf(market, stock, print.price, at - STEP_MS);
  const [totalAsks, totalBids] = [totalOf(asks), totalOf(bids)];
  const common = [
    stock.symbol,
    koreanTime(at),
    IN_SESSION,
    ...column(asks, ({ price }) => price),
    ...column(bids, ({ price }) => price),
    ...column(asks, ({ quantity }) => quantity),
    ...column(bids, ({ quantity }) => quantity),
    ...[totalAsks, totalBids, 0, 0],
    ...expectedColumns(market, stock, at),
    print.volume,
    ...[totalAsks - totalOf(before.asks), totalBids - totalOf(before.bids), 0, 0],
    '',
  ];
  const middle = middleOf(asks[0], bids[0]);
  return layout === '2026' ? [...common, ...middleColumns(moment, middle, settings)] : common;
}

/** Price, quantity and side of the middle price, once or for each exchange, and what comes after them. */
function middleColumns(
  { venue, print }: BookMoment,
  middle: number,
  { nxtBookColumns, unifiedBookColumns }: Readonly<RealtimeSettings>,
): Columns {
  const one = [middle, 0, ''];
  if (venue === 'KRX') return [...one, print.session];
  if (venue === 'NXT') return nxtBookColumns === 62 ? one : [...one, ...one];
  // Its place is not in the notice: 1 KRX, 2 NXT.
  return unifiedBookColumns === 66 ? [...one, ...one, '1'] : [...one, ...one];
}

function column(levels: readonly Level[], figure: (level: Level) => number): number[] {
  return Array.from({ length: BOOK_LEVELS }, (_, index) => {
    const level = levels[index];
    return level ? figure(level) : 0;
  });
}

/** ANTC_CNPR to ANTC_CNTG_PRDY_CTRT: only in auctions. */
function expectedColumns(market: Market, stock: DomesticStock, at: number): Columns {
  const expected = expectedTrade(market, stock, at);
  if (!expected) return [0, 0, 0, 0, '3', '0.00'];
  const { base } = limitsOf(market, stock, at);
  const change = expected.price - base;
  return [expected.price, expected.quantity, expected.quantity, change, signOf(change), rateOf(change, base)];
}

function middleOf(ask: Level | undefined, bid: Level | undefined): number {
  return ask && bid ? Math.floor((ask.price + bid.price) / 2) : 0;
}

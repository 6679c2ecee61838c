import { total } from '../decimal';
import { DOMESTIC_STOCKS, type DomesticStock } from '../market/domestic-stocks';
import { type Market } from '../market/market';
import { fingerprint } from '../market/noise';
import { KOREA, localDay } from '../market/places';
import { onTick } from '../market/ticks';
import { type OrderBook } from '../order/order-book';
import { type SimulatorSettings } from '../settings';
import { type Holding, applyTrade, nothingOf } from './holding';
import { openShares, tradesOf } from './trades';

/** One stock of a simulated account. Money is whole won. */
export interface DomesticPosition {
  readonly stock: DomesticStock;
  readonly quantity: bigint;
  /** Not reserved by an open sell order. */
  readonly orderable: bigint;
  readonly boughtToday: bigint;
  readonly soldToday: bigint;
  /** Average purchase price in ten-thousandths of a won: KIS prints four decimals. */
  readonly averageTenThousandths: bigint;
  readonly purchaseAmount: bigint;
  readonly price: bigint;
  readonly previousClose: bigint;
  readonly valuation: bigint;
}

/** The data from which the figures of an account are computed. */
export interface LedgerSource {
  readonly settings: Readonly<SimulatorSettings>;
  readonly market: Market;
  readonly orders: OrderBook;
}

export const PARTS_OF_WON = 10_000n;
const QUANTITIES: readonly bigint[] = [10n, 4n, 8n, 3n, 1n, 12n, 25n, 7n, 40n, 6n];

/** What the account holds now, then what it sold today. */
export function domesticPositions(source: LedgerSource, account: string, now: number): DomesticPosition[] {
  const holdings = new Map(initialHoldings(source).map((holding) => [holding.stock.symbol, holding]));
  const today = localDay(KOREA, now);
  for (const trade of tradesOf(source.orders, account, 'domestic')) {
    const holding = holdings.get(trade.stock.symbol) ?? nothingOf(trade.stock);
    holdings.set(trade.stock.symbol, holding);
    applyTrade(holding, trade, { cost: trade.amount * PARTS_OF_WON, today });
  }
  const rows = [...holdings.values()]
    .filter(isShown)
    .map((holding) => positionOf(source, account, holding, now));
  return [...rows.filter(({ quantity }) => quantity > 0n), ...rows.filter(({ quantity }) => quantity === 0n)];
}

/** The initial holdings of every account, from the settings. */
function initialHoldings({ settings }: LedgerSource): Holding<DomesticStock>[] {
  if (settings.emptyAccount) return [];
  const { holdings, soldOut } = settings;
  return DOMESTIC_STOCKS.slice(0, holdings + soldOut).map((stock, index) => {
    const quantity = QUANTITIES[index % QUANTITIES.length] ?? 1n;
    return index < holdings
      ? { ...nothingOf(stock), quantity, cost: quantity * averagePrice(stock, quantity) }
      : { ...nothingOf(stock), soldToday: quantity };
  });
}

/** KIS keeps the row of a stock that was sold out, with a quantity of 0 (until D-2; here: today). */
function isShown({ quantity, soldToday }: Holding<unknown>): boolean {
  return quantity > 0n || soldToday > 0n;
}

function positionOf(
  { market, orders }: LedgerSource,
  account: string,
  { stock, quantity, cost, boughtToday, soldToday }: Holding<DomesticStock>,
  now: number,
): DomesticPosition {
  const price = BigInt(market.price(stock, now));
  return {
    stock,
    quantity,
    orderable: quantity - openShares(orders, account, stock, 'sell'),
    boughtToday,
    soldToday,
    averageTenThousandths: quantity === 0n ? 0n : (2n * cost + quantity) / (2n * quantity),
    purchaseAmount: cost / PARTS_OF_WON,
    price,
    previousClose: BigInt(market.previousClose(stock, now)),
    valuation: quantity * price,
  };
}

/** The value of all positions at the previous close. */
export function valueYesterday(positions: readonly DomesticPosition[]): bigint {
  return total(positions, (row) => (row.quantity + row.soldToday - row.boughtToday) * row.previousClose);
}

/**
 * Bought up to ten percent above or below the base price. Only a quantity divisible by four gets a
 * fraction of a won, so that quantity times average is a whole amount.
 */
function averagePrice(stock: DomesticStock, quantity: bigint): bigint {
  const draw = fingerprint(`bought ${stock.symbol}`);
  const won = onTick((stock.basePrice * (90 + (draw % 21))) / 100);
  const quarters = quantity % 4n === 0n ? BigInt(draw % 4) : 0n;
  return BigInt(won) * PARTS_OF_WON + quarters * 2_500n;
}

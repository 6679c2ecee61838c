import { total } from '../decimal';
import { type SimulatorSettings } from '../settings';
import { DOMESTIC_STOCKS, type DomesticStock } from './domestic-stocks';
import { type Market } from './market';
import { fingerprint } from './noise';
import { onTick } from './ticks';

/** One stock of the simulated account. Money is whole won. */
export interface DomesticPosition {
  readonly stock: DomesticStock;
  readonly quantity: bigint;
  readonly soldToday: bigint;
  /** Average purchase price in ten-thousandths of a won: KIS prints four decimals. */
  readonly averageTenThousandths: bigint;
  readonly purchaseAmount: bigint;
  readonly price: bigint;
  readonly previousClose: bigint;
  readonly valuation: bigint;
}

/** Money of the account: today, and after the settlements of the two following trading days. */
export interface Cash {
  readonly today: bigint;
  readonly dayAfterTomorrow: bigint;
  readonly soldToday: bigint;
  readonly costsToday: bigint;
}

/** What the figures of an account are made of. */
export interface LedgerSource {
  readonly settings: Readonly<SimulatorSettings>;
  readonly market: Market;
}

const DEPOSIT = 50_000_000n;
const QUANTITIES: readonly bigint[] = [10n, 4n, 8n, 3n, 1n, 12n, 25n, 7n, 40n, 6n];
/** Fee and tax on a sale, in hundredths of a percent. */
const SELLING_COSTS = 20n;

/** What the account holds now, then what it sold today. */
export function domesticPositions({ settings, market }: LedgerSource, now: number): DomesticPosition[] {
  if (settings.emptyAccount) return [];
  const { holdings, soldOut } = settings;
  return DOMESTIC_STOCKS.slice(0, holdings + soldOut).map((stock, index) => {
    const quantity = QUANTITIES[index % QUANTITIES.length] ?? 1n;
    const position = held(market, stock, quantity, now);
    return index < holdings ? position : soldOutToday(position);
  });
}

/** Sales of today settle on D+2: until then they are no deposit. */
export function cashOf({ settings }: LedgerSource, positions: readonly DomesticPosition[]): Cash {
  const today = settings.emptyAccount ? 0n : DEPOSIT;
  const soldToday = total(positions, saleOf);
  const costsToday = (soldToday * SELLING_COSTS) / 10_000n;
  return { today, dayAfterTomorrow: today + soldToday - costsToday, soldToday, costsToday };
}

/** What the whole account was worth at the close before. */
export function worthYesterday(cash: Cash, positions: readonly DomesticPosition[]): bigint {
  return cash.today + total(positions, (row) => (row.quantity + row.soldToday) * row.previousClose);
}

function saleOf(position: DomesticPosition): bigint {
  return position.soldToday * position.previousClose;
}

function held(market: Market, stock: DomesticStock, quantity: bigint, now: number): DomesticPosition {
  const averageTenThousandths = averagePrice(stock, quantity);
  const price = BigInt(market.price(stock, now));
  return {
    stock,
    quantity,
    soldToday: 0n,
    averageTenThousandths,
    purchaseAmount: (quantity * averageTenThousandths) / 10_000n,
    price,
    previousClose: BigInt(market.previousClose(stock, now)),
    valuation: quantity * price,
  };
}

/** KIS keeps the row of a stock that was sold out, with a quantity of 0, until D-2 (KIS portal, 주식잔고조회). */
function soldOutToday(position: DomesticPosition): DomesticPosition {
  return {
    ...position,
    quantity: 0n,
    soldToday: position.quantity,
    averageTenThousandths: 0n,
    purchaseAmount: 0n,
    valuation: 0n,
  };
}

/**
 * Bought up to ten percent above or below the base price. Only a quantity divisible by four gets a
 * fraction of a won, so that quantity times average is a whole amount.
 */
function averagePrice(stock: DomesticStock, quantity: bigint): bigint {
  const draw = fingerprint(`bought ${stock.symbol}`);
  const won = onTick((stock.basePrice * (90 + (draw % 21))) / 100);
  const quarters = quantity % 4n === 0n ? BigInt(draw % 4) : 0n;
  return BigInt(won) * 10_000n + quarters * 2_500n;
}

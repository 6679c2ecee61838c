import { total } from '../decimal';
import { DOMESTIC_STOCKS, type DomesticStock } from '../market/domestic-stocks';
import { limitsOf } from '../market/korean-prices';
import { KOREA, localDay, nextTradingDay } from '../market/places';
import { type Order, isDomestic } from '../order/order';
import { type DomesticPosition, type LedgerSource } from './domestic-ledger';
import { type Trade, openOrders, tradesOf } from './trades';

/** Money of an account in won: today, and after the settlements of the two following trading days. */
export interface Cash {
  readonly today: bigint;
  readonly tomorrow: bigint;
  readonly dayAfterTomorrow: bigint;
  readonly boughtToday: bigint;
  readonly soldToday: bigint;
  readonly costsToday: bigint;
  /** Reserved for open buy orders. */
  readonly reserved: bigint;
}

const DEPOSIT = 50_000_000n;
/** Fee of a purchase in millionths: 10,000,000 won buy for 9,998,580 in a public mock answer. */
const BUYING_COSTS = 142n;
/** Fee and tax of a sale, in ten-thousandths. */
const SELLING_COSTS = 20n;

/** Trades settle on D+2: until then the deposit does not change. */
export function cashOf(
  source: LedgerSource,
  account: string,
  positions: readonly DomesticPosition[],
  now: number,
): Cash {
  const today = localDay(KOREA, now);
  const trades = tradesOf(source.orders, account, 'domestic');
  const start = source.settings.emptyAccount ? 0n : DEPOSIT;
  const sales = salesBefore(source, positions);
  const upTo = (day: number): bigint =>
    start +
    total(
      trades.filter((trade) => settlementOf(trade.day) <= day),
      balanceOf,
    );
  const ofToday = trades.filter(({ day }) => day === today);
  const sold =
    sales +
    total(
      ofToday.filter(({ side }) => side === 'sell'),
      ({ amount }) => amount,
    );
  return {
    today: upTo(today),
    tomorrow: upTo(nextTradingDay(KOREA, today)),
    dayAfterTomorrow: upTo(Number.POSITIVE_INFINITY) + sales - sellingCosts(sales),
    boughtToday: total(
      ofToday.filter(({ side }) => side === 'buy'),
      ({ amount }) => amount,
    ),
    soldToday: sold,
    costsToday: sellingCosts(sales) + total(ofToday, costsOf),
    reserved: total(openOrders(source.orders, account), (order) => reserveOf(source, order, now)),
  };
}

/** The value of the whole account at the previous close. */
export function worthYesterday(cash: Cash, valueOfStocks: bigint): bigint {
  return cash.dayAfterTomorrow - cash.soldToday + cash.boughtToday + cash.costsToday + valueOfStocks;
}

/** The price with which money is calculated: for an order without one the upper price limit (KIS portal, 주식주문(현금)). */
export function priceForMoney(
  { market }: LedgerSource,
  stock: DomesticStock,
  price: number,
  now: number,
): bigint {
  return BigInt(price > 0 ? price : limitsOf(market, stock, now).upper);
}

/** The cash that no open order reserves. */
export function orderable({ dayAfterTomorrow, reserved }: Cash): bigint {
  return dayAfterTomorrow > reserved ? dayAfterTomorrow - reserved : 0n;
}

/** The part of the deposit that can be spent when the fee is left over. */
export function withoutFee(deposit: bigint): bigint {
  return deposit - (deposit * BUYING_COSTS) / 1_000_000n;
}

function reserveOf(source: LedgerSource, order: Order, now: number): bigint {
  const { stock, side, price } = order.facts;
  if (side !== 'buy' || !isDomestic(stock)) return 0n;
  return BigInt(order.remaining()) * priceForMoney(source, stock, price, now);
}

/** Sales that the setting `soldOut` invents, at the close before. */
function salesBefore({ settings }: LedgerSource, positions: readonly DomesticPosition[]): bigint {
  const invented = DOMESTIC_STOCKS.slice(settings.holdings, settings.holdings + settings.soldOut);
  return total(
    positions.filter(({ stock, quantity }) => quantity === 0n && invented.includes(stock)),
    (row) => row.soldToday * row.previousClose,
  );
}

function balanceOf(trade: Trade): bigint {
  return (trade.side === 'sell' ? trade.amount : -trade.amount) - costsOf(trade);
}

function costsOf({ side, amount }: Trade): bigint {
  return side === 'sell' ? sellingCosts(amount) : (amount * BUYING_COSTS) / 1_000_000n;
}

function sellingCosts(amount: bigint): bigint {
  return (amount * SELLING_COSTS) / 10_000n;
}

function settlementOf(day: number): number {
  return nextTradingDay(KOREA, nextTradingDay(KOREA, day));
}

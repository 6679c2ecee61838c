import { total } from '../decimal';
import { type Currency, DOLLAR } from '../market/exchanges';
import { fingerprint } from '../market/noise';
import { OVERSEAS_STOCKS, type OverseasStock } from '../market/overseas-stocks';
import { localDay } from '../market/places';
import { type Order, isDomestic } from '../order/order';
import { type LedgerSource } from './domestic-ledger';
import { type Holding, applyTrade, nothingOf } from './holding';
import { type Trade, openOrders, openShares, tradesOf } from './trades';

/** One overseas stock of a simulated account. Prices and amounts are ten-thousandths of its currency. */
export interface OverseasPosition {
  readonly stock: OverseasStock;
  readonly quantity: bigint;
  /** Not reserved by an open sell order. */
  readonly orderable: bigint;
  readonly boughtToday: bigint;
  readonly soldToday: bigint;
  readonly average: bigint;
  readonly purchaseAmount: bigint;
  readonly price: bigint;
  readonly valuation: bigint;
}

/** Parts per unit of a currency. */
export const PARTS = 10_000n;

const QUANTITIES: readonly bigint[] = [40n, 12n, 100n, 5n, 200n, 100n];
const DOLLARS_IN_CASH = 25_000n;
/** Commission of a trade, in ten-thousandths. */
const COMMISSION = 25n;

/** What the account holds now. */
export function overseasPositions(source: LedgerSource, account: string, now: number): OverseasPosition[] {
  const holdings = new Map(initialHoldings(source).map((holding) => [holding.stock.key, holding]));
  for (const trade of tradesOf(source.orders, account, 'overseas')) {
    const holding = holdings.get(trade.stock.key) ?? nothingOf(trade.stock);
    holdings.set(trade.stock.key, holding);
    applyTrade(holding, trade, { cost: trade.amount, today: localDay(trade.stock.place, now) });
  }
  return [...holdings.values()]
    .filter(({ quantity }) => quantity > 0n)
    .map((holding) => positionOf(source, account, holding, now));
}

/** Foreign cash of the account in ten-thousandths: it has dollars only, and trades settle at once. */
export function foreignCash(source: LedgerSource, account: string, currency: Currency): bigint {
  const start = source.settings.emptyAccount || currency !== DOLLAR ? 0n : DOLLARS_IN_CASH * PARTS;
  const trades = tradesOf(source.orders, account, 'overseas').filter(
    ({ stock }) => stock.exchange.currency === currency,
  );
  return start + total(trades, balanceOf);
}

/** Foreign cash that no open buy order reserves. */
export function orderableForeignCash(source: LedgerSource, account: string, currency: Currency): bigint {
  const reserved = openOrders(source.orders, account).map((order) => reserveOf(order, currency));
  return foreignCash(source, account, currency) - total(reserved, (amount) => amount);
}

export function foreignCashInWon(source: LedgerSource, account: string): bigint {
  return wonOf(foreignCash(source, account, DOLLAR), DOLLAR);
}

/** An amount in ten-thousandths of a currency, in whole won. */
export function wonOf(amount: bigint, currency: Currency): bigint {
  return inWonParts(amount, currency) / PARTS;
}

/** An amount in ten-thousandths of a currency, in ten-thousandths of a won. */
export function inWonParts(amount: bigint, currency: Currency): bigint {
  return (amount * currency.rateHundredths) / (100n * currency.unit);
}

/** A price in ten-thousandths of its currency. */
export function inParts(price: number): bigint {
  return BigInt(Math.round(price * Number(PARTS)));
}

/** An amount together with the commission of its trade. */
export function withCommission(amount: bigint): bigint {
  return amount + (amount * COMMISSION) / PARTS;
}

/** The initial holdings of every account, from the settings. */
function initialHoldings({ settings }: LedgerSource): Holding<OverseasStock>[] {
  if (settings.emptyAccount) return [];
  return OVERSEAS_STOCKS.slice(0, settings.overseasHoldings).map((stock, index) => {
    const quantity = QUANTITIES[index % QUANTITIES.length] ?? 1n;
    const percent = 85 + (fingerprint(`bought ${stock.symbol}`) % 26);
    return { ...nothingOf(stock), quantity, cost: quantity * toCent((stock.basePrice * percent) / 100) };
  });
}

function positionOf(
  { market, orders }: LedgerSource,
  account: string,
  { stock, quantity, cost, boughtToday, soldToday }: Holding<OverseasStock>,
  now: number,
): OverseasPosition {
  const price = inParts(market.price(stock, now));
  return {
    stock,
    quantity,
    orderable: quantity - openShares(orders, account, stock, 'sell'),
    boughtToday,
    soldToday,
    average: cost / quantity,
    purchaseAmount: cost,
    price,
    valuation: quantity * price,
  };
}

function balanceOf({ side, amount }: Trade): bigint {
  return side === 'sell' ? 2n * amount - withCommission(amount) : -withCommission(amount);
}

function reserveOf(order: Order, currency: Currency): bigint {
  const { stock, side, price } = order.facts;
  if (side !== 'buy' || isDomestic(stock) || stock.exchange.currency !== currency) return 0n;
  return withCommission(BigInt(order.remaining()) * inParts(price));
}

function toCent(price: number): bigint {
  return BigInt(Math.round(price * 100)) * (PARTS / 100n);
}

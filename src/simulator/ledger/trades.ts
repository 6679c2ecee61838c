import { type DomesticStock } from '../market/domestic-stocks';
import { type OverseasStock } from '../market/overseas-stocks';
import { localDay } from '../market/places';
import { type Order, type Side, isDomestic } from '../order/order';
import { type OrderBook } from '../order/order-book';

/** A fill, as the ledger sees it. */
export interface Trade<Stock = DomesticStock | OverseasStock> {
  readonly stock: Stock;
  readonly side: Side;
  readonly quantity: bigint;
  readonly price: number;
  /** In whole won, or in ten-thousandths of a foreign currency. */
  readonly amount: bigint;
  /** Number of the trading day at the place. */
  readonly day: number;
  readonly at: number;
}

const PARTS = 10_000;

export function tradesOf(orders: OrderBook, account: string, kind: 'domestic'): Trade<DomesticStock>[];
export function tradesOf(orders: OrderBook, account: string, kind: 'overseas'): Trade<OverseasStock>[];
/** The fills of an account in Korea or abroad, oldest first. */
export function tradesOf(orders: OrderBook, account: string, kind: 'domestic' | 'overseas'): Trade[] {
  return orders
    .of(account)
    .filter(({ facts }) => isDomestic(facts.stock) === (kind === 'domestic'))
    .flatMap(fillsOf)
    .sort((one, other) => one.at - other.at);
}

/** Shares in open orders of one side. */
export function openShares(
  orders: OrderBook,
  account: string,
  stock: DomesticStock | OverseasStock,
  side: Side,
): bigint {
  return openOrders(orders, account)
    .filter(({ facts }) => facts.stock === stock && facts.side === side)
    .reduce((sum, order) => sum + BigInt(order.remaining()), 0n);
}

/** Orders of which something may still be filled. What was left at the end of a session is no longer open. */
export function openOrders(orders: OrderBook, account: string): Order[] {
  return orders.of(account).filter((order) => order.remaining() > 0);
}

function fillsOf({ facts, events }: Order): Trade[] {
  const { stock, side } = facts;
  const unit = isDomestic(stock) ? 1 : PARTS;
  return events
    .filter(({ fate }) => fate === 'filled')
    .map(({ at, quantity, price }) => ({
      stock,
      side,
      quantity: BigInt(quantity),
      price,
      amount: BigInt(quantity) * BigInt(Math.round(price * unit)),
      day: localDay(stock.place, at),
      at,
    }));
}

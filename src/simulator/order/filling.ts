import { type Book, type Level } from '../market/book';
import { STEP_MS } from '../market/market';
import { type Chance } from './trading-rules';
import { type Order } from './order';
import { type OrderSettings } from './order-settings';
import { type Pricing } from './order-types';

/** Shares to be filled at a price. */
export interface Portion {
  readonly quantity: number;
  readonly price: number;
}

/** Records what orders have taken out of a book, until the book changes. */
export class TakenLiquidity {
  private step = 0;
  private readonly taken = new Map<string, number>();

  at(order: Order, price: number, now: number): number {
    this.forgetBefore(now);
    return this.taken.get(nameOf(order, price)) ?? 0;
  }

  take(order: Order, { quantity, price }: Portion, now: number): void {
    this.taken.set(nameOf(order, price), this.at(order, price, now) + quantity);
  }

  private forgetBefore(now: number): void {
    const step = Math.floor(now / STEP_MS);
    if (step !== this.step) this.taken.clear();
    this.step = step;
  }
}

/** The parts of an order that an opportunity can fill, best price first. Takes nothing from the book yet. */
export function portionsOf(
  order: Order,
  pricing: Pricing,
  chance: Chance,
  worst: number,
  { settings, taken, at }: { settings: Readonly<OrderSettings>; taken: TakenLiquidity; at: number },
): Portion[] {
  if (settings.fills === 'manual' || isAsleep(order, pricing, chance.price)) return [];
  const left = order.remaining();
  if (chance.kind === 'single') {
    const isEager = pricing !== 'limit' && pricing !== 'stopLimit';
    return isEager || isRight(order, chance.price, order.facts.price)
      ? [{ quantity: left, price: chance.price }]
      : [];
  }
  const limit = limitOf(order, pricing, chance.book, worst);
  if (limit === null) return [];
  if (pricing === 'mid') return middle(chance.book, limit, left);
  const levels = otherSide(order, chance.book).filter(({ price }) => isRight(order, price, limit));
  if (settings.fills === 'instant') {
    return levels[0] ? [{ quantity: left, price: levels[0].price }] : [];
  }
  return takenFrom(levels, left, (level) => {
    const free = level.quantity - taken.at(order, level.price, at);
    return Math.min(Math.floor(free * settings.fillShare), settings.largestFill ?? Number.POSITIVE_INFINITY);
  }).slice(0, settings.largestFill === null ? undefined : 1);
}

function takenFrom(levels: readonly Level[], wanted: number, available: (level: Level) => number): Portion[] {
  const portions: Portion[] = [];
  let left = wanted;
  for (const level of levels) {
    const quantity = Math.min(left, available(level));
    if (quantity > 0) portions.push({ quantity, price: level.price });
    left -= Math.max(0, quantity);
  }
  return portions;
}

/** A stop order sleeps until its price has been reached: from below when it buys, from above when it sells. */
function isAsleep(order: Order, pricing: Pricing, price: number): boolean {
  if (pricing !== 'stopLimit' || order.isTriggered) return false;
  const { side, trigger } = order.facts;
  order.isTriggered = side === 'buy' ? price >= trigger : price <= trigger;
  return !order.isTriggered;
}

/** The worst price that the order accepts now; null where the book has none to go by. */
function limitOf(order: Order, pricing: Pricing, book: Book, worst: number): number | null {
  const { side, price } = order.facts;
  const [ask, bid] = [book.asks[0]?.price ?? null, book.bids[0]?.price ?? null];
  switch (pricing) {
    case 'market':
      return worst;
    case 'bestOpposite':
      return (order.boundPrice ??= side === 'buy' ? ask : bid);
    case 'bestOwn':
      return (order.boundPrice ??= side === 'buy' ? bid : ask);
    case 'mid':
      return ask === null || bid === null ? null : Math.floor((ask + bid) / 2);
    default:
      return price;
  }
}

function middle({ asks, bids }: Book, price: number, left: number): Portion[] {
  const quantity = Math.min(left, asks[0]?.quantity ?? 0, bids[0]?.quantity ?? 0);
  return quantity > 0 ? [{ quantity, price }] : [];
}

function otherSide({ facts }: Order, { asks, bids }: Book): readonly Level[] {
  return facts.side === 'buy' ? asks : bids;
}

function isRight({ facts }: Order, price: number, limit: number): boolean {
  return facts.side === 'buy' ? price <= limit : price >= limit;
}

/** Whether an order that fills all or nothing can be filled. */
export function isComplete(portions: readonly Portion[], order: Order): boolean {
  return portions.reduce((sum, { quantity }) => sum + quantity, 0) === order.remaining();
}

function nameOf({ facts }: Order, price: number): string {
  return `${facts.stock.key} ${facts.side} ${price}`;
}

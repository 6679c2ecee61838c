import { type Market, STEP_MS } from '../market/market';
import { type Portion, TakenLiquidity, isComplete, portionsOf } from './filling';
import { type TradingRules } from './trading-rules';
import { KOREAN_RULES } from './korean-trading-rules';
import { OVERSEAS_RULES } from './overseas-trading-rules';
import { overseasType } from './overseas-types';
import { type Order, type OrderEventKind, type OrderFacts, isDomestic } from './order';
import { type OrderBook } from './order-book';
import { type OrderSettings } from './order-settings';
import { type Pricing, orderType } from './order-types';

/**
 * Fills orders as the market moves. It has no timer: every reader of orders or money calls `advance` first, which
 * processes everything due since the last call, in chronological order.
 */
export class Matching {
  private taken = new TakenLiquidity();
  /** Orders on their way to the book, the earliest first. */
  private arriving: Order[] = [];
  private active: Order[] = [];
  private step = 0;

  constructor(
    private readonly book: OrderBook,
    private readonly market: Market,
    private readonly settings: Readonly<OrderSettings>,
  ) {}

  /** Whether anything can still happen by itself. */
  get isIdle(): boolean {
    return this.arriving.length === 0 && this.active.length === 0;
  }

  /** Takes an order that the book has entered; it reaches the market at its own time. */
  add(order: Order): void {
    this.arriving = [...this.arriving, order].sort((one, other) => one.facts.at - other.facts.at);
  }

  /** Resumes orders of an earlier run; nothing happens for the time in between. */
  resume(now: number): void {
    this.step = Math.floor(now / STEP_MS);
    this.active = this.book.all.filter((order) => order.facts.action !== 'cancel' && order.remaining() > 0);
  }

  /** Processes everything that is due by an instant. Turning the clock back undoes nothing. */
  advance(now: number): void {
    for (;;) {
      const [next] = this.arriving;
      if (!next || next.facts.at > now) break;
      this.runTo(next.facts.at);
      this.arriving.shift();
      this.arrive(next);
    }
    this.runTo(now);
  }

  /** Fills by hand. @returns whether so much of the order was left */
  fill(order: Order, portion: Portion, at: number): boolean {
    if (portion.quantity > order.remaining()) return false;
    this.record(order, 'filled', portion.quantity, portion.price, at);
    return true;
  }

  /** The exchange refuses what is left of an order that KIS has accepted. */
  reject(order: Order, at: number): boolean {
    if (order.remaining() === 0) return false;
    this.record(order, 'rejected', order.remaining(), 0, at);
    return true;
  }

  clear(): void {
    this.taken = new TakenLiquidity();
    this.arriving = [];
    this.active = [];
  }

  private runTo(until: number): void {
    const last = Math.floor(until / STEP_MS);
    while (this.step < last && this.active.length > 0) {
      this.step += 1;
      const at = this.step * STEP_MS;
      for (const order of this.active) this.meet(order, at);
      this.active = this.active.filter((order) => order.remaining() > 0);
    }
    this.step = last;
  }

  private arrive(order: Order): void {
    const { at, action, quantity, price, original } = order.facts;
    this.book.announce({ order, kind: 'received', quantity, price, at, by: null });
    if (original) this.change(order, original);
    if (action === 'cancel' || order.remaining() === 0) return;
    if (isBeyondLimits(order.facts, this.market)) {
      // A refusal for such a price is not documented, so the exchange refuses it.
      this.reject(order, at);
      return;
    }
    const immediate = isDomestic(order.facts.stock) ? orderType(order.facts.type)?.immediate : null;
    this.meet(order, at, immediate === 'FOK');
    if (immediate && order.remaining() > 0) this.record(order, 'cancelled', order.remaining(), 0, at);
    if (order.remaining() > 0) this.active.push(order);
  }

  /** What a modification or cancellation takes from its original; less if that has been filled since. */
  private change(order: Order, original: Order): void {
    const { at, action, quantity } = order.facts;
    const taken = Math.min(quantity, original.remaining());
    if (taken > 0) this.record(original, action === 'cancel' ? 'cancelled' : 'moved', taken, 0, at, order);
    if (action === 'modify' && taken < quantity) this.record(order, 'rejected', quantity - taken, 0, at);
  }

  private meet(order: Order, at: number, allOrNothing = false): void {
    const rules = rulesOf(order.facts);
    if (order.remaining() === 0) return;
    if (at > rules.expiryOf(this.market, order.facts)) {
      this.record(order, 'expired', order.remaining(), 0, at);
      return;
    }
    const chance = rules.chanceOf(this.market, order.facts, at);
    if (!chance) return;
    const worst = rules.worstPrice(this.market, order.facts.stock, order.facts.side, at);
    const { settings, taken } = this;
    const portions = portionsOf(order, pricingOf(order), chance, worst, { settings, taken, at });
    if (allOrNothing && !isComplete(portions, order)) return;
    for (const portion of portions) {
      if (chance.kind === 'book') this.taken.take(order, portion, at);
      this.record(order, 'filled', portion.quantity, portion.price, at);
    }
  }

  private record(
    order: Order,
    kind: OrderEventKind,
    quantity: number,
    price: number,
    at: number,
    by: Order | null = null,
  ): void {
    order.record({ at, fate: kind, quantity, price });
    this.book.announce({ order, kind, quantity, price, at, by });
  }
}

function rulesOf({ stock }: OrderFacts): TradingRules {
  return isDomestic(stock) ? KOREAN_RULES : OVERSEAS_RULES;
}

function pricingOf({ facts }: Order): Pricing {
  if (!isDomestic(facts.stock)) return overseasType(facts.type).hasPrice ? 'limit' : 'market';
  return orderType(facts.type)?.pricing ?? 'limit';
}

function isBeyondLimits({ stock, price, at }: OrderFacts, market: Market): boolean {
  if (!isDomestic(stock) || price === 0) return false;
  const [highest, lowest] = (['buy', 'sell'] as const).map((side) =>
    KOREAN_RULES.worstPrice(market, stock, side, at),
  );
  return price > (highest ?? price) || price < (lowest ?? price);
}

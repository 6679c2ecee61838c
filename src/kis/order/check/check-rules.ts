import { isZero } from '../../protocol/wire-fields';
import { product, scaled } from '../decimal-text';
import type { KisOrderIntent, KisOrderProblem } from '../order-intent';
import { nearestPrices, type PriceRules } from './tick-size';

/**
 * Whether KIS would accept an order for a domestic stock, by KIS's own figures: pure rules about price limits, tick sizes,
 * lots, cash and shares.
 */

/** KIS's figures of a domestic stock that an order depends on; `null` where KIS has none, as for the limits of an ELW. */
export interface StockFacts {
  readonly currentPrice: string;
  /** `aspr_unit`: tick at the current price. */
  readonly tick: string | null;
  readonly lowerLimit: string | null;
  readonly upperLimit: string | null;
  /** `hts_deal_qty_unit_val`: orders are multiples of this many shares. */
  readonly lot: string | null;
}

/** KIS's figures of the account that an order depends on. */
export interface AccountFacts {
  /** Shares that can be bought with this type and price; for purchases. */
  readonly buyableQuantity: string | null;
  /** Shares that can be sold; for sales. */
  readonly sellableQuantity: string | null;
}

/** The result of checking an order before it is sent. */
export interface KisOrderCheck {
  /** Every reason why KIS would refuse it. */
  readonly problems: readonly KisOrderProblem[];
  /** Shares that can be bought with this type and price, without credit; `null` for sales. */
  readonly buyableQuantity: string | null;
  /** Shares that can be sold; `null` for purchases. */
  readonly sellableQuantity: string | null;
  /**
   * In won, as it counts towards the caps. Orders without a binding price count at the upper limit, dollars at KIS's rate.
   */
  readonly estimatedAmount: string;
}

/** Every reason why KIS would refuse an order, by its own figures. */
export function problemsWith(
  intent: KisOrderIntent,
  stock: StockFacts,
  account: AccountFacts,
): KisOrderProblem[] {
  return [
    ...priceProblems(intent, stock),
    ...lotProblems(intent, stock),
    ...quantityProblems(intent, account),
  ];
}

/**
 * The price that limits the cost of an order; `null` where the upper price limit does, as for market orders. The unfilled
 * part of a conditional limit order (조건부지정가) joins the closing auction as a market order.
 */
export function bindingPrice({ price, type }: KisOrderIntent): string | null {
  return price === null || isZero(price) || type === 'conditional-limit' ? null : price;
}

/** In won, as it counts towards the caps: at the price of the order where it binds, else at the upper limit. */
export function estimatedAmount(intent: KisOrderIntent, { upperLimit, currentPrice }: StockFacts): string {
  return product(intent.quantity, bindingPrice(intent) ?? upperLimit ?? larger(intent.price, currentPrice));
}

function larger(price: string | null, other: string): string {
  return price !== null && scaled(price) > scaled(other) ? price : other;
}

function priceProblems({ price, triggerPrice }: KisOrderIntent, stock: StockFacts): KisOrderProblem[] {
  const rules = rulesOf(stock);
  if (rules === null) return [];
  return [
    ...(price === null ? [] : priceProblem('price', price, rules)),
    ...(triggerPrice === null ? [] : priceProblem('triggerPrice', triggerPrice, rules)),
  ];
}

function rulesOf({ tick, lowerLimit, upperLimit, currentPrice }: StockFacts): PriceRules | null {
  if (tick === null || lowerLimit === null || upperLimit === null) return null;
  return { tick, lowerLimit, upperLimit, currentPrice };
}

function priceProblem(name: string, price: string, rules: PriceRules): KisOrderProblem[] {
  const { lowerLimit, upperLimit } = rules;
  const nearest = nearestPrices(price, rules);
  const outside = scaled(price) < scaled(lowerLimit) || scaled(price) > scaled(upperLimit);
  if (outside) {
    const detail = `\`${name}\` ${price} is outside today's limits, ${lowerLimit} to ${upperLimit} won.`;
    return [{ code: 'PRICE_LIMIT', detail, nearestPrices: nearest }];
  }
  if (nearest.length === 1 && scaled(nearest[0] ?? '0') === scaled(price)) return [];
  const detail = `\`${name}\` ${price} is not a multiple of the tick size; the nearest valid prices are ${nearest.join(' and ')}.`;
  return [{ code: 'TICK_SIZE', detail, nearestPrices: nearest }];
}

function lotProblems({ quantity }: KisOrderIntent, { lot }: StockFacts): KisOrderProblem[] {
  if (lot === null || scaled(lot) === 0n || scaled(quantity) % scaled(lot) === 0n) return [];
  return [{ code: 'LOT_SIZE', detail: `The quantity ${quantity} is not a multiple of ${lot} shares.` }];
}

/** A quantity beyond the cash, or beyond the shares. */
export function quantityProblems(
  { side, quantity, price }: KisOrderIntent,
  { buyableQuantity, sellableQuantity }: AccountFacts,
): KisOrderProblem[] {
  const available = side === 'buy' ? buyableQuantity : sellableQuantity;
  if (available === null || scaled(quantity) <= scaled(available)) return [];
  return side === 'buy'
    ? [
        {
          code: 'BUYING_POWER',
          detail:
            `The account can buy ${available} of these shares, not ${quantity}.` +
            (price === null ? ' KIS counts an order without a price at the upper price limit.' : ''),
        },
      ]
    : [
        {
          code: 'SELLABLE_QUANTITY',
          detail: `The account can sell ${available} of these shares, not ${quantity}. Open sell orders hold shares back.`,
        },
      ];
}

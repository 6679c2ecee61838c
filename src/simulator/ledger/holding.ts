import { type Trade } from './trades';

/** Shares of one stock, and what they cost in ten-thousandths of the currency. */
export interface Holding<S> {
  readonly stock: S;
  quantity: bigint;
  cost: bigint;
  boughtToday: bigint;
  soldToday: bigint;
}

export function nothingOf<S>(stock: S): Holding<S> {
  return { stock, quantity: 0n, cost: 0n, boughtToday: 0n, soldToday: 0n };
}

/**
 * Changes a holding by a trade: sold shares cost what all of them cost on average.
 *
 * @param cost what was traded, in ten-thousandths of the currency.
 */
export function applyTrade(
  holding: Holding<unknown>,
  { side, quantity, day }: Pick<Trade, 'side' | 'quantity' | 'day'>,
  { cost, today }: { readonly cost: bigint; readonly today: number },
): void {
  if (side === 'buy') {
    holding.quantity += quantity;
    holding.cost += cost;
    if (day === today) holding.boughtToday += quantity;
    return;
  }
  const average = holding.quantity === 0n ? 0n : (holding.cost * quantity) / holding.quantity;
  holding.quantity -= quantity;
  holding.cost -= average;
  if (day === today) holding.soldToday += quantity;
}

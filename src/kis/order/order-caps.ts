import { MINUTE_MS } from '../protocol/market-time';
import { scaled, unscaled } from './decimal-text';
import type { OrderRecord } from './journal/order-record';

/** The limits that the owner of an account has set for its orders; `null`: no limit. */
export interface KisOrderCaps {
  /** Won for one order. */
  readonly maxAmount: string | null;
  /** Won for all orders of a Korean day. */
  readonly dailyMaxAmount: string | null;
  /** Orders within any 60 seconds. */
  readonly maxPerMinute: number | null;
}

/** How much of its caps an account has used. */
export interface KisOrderUsage {
  /** Won of the orders of the Korean day. */
  readonly dailyAmount: string;
  /** Orders within the last 60 seconds. */
  readonly lastMinute: number;
}

/** Counts all orders and modifications except those that KIS refused or never received; cancellations do not count. */
export function usageOf(records: readonly OrderRecord[], day: string, now: number): KisOrderUsage {
  const counted = records.filter(({ action, outcome }) => {
    return action !== 'cancel' && outcome !== 'rejected' && outcome !== 'not-placed';
  });
  const today = counted.filter((each) => each.day === day);
  const total = today.reduce((sum, { amount }) => sum + scaled(amount), 0n);
  const lastMinute = counted.filter(({ createdAt }) => now - createdAt < MINUTE_MS).length;
  return { dailyAmount: unscaled(total), lastMinute };
}

/** The cap that one more order of `amount` won would exceed; `null` when it exceeds none. */
export function exceededCap(
  amount: string,
  usage: KisOrderUsage,
  { maxAmount, dailyMaxAmount, maxPerMinute }: KisOrderCaps,
): keyof KisOrderCaps | null {
  if (maxAmount !== null && scaled(amount) > scaled(maxAmount)) return 'maxAmount';
  if (dailyMaxAmount !== null && scaled(usage.dailyAmount) + scaled(amount) > scaled(dailyMaxAmount))
    return 'dailyMaxAmount';
  if (maxPerMinute !== null && usage.lastMinute >= maxPerMinute) return 'maxPerMinute';
  return null;
}

/** The cap that an order of `amount` won would exceed, and what it has been used for, as part of a message. */
export function describeExceededCap(
  cap: keyof KisOrderCaps,
  caps: KisOrderCaps,
  amount: string,
  { dailyAmount, lastMinute }: KisOrderUsage,
): string {
  return (
    `the cap ${cap} (${String(caps[cap])}): it counts as ${amount} won, after ${dailyAmount} won today and ` +
    `${lastMinute} order(s) in the last minute`
  );
}

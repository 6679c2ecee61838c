import type { KisOrderCaps } from './order-caps';

/** Whether an account may place orders, within which caps, and when a missing order counts as not placed. */
export interface KisOrderPolicy {
  /** Whether orders are sent for this account at all. */
  readonly enabled: boolean;
  /** Why orders are not sent, and what to change; `null` when they are. */
  readonly reason: string | null;
  readonly caps: KisOrderCaps;
  /** How long an order must be absent from KIS's lists before it counts as not placed. */
  readonly settleMs: number;
}

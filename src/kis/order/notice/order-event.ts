import type { KisOrder } from '../kis-order';
import type { KisOrderNotice } from './order-notice';

/** Something that happened to an order of an account. */
export interface KisOrderEvent {
  /** Alias of its account. */
  readonly account: string;
  readonly event: KisOrderNotice['event'];
  /** What was filled just now; `null` for other events. */
  readonly fill: { readonly quantity: string; readonly price: string } | null;
  readonly order: KisOrder;
}

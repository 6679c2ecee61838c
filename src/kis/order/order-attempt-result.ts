import type { KisAnswerFacts } from '../kis.errors';
import type { OrderRecord } from './journal/order-record';
import { changed } from './settlement/settlement-rules';

/** What came of one attempt to send an order. */
export type OrderAttemptResult =
  /** KIS has it: `rt_cd` 0 and an order number. */
  | {
      readonly kind: 'accepted';
      readonly orderNumber: string;
      readonly branch: string;
      readonly kis: KisAnswerFacts;
    }
  /** KIS judged it and refused it, by a business code. */
  | { readonly kind: 'rejected'; readonly kis: KisAnswerFacts }
  /** Proven: KIS does not have it. Nothing was sent, or KIS turned the call away unread. It may be sent again. */
  | {
      readonly kind: 'not-placed';
      readonly error: Error;
      /** Whether another attempt may go through: no connection, a refused token, too many calls a second. */
      readonly again: boolean;
    }
  /** No response, or one that does not say. It must not be sent again. */
  | { readonly kind: 'unknown'; readonly error: Error };

/** The record after an attempt; the next version. @param at epoch milliseconds */
export function recordAfter(record: OrderRecord, result: OrderAttemptResult, at: number): OrderRecord {
  switch (result.kind) {
    case 'accepted': {
      const { orderNumber, branch, kis } = result;
      return changed(record, { outcome: 'accepted', orderNumber, branch, kis }, at);
    }
    case 'rejected':
      return changed(record, { outcome: 'rejected', kis: result.kis }, at);
    case 'not-placed':
    case 'unknown':
      return changed(record, { outcome: result.kind }, at);
  }
}

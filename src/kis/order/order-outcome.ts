import type { KisAnswerFacts } from '../kis.errors';
import type { OrderRecord } from './journal/order-record';
import { changed } from './settlement/settlement-rules';

/** What one attempt to send an order came to. */
export type OrderAnswer =
  /** KIS has it: `rt_cd` 0 and an order number. */
  | {
      readonly kind: 'accepted';
      readonly orderNumber: string;
      readonly branch: string;
      readonly kis: KisAnswerFacts;
    }
  /** KIS judged it and refused it, by a business code. */
  | { readonly kind: 'rejected'; readonly kis: KisAnswerFacts }
  /** It is proven that KIS has not got it: nothing left, or KIS turned the call away unread. It may be sent again. */
  | {
      readonly kind: 'not-placed';
      readonly error: Error;
      /** Whether another attempt may go through: no connection, a refused token, too many calls a second. */
      readonly again: boolean;
    }
  /** No answer, or one that does not say. It must not be sent again. */
  | { readonly kind: 'unknown'; readonly error: Error };

/** The record after an attempt. */
export function answered(record: OrderRecord, answer: OrderAnswer, at: number): OrderRecord {
  switch (answer.kind) {
    case 'accepted': {
      const { orderNumber, branch, kis } = answer;
      return changed(record, { outcome: 'accepted', orderNumber, branch, kis }, at);
    }
    case 'rejected':
      return changed(record, { outcome: 'rejected', kis: answer.kis }, at);
    case 'not-placed':
    case 'unknown':
      return changed(record, { outcome: answer.kind }, at);
  }
}

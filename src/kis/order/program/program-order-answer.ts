import type { WireResponse } from '../../transport/exchange-result';
import { isUnsettled, type OrderRecord } from '../journal/order-record';

/** The outcome of a program's order, from which its response is made. */
export type KisProgramOrderAnswer =
  /** KIS's response, byte for byte. */
  | { readonly kind: 'response'; readonly response: WireResponse; readonly record: OrderRecord }
  /** KIS accepted or refused the order, by its response or its lists; the response itself is no longer available. */
  | { readonly kind: 'settled'; readonly record: OrderRecord }
  /** KIS may have the order. */
  | { readonly kind: 'unknown'; readonly record: OrderRecord }
  /** Nothing was sent now. It may repeat an order that was: the journal cannot be read. */
  | { readonly kind: 'undecided'; readonly message: string; readonly record?: undefined }
  /** KIS does not have the order. */
  | {
      readonly kind: 'not-placed';
      readonly reason: NotPlacedReason;
      readonly message: string;
      readonly record?: OrderRecord;
    };

/** Why an order of a program was not sent, or is not in KIS's book. */
type NotPlacedReason = 'orders-off' | 'cap' | 'not-placed';

/** The answer for a record. */
export function outcome(record: OrderRecord): KisProgramOrderAnswer {
  if (isUnsettled(record)) return { kind: 'unknown', record };
  if (record.outcome !== 'not-placed') return { kind: 'settled', record };
  return { ...notPlaced('not-placed', 'It never reached the order book of KIS.'), record };
}

export function notPlaced(
  reason: NotPlacedReason,
  message: string,
): Extract<KisProgramOrderAnswer, { kind: 'not-placed' }> {
  return { kind: 'not-placed', reason, message };
}

/** @param message why the journal cannot be read. */
export function undecided(message: string): KisProgramOrderAnswer {
  return {
    kind: 'undecided',
    message: `This request was not sent: ${message} Whether an earlier one was sent for the same order is not known, so look the order up before you send it again.`,
  };
}

/** Why nothing was sent while an equal order has no outcome. */
export function equalUnsettled({ clientOrderId }: OrderRecord): string {
  return `An equal order ("${clientOrderId}") was sent, and its outcome is not known yet; KIS's lists could not distinguish the two.`;
}

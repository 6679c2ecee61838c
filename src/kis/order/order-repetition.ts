import { isDecimal, scaled } from './decimal-text';
import type { OrderRecord } from './journal/order-record';
import { KisOrderNotOpenError, KisOrderRefusedError } from './kis-order.errors';
import type { KisOrderChange } from './order-change';

/**
 * Whether a record is this modification of the order with this `clientOrderId` or number. Fields not given are not
 * compared.
 */
export function isSameChange(
  { action, target, intent }: OrderRecord,
  id: string,
  change: KisOrderChange,
): boolean {
  return (
    action === 'modify' &&
    (target?.clientOrderId === id || Number(target?.orderNumber) === Number(id)) &&
    isSameNumber(change.price, intent.price) &&
    isSameNumber(change.quantity, intent.quantity) &&
    (change.type === undefined || change.type === intent.type)
  );
}

/**
 * Carries out an order. One that is refused for lack of cash or shares, or because its original order is closed, may repeat
 * an order that a concurrent request has carried out in the meantime: then it is answered as a repetition.
 * @param repetition the answer to a repetition; `null` when the order was not given before.
 */
export async function orRepetition<T>(
  carryOut: () => Promise<T>,
  repetition: () => Promise<T | null>,
): Promise<T> {
  try {
    return await carryOut();
  } catch (error) {
    const isOfChecks = error instanceof KisOrderRefusedError || error instanceof KisOrderNotOpenError;
    const repeated = isOfChecks ? await repetition() : null;
    if (repeated !== null) return repeated;
    throw error;
  }
}

/** Compares by value: 50000 and 50000.0 are the same. */
function isSameNumber(given: string | undefined, known: string | null): boolean {
  if (given === undefined || given === known) return true;
  return known !== null && isDecimal(given) && isDecimal(known) && scaled(given) === scaled(known);
}

import type { OrderRecord } from '../../../src/kis/order/journal/order-record';
import type { ListedOrder } from '../../../src/kis/order/list/listed-order';
import { settledBy } from '../../../src/kis/order/settlement/settlement-rules';
import { orderRecord } from './order-samples';

/** Orders and looks at KIS's lists, for specs of the settlement rules. */

export const RULE = { absentForMs: 60_000, looks: 3, isTimeCertain: true, moment: null };
export const UNKNOWN = orderRecord({ outcome: 'unknown' });
/** When KIS can no longer be working on `UNKNOWN`; epoch milliseconds. */
export const LATER = UNKNOWN.sendingUntil;

/** For specs: the order after one look at KIS's list, while the journal has it and these others. */
export function look(
  record: OrderRecord,
  listed: ListedOrder[],
  at: number,
  others: OrderRecord[] = [],
  correctionMs = 0,
): OrderRecord {
  return settledBy(record, { listed, records: [record, ...others], correctionMs }, at, RULE);
}

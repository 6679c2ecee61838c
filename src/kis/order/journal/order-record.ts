import type { KisAnswerFacts } from '../../kis.errors';
import type { KisOrderIntent } from '../order-intent';

/** The record of one order, modification or cancellation: written before anything is sent, and never deleted. */
export interface OrderRecord {
  /** Identifies the account without revealing its number: see `accountKey`. */
  readonly account: string;
  /** The Korean day on which the order was given, `YYYY-MM-DD`. */
  readonly day: string;
  /** Unique per account and day. */
  readonly clientOrderId: string;
  readonly action: 'place' | 'modify' | 'cancel';
  /** For a modification the order as it is to become; for a cancellation the order with the quantity to cancel. */
  readonly intent: KisOrderIntent;
  readonly target: OrderTarget | null;
  /** Won, as it counts towards the caps; "0" for a cancellation. */
  readonly amount: string;
  /** The program that ordered through the gateway; `null` for our own API. */
  readonly program: string | null;
  /** For an order of a program: whether the program has received its outcome. */
  readonly answered?: boolean;
  /** When the response with the outcome had been sent. */
  readonly answeredAt?: Moment;
  /** Not shown in the lists that are read here, like a reserved order: an unknown outcome stays unknown. */
  readonly unlisted?: boolean;
  /** For an order that is not understood here: its TR id and a digest of its body. Only exact repetitions are equal. */
  readonly request?: string;
  readonly outcome: OrderOutcome;
  /** ODNO, with its leading zeros; `null` until it is known. */
  readonly orderNumber: string | null;
  /** KRX_FWDG_ORD_ORGNO. */
  readonly branch: string | null;
  readonly kis: KisAnswerFacts | null;
  /** Epoch milliseconds, as all times here by KIS's clock. */
  readonly createdAt: number;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
  /** Epoch milliseconds: until when its process may be sending it or writing down its outcome. */
  readonly sendingUntil: number;
  /** When it was written down; `null` where the boot has no id. */
  readonly openedAt?: Moment | null;
  /** By how much the wall clock was corrected for `createdAt`; missing: not at all. A correction can be wrong itself. */
  readonly clockCorrectionMs?: number;
  /** Numbers of the orders that looked like this one in KIS's lists before it was sent: none of them can be it. */
  readonly before: readonly string[];
  /** Epoch milliseconds of the first of the latest consecutive passes that did not find it; `null` while there is none. */
  readonly absentSince: number | null;
  /** How many consecutive passes did not find it. */
  readonly absentLooks: number;
  /** A person has recorded the outcome, because the lists did not prove it. */
  readonly settledByHand?: boolean;
  /** Incremented with every change: a change of an older version is refused. */
  readonly version: number;
}

/**
 * What the journal knows of the outcome of an order.
 *
 * - `sending`: written down; it may be on its way.
 * - `unknown`: it may have reached KIS, and no answer says whether it did.
 * - `accepted`: KIS has it, under `orderNumber`.
 * - `rejected`: KIS refused it.
 * - `not-placed`: it never reached KIS's book: nothing was sent, or it was absent from the lists for long enough.
 */
type OrderOutcome = 'sending' | 'unknown' | 'accepted' | 'rejected' | 'not-placed';

/** The order that a modification or cancellation changes. */
export interface OrderTarget {
  /** `null` for an order that was placed elsewhere. */
  readonly clientOrderId: string | null;
  readonly orderNumber: string;
  /** KRX_FWDG_ORD_ORGNO, empty where KIS named none. */
  readonly branch: string;
  /** Whether the change applies to everything open, whatever that is when KIS receives it. */
  readonly whole: boolean;
}

/** A moment by the monotonic clock of a boot, or of one process where the boot has no id. Comparable within one `bootId`. */
export interface Moment {
  readonly bootId: string;
  /** Milliseconds. */
  readonly ms: number;
}

/** The fields of a record before anything is sent. @param now epoch milliseconds by KIS's clock */
export function beforeSending(
  now: number,
): Omit<
  OrderRecord,
  'account' | 'day' | 'clientOrderId' | 'action' | 'intent' | 'target' | 'amount' | 'program'
> {
  return {
    outcome: 'sending',
    orderNumber: null,
    branch: null,
    kis: null,
    createdAt: now,
    updatedAt: now,
    sendingUntil: now,
    before: [],
    absentSince: null,
    absentLooks: 0,
    version: 1,
  };
}

/** Its outcome is not known: KIS may have it. */
export function isUnsettled({ outcome }: OrderRecord): boolean {
  return outcome === 'sending' || outcome === 'unknown';
}

/**
 * Equal for records that KIS's lists could not distinguish: orders with the same contents, and changes of the same kind to
 * one order. Each market has a list of its own, perhaps with the same numbers.
 */
export function equalityKey(record: OrderRecord): string {
  const { account, action, intent, target, request } = record;
  if (action === 'place') return contents(record);
  return [account, action, intent.market, target?.orderNumber ?? request ?? ''].join('|');
}

/** Whether two records have the same intent, so that the second repeats the first. */
export function isSameIntent(one: OrderRecord, other: OrderRecord): boolean {
  return (
    equalityKey(one) === equalityKey(other) &&
    contents(one) === contents(other) &&
    one.intent.session === other.intent.session &&
    one.intent.timeInForce === other.intent.timeInForce &&
    one.intent.triggerPrice === other.intent.triggerPrice
  );
}

function contents({ account, intent, request }: OrderRecord): string {
  const { symbol, side, quantity, price, division, venue } = intent;
  return [account, symbol, side, quantity, price ?? '', division, venue ?? '', request ?? ''].join('|');
}

import type { KisAnswerFacts } from '../../kis.errors';
import type { KisOrderIntent } from '../order-intent';

/**
 * What is known of one order that was, or is to be, sent to KIS.
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
  /** All that is open of it, whatever that is when KIS gets the change. */
  readonly whole: boolean;
}

/** A moment by the monotonic clock of a boot, or of one process where boots have no names: it compares with others of it. */
export interface Moment {
  readonly bootId: string;
  /** Milliseconds. */
  readonly ms: number;
}

/** One line of the journal. It is written before anything is sent, and never deleted. */
export interface OrderRecord {
  /** Identifies the account, without telling its number. */
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
  /** Of an order of a program: whether the program has got an answer that says what became of it. */
  readonly answered?: boolean;
  /** When that answer had left. */
  readonly answeredAt?: Moment;
  /** KIS's lists that are read here never show it, as with a reserved order: an unknown outcome stays unknown. */
  readonly unlisted?: boolean;
  /** Of an order whose kind is not read here: its TR id and a digest of its body. Only exact repetitions are equal. */
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
  /** Epoch milliseconds: until then the process that sends it is given the time to write its outcome down. */
  readonly sendingUntil: number;
  /** When it was written down; `null` where boots have no names. */
  readonly openedAt?: Moment | null;
  /** By how much the wall clock was corrected for it; missing: not at all. A correction can be wrong itself. */
  readonly clockCorrectionMs?: number;
  /** Numbers of the orders that looked like this one in KIS's lists before it was sent: none of them can be it. */
  readonly before: readonly string[];
  /** Epoch milliseconds of the first of the latest looks in a row that did not find it; `null` while there is none. */
  readonly absentSince: number | null;
  /** How many looks in a row did not find it. */
  readonly absentLooks: number;
  /** A person has said what became of it, because the lists could not. */
  readonly settledByHand?: boolean;
  /** Counts changes: a change of an older version is refused. */
  readonly version: number;
}

/** What a record says of its outcome when it is written, before anything is sent. @param now epoch ms, by KIS's clock */
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
 * What no list of KIS could tell apart. For an order its contents; changes of the same kind of one order are all alike. The
 * markets have lists of their own, and perhaps the same numbers on them.
 */
export function equalityKey(record: OrderRecord): string {
  const { account, action, intent, target, request } = record;
  if (action === 'place') return contents(record);
  return [account, action, intent.market, target?.orderNumber ?? request ?? ''].join('|');
}

/** Whether two records stand for the same wish, so that the second is a repetition of the first. */
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

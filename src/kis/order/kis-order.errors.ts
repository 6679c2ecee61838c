import { KisError, type KisErrorFacts } from '../kis.errors';
import type { KisOrder } from './kis-order';
import type { KisOrderProblem } from './order-intent';

/** The errors of orders. Each message says whether anything was sent. */

/** This account may not place orders; nothing was sent. */
export class KisOrdersDisabledError extends KisError {
  readonly code = 'ORDERS_DISABLED';
}

/** KIS would refuse the order, or cash or shares do not suffice; nothing was sent. */
export class KisOrderRefusedError extends KisError {
  readonly code = 'ORDER_REFUSED';

  constructor(
    /** Every reason. */
    readonly problems: readonly KisOrderProblem[],
  ) {
    super(`The order was not sent. ${problems.map(({ detail }) => detail).join(' ')}`);
  }
}

/** The order exceeds a cap that the owner has set; nothing was sent. */
export class KisOrderCapExceededError extends KisError {
  readonly code = 'ORDER_CAP_EXCEEDED';
}

/** The id belongs to another order of this account and day; nothing was sent. */
export class KisOrderIdReusedError extends KisError {
  readonly code = 'ORDER_ID_REUSED';
}

/** An equal order is not settled yet; nothing was sent, and the id stays free. */
export class KisOrderEqualUnsettledError extends KisError {
  readonly code = 'ORDER_EQUAL_UNSETTLED';
}

/** No part of the order is open any more; nothing was sent. */
export class KisOrderNotOpenError extends KisError {
  readonly code = 'ORDER_NOT_OPEN';
}

/** The order has an outcome already, or may still be on its way: there is nothing to settle manually. */
export class KisOrderNotUnknownError extends KisError {
  readonly code = 'ORDER_NOT_UNKNOWN';
}

/** The journal cannot be read or written. Unless the message says otherwise, nothing was sent. */
export class KisOrderJournalError extends KisError {
  readonly code = 'ORDER_JOURNAL_FAILED';
}

/** There is no such order of this account. */
export class KisOrderNotFoundError extends KisError {
  readonly code = 'ORDER_NOT_FOUND';
}

/** KIS refused the order: it is not in its book. */
export class KisOrderRejectedError extends KisError {
  readonly code = 'KIS_REJECTED';

  constructor(
    message: string,
    readonly order: KisOrder,
    facts: KisErrorFacts,
  ) {
    super(message, facts);
  }
}

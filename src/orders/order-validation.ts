import { matching, oneOf, ValidQuery, type QueryOf } from '../common/valid-query';
import { required, ValidBody, type BodyOf } from '../common/valid-body';
import {
  KisInvalidRequestError,
  ORDER_SESSIONS,
  ORDER_SIDES,
  ORDER_TYPES,
  ORDER_VENUES,
  TIMES_IN_FORCE,
} from '../kis';

/** Validates the bodies and queries of the order routes. */

/** Longer than most orders stay unknown, shorter than the timeouts of proxies and clients. */
const LONGEST_WAIT_S = 120;

const ID_RULE = '1 to 64 characters of A-Z a-z 0-9 . _ : -, not digits only, such as "rebalance-1128-3"';
const clientOrderId = matching(/^(?!\d+$)[A-Za-z0-9._:-]{1,64}$/, ID_RULE);
const decimal = matching(/^\d{1,19}(\.\d{1,12})?$/, 'a decimal number as a string, such as "70000"');
const quantity = matching(/^0*[1-9]\d{0,9}$/, 'a whole number of shares above 0 as a string, such as "10"');
const symbol = matching(/^[A-Za-z0-9:./-]{1,24}$/, 'a stock such as "005930" or "NAS:AAPL"');
const day = {
  rule: 'a day such as 2026-11-28 (Korean time)',
  fits: (text: string): text is string => {
    const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : NaN;
    // Date.parse takes the 31st of a month with 30 days for the first of the next one.
    return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
  },
};
const wait = {
  rule: `whole seconds from 0 to ${LONGEST_WAIT_S}`,
  fits: (text: string): text is string => /^\d{1,3}$/.test(text) && Number(text) <= LONGEST_WAIT_S,
};

const ORDER = {
  clientOrderId,
  symbol: required(symbol),
  side: required(oneOf(ORDER_SIDES)),
  type: required(oneOf(ORDER_TYPES)),
  quantity: required(decimal),
  price: decimal,
  triggerPrice: decimal,
  timeInForce: oneOf(TIMES_IN_FORCE),
  venue: oneOf(ORDER_VENUES),
  session: oneOf(ORDER_SESSIONS),
};
const CHANGE = { clientOrderId, price: decimal, quantity: decimal, type: oneOf(ORDER_TYPES) };
const SETTLEMENT = {
  outcome: required(oneOf(['placed', 'not-placed'])),
  orderNumber: matching(/^0*[1-9]\d{0,9}$/, 'the number of the order at KIS (ODNO), such as "0001569139"'),
};
const WAIT = { wait };
const CANCELLATION = { wait, quantity };
const LIST = { status: oneOf(['open', 'closed', 'unknown', 'all']), from: day, to: day, symbol };
const EXECUTIONS = { from: day, to: day, symbol };

const inOrder = ({ from, to }: { readonly from?: string; readonly to?: string }): string | null =>
  from !== undefined && to !== undefined && from > to ? 'from: must not be after to' : null;

export const orderBody = new ValidBody(ORDER);
export const changeBody = new ValidBody(CHANGE);
export const settlementBody = new ValidBody(SETTLEMENT, ({ outcome, orderNumber }) =>
  (outcome === 'placed') === (orderNumber !== undefined)
    ? null
    : 'orderNumber: is needed for the outcome placed, and for no other',
);
export const waitQuery = new ValidQuery(WAIT);
export const cancellationQuery = new ValidQuery(CANCELLATION);
export const listQuery = new ValidQuery(LIST, inOrder);
export const executionsQuery = new ValidQuery(EXECUTIONS, inOrder);

export type OrderBody = BodyOf<typeof ORDER>;
export type ChangeBody = BodyOf<typeof CHANGE>;
export type SettlementBody = BodyOf<typeof SETTLEMENT>;
export type WaitQuery = QueryOf<typeof WAIT>;
export type CancellationQuery = QueryOf<typeof CANCELLATION>;
export type ListQuery = QueryOf<typeof LIST>;
export type ExecutionsQuery = QueryOf<typeof EXECUTIONS>;

/** How long to wait for an outcome, in milliseconds. */
export function waitMsOf({ wait: seconds = '0' }: WaitQuery): number {
  return Number(seconds) * 1000;
}

/**
 * The id of an order, from its body or from the header `Idempotency-Key`.
 * @throws KisInvalidRequestError when the two differ, or the header is not a valid id.
 */
export function idOf(inBody: string | undefined, header: string | undefined): string | undefined {
  if (header === undefined) return inBody;
  const given = header.replace(/^"(.*)"$/, '$1');
  if (!clientOrderId.fits(given)) throw new KisInvalidRequestError(`Idempotency-Key: ${ID_RULE}`);
  if (inBody !== undefined && inBody !== given) {
    throw new KisInvalidRequestError(
      'clientOrderId and the header Idempotency-Key name two orders; give one of them, or the same in both.',
    );
  }
  return given;
}

import { DOMESTIC_SYMBOL } from '../protocol/inputs';
import {
  DOMESTIC_DIVISIONS,
  US_DIVISIONS,
  type KisOrderSession,
  type KisOrderSide,
  type KisOrderType,
  type KisOrderVenue,
  type KisTimeInForce,
  type OrderDivision,
} from '../protocol/order-divisions';
import type { KisTradingMode } from '../protocol/trading-mode';
import { isDecimal, normalDecimal } from './decimal-text';

/** An order as a caller gives it. Numbers are decimal strings. */
export interface KisOrderRequest {
  /** `005930`, `Q500001`, or a US stock as `NAS:AAPL`, `NYS:…`, `AMS:…`. */
  readonly symbol: string;
  readonly side: KisOrderSide;
  readonly type: KisOrderType;
  /** Shares. */
  readonly quantity: string;
  /** Won, or dollars for US stocks; for types that have a price. */
  readonly price?: string | undefined;
  /** For `stop-limit`. */
  readonly triggerPrice?: string | undefined;
  /** `day` unless given. */
  readonly timeInForce?: KisTimeInForce | undefined;
  /** `KRX` unless given; US stocks have none. */
  readonly venue?: KisOrderVenue | undefined;
  /** `regular` unless given. */
  readonly session?: KisOrderSession | undefined;
}

/** An order with defaults filled in and numbers in one spelling, so that equal intents have equal fields. */
export interface KisOrderIntent {
  readonly market: 'domestic' | 'us';
  readonly symbol: string;
  readonly side: KisOrderSide;
  readonly type: KisOrderType;
  readonly timeInForce: KisTimeInForce;
  /** `null` for US stocks. */
  readonly venue: KisOrderVenue | null;
  readonly session: KisOrderSession;
  readonly quantity: string;
  /** `null` for types without a price. */
  readonly price: string | null;
  /** `null` unless the type is `stop-limit`. */
  readonly triggerPrice: string | null;
  /** ORD_DVSN. */
  readonly division: string;
}

type KisOrderProblemCode =
  | 'SYMBOL_INVALID'
  | 'QUANTITY_INVALID'
  | 'PRICE_REQUIRED'
  | 'PRICE_INVALID'
  | 'PRICE_NOT_ALLOWED'
  | 'TRIGGER_PRICE_REQUIRED'
  | 'TRIGGER_PRICE_NOT_ALLOWED'
  | 'VENUE_NOT_ALLOWED'
  | 'COMBINATION_NOT_OFFERED'
  | 'NOT_AVAILABLE_IN_MOCK'
  | 'TICK_SIZE'
  | 'PRICE_LIMIT'
  | 'LOT_SIZE'
  | 'SELLABLE_QUANTITY'
  | 'BUYING_POWER'
  | 'ORDERS_DISABLED'
  | 'ORDER_CAP_EXCEEDED';

/** One reason why an order is not sent. */
export interface KisOrderProblem {
  readonly code: KisOrderProblemCode;
  /** What is wrong, and what would be valid. */
  readonly detail: string;
  /** The valid prices next to the one that was given, the lower one first. */
  readonly nearestPrices?: readonly string[];
}

/** An intent, or every reason why there is none. */
export type KisOrderReading =
  | { readonly intent: KisOrderIntent; readonly problems: readonly [] }
  | { readonly intent: null; readonly problems: readonly KisOrderProblem[] };

const US_SYMBOL = /^(NAS|NYS|AMS):[A-Z0-9./-]{1,12}$/;
/** ORD_QTY has ten digits. */
const QUANTITY = /^\d{1,10}$/;

/**
 * Fills in the defaults, and finds every reason why KIS would refuse an order that is known without a call: symbol,
 * numbers, and the combination of type, time in force, venue, session and trading mode.
 */
export function readOrder(request: KisOrderRequest, mode: KisTradingMode): KisOrderReading {
  const filled = withDefaults(request);
  const division = divisionFor(filled, mode);
  const problems = [
    ...symbolProblems(filled),
    ...quantityProblems(filled),
    ...('problem' in division ? [division.problem] : priceProblems(filled, division.priced)),
    ...triggerProblems(filled),
  ];
  if (problems.length > 0 || 'problem' in division) return { intent: null, problems };
  return { intent: { ...filled, division: division.code }, problems: [] };
}

type FilledOrder = Omit<KisOrderIntent, 'division'>;

function withDefaults(request: KisOrderRequest): FilledOrder {
  const market = request.symbol.includes(':') ? 'us' : 'domestic';
  const { price, triggerPrice, venue, timeInForce = 'day', session = 'regular' } = request;
  return {
    market,
    symbol: market === 'domestic' ? request.symbol.replace(/^A(?=\d{6}$)/, '') : request.symbol,
    side: request.side,
    type: request.type,
    timeInForce,
    venue: venue ?? (market === 'domestic' ? 'KRX' : null),
    session,
    quantity: numberOf(request.quantity),
    price: price === undefined ? null : numberOf(price),
    triggerPrice: triggerPrice === undefined ? null : numberOf(triggerPrice),
  };
}

/** A number in its one spelling; any other text stays as it is, so that the checks can name it. */
function numberOf(text: string): string {
  return isDecimal(text) ? normalDecimal(text) : text;
}

function symbolProblems({ market, symbol }: FilledOrder): KisOrderProblem[] {
  const valid = market === 'us' ? US_SYMBOL.test(symbol) : DOMESTIC_SYMBOL.test(symbol);
  if (valid) return [];
  const detail =
    `"${symbol.slice(0, 20)}" is not a symbol that can be ordered: use six characters such as 005930 ` +
    '(an ETN with a Q in front), or a US exchange and ticker such as NAS:AAPL.';
  return [{ code: 'SYMBOL_INVALID', detail }];
}

function quantityProblems({ quantity }: FilledOrder): KisOrderProblem[] {
  if (QUANTITY.test(quantity) && quantity !== '0') return [];
  const detail = 'The quantity must be a whole number of shares above 0, with at most ten digits.';
  return [{ code: 'QUANTITY_INVALID', detail }];
}

function priceProblems({ price, type, market }: FilledOrder, priced: boolean): KisOrderProblem[] {
  if (!priced) {
    if (price === null) return [];
    return [
      {
        code: 'PRICE_NOT_ALLOWED',
        detail: `An order of type ${type} has no price: leave \`price\` out.`,
      },
    ];
  }
  if (price === null)
    return [{ code: 'PRICE_REQUIRED', detail: `An order of type ${type} needs a \`price\`.` }];
  return isPrice(price, market) ? [] : [{ code: 'PRICE_INVALID', detail: invalidPrice('price', market) }];
}

function triggerProblems({ type, triggerPrice, market }: FilledOrder): KisOrderProblem[] {
  if (type !== 'stop-limit') {
    if (triggerPrice === null) return [];
    const detail = 'Only an order of type stop-limit has a trigger price: leave `triggerPrice` out.';
    return [{ code: 'TRIGGER_PRICE_NOT_ALLOWED', detail }];
  }
  if (triggerPrice !== null && isPrice(triggerPrice, market)) return [];
  const detail =
    triggerPrice === null
      ? 'An order of type stop-limit needs a `triggerPrice`.'
      : invalidPrice('triggerPrice', market);
  return [{ code: 'TRIGGER_PRICE_REQUIRED', detail }];
}

function isPrice(text: string, market: FilledOrder['market']): boolean {
  if (!isDecimal(text) || /^0(\.0*)?$/.test(text)) return false;
  return market === 'us' || !text.includes('.');
}

function invalidPrice(name: string, market: FilledOrder['market']): string {
  return market === 'us'
    ? `\`${name}\` must be a decimal number of dollars above 0, such as 189.5.`
    : `\`${name}\` must be whole won above 0, such as 70000.`;
}

type Division = Pick<OrderDivision, 'code' | 'priced'> | { readonly problem: KisOrderProblem };

function divisionFor(order: FilledOrder, mode: KisTradingMode): Division {
  return order.market === 'us' ? usDivision(order, mode) : domesticDivision(order, mode);
}

function domesticDivision(order: FilledOrder, mode: KisTradingMode): Division {
  const { type, timeInForce, venue, session } = order;
  const ofType = DOMESTIC_DIVISIONS.filter((each) => each.type === type && each.timeInForce === timeInForce);
  const found = ofType.find(({ sessions }) => venue !== null && sessions[venue]?.includes(session));
  if (!found)
    return notOffered(describe(order), DOMESTIC_DIVISIONS.filter((each) => each.type === type).map(offer));
  if (mode === 'MOCK' && !(found.mock && venue === 'KRX')) return notInMock(describe(order));
  return found;
}

function usDivision(order: FilledOrder, mode: KisTradingMode): Division {
  const { type, timeInForce, venue, session, side } = order;
  if (venue !== null) {
    const detail = 'US stocks have no venue: leave `venue` out.';
    return { problem: { code: 'VENUE_NOT_ALLOWED', detail } };
  }
  const found = US_DIVISIONS.find((each) => each.type === type && each.sides.includes(side));
  const inSession = session === 'regular' || (session === 'daytime' && type === 'limit');
  if (!found || timeInForce !== 'day' || !inSession) {
    const types = US_DIVISIONS.filter((each) => each.sides.includes(side)).map((each) => each.type);
    return notOffered(describe(order), [`${types.join(', ')} for the day`, 'limit in the session daytime']);
  }
  if (mode === 'MOCK' && !(found.mock && session === 'regular')) return notInMock(describe(order));
  return found;
}

function describe({ side, type, timeInForce, venue, session }: FilledOrder): string {
  return `${side} ${type}, ${timeInForce}, ${venue === null ? '' : `${venue}, `}session ${session}`;
}

function offer({ type, timeInForce, sessions }: OrderDivision): string {
  const where = Object.entries(sessions).map(([venue, names]) => `${venue} (${names.join(', ')})`);
  return `${type} ${timeInForce} at ${where.join(', ')}`;
}

function notOffered(order: string, offers: readonly string[]): Division {
  const detail = `KIS does not take this order (${order}). It takes: ${offers.join('; ') || 'no such type here'}.`;
  return { problem: { code: 'COMBINATION_NOT_OFFERED', detail } };
}

function notInMock(order: string): Division {
  const detail =
    `Mock trading (모의투자) does not offer this order (${order}): it takes market, limit, conditional-limit, ` +
    'best-limit and priority-limit orders for the day at KRX, and US limit orders. Use an account for REAL trading.';
  return { problem: { code: 'NOT_AVAILABLE_IN_MOCK', detail } };
}

import type { KisAnswerFacts } from '../kis.errors';
import {
  DOMESTIC_DIVISIONS,
  US_DIVISIONS,
  type KisOrderSession,
  type KisOrderSide,
  type KisOrderType,
  type KisOrderVenue,
  type KisTimeInForce,
} from '../protocol/order-divisions';
import { scaled, unscaled } from './decimal-text';
import { statusOf, type ListedOrder } from './list/listed-order';
import type { OrderRecord } from './journal/order-record';

/**
 * The status of an order:
 *
 * - `sending`: on its way to KIS.
 * - `accepted`: KIS has it; nothing is filled yet.
 * - `partially-filled`, `filled`, `cancelled`: as KIS's list says.
 * - `replaced`: modified; another order goes on in its place.
 * - `rejected`: KIS or the exchange refused it.
 * - `not-placed`: it never reached KIS's book.
 * - `unknown`: it may have reached KIS, and nothing proves it yet. It must not be sent again under another id.
 */
export type KisOrderStatus =
  | 'sending'
  | 'accepted'
  | 'partially-filled'
  | 'filled'
  | 'cancelled'
  | 'replaced'
  | 'rejected'
  | 'not-placed'
  | 'unknown';

/** An order as it stands. Quantities and prices are decimal strings; prices in won, for US stocks in dollars. */
export interface KisOrder {
  /** `null` for an order that was placed elsewhere. */
  readonly clientOrderId: string | null;
  /** ODNO with its leading zeros; `null` until KIS has named it. Unique per account and day only. */
  readonly orderNumber: string | null;
  readonly status: KisOrderStatus;
  /** Whether it was placed by this library or elsewhere (HTS, MTS, another program). */
  readonly source: 'api' | 'external';
  readonly symbol: string;
  readonly side: KisOrderSide;
  /** `null` for a type that KIS's list does not name, or that this library does not know. */
  readonly type: KisOrderType | null;
  readonly timeInForce: KisTimeInForce | null;
  readonly venue: KisOrderVenue | null;
  readonly session: KisOrderSession | null;
  readonly quantity: string;
  readonly price: string | null;
  readonly triggerPrice: string | null;
  readonly filledQuantity: string;
  /** "0" once nothing more can be filled. */
  readonly openQuantity: string;
  readonly averageFillPrice: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** `clientOrderId` of the order that this one modifies. */
  readonly replaces: string | null;
  /** `clientOrderId` of the order that modifies this one. */
  readonly replacedBy: string | null;
  /** KIS's answer to the order, where there was one. */
  readonly kis: KisAnswerFacts | null;
}

/** What is known of an order besides its own record. */
export interface OrderSurroundings {
  /** Its row in KIS's list, where it is known. */
  readonly listed: ListedOrder | null;
  /** The accepted modification of it, where there is one. */
  readonly replacement: OrderRecord | null;
}

/** The order of a record of the journal. */
export function orderOf(record: OrderRecord, { listed, replacement }: OrderSurroundings): KisOrder {
  const { intent, target } = record;
  const status = statusOfRecord(record, listed, replacement);
  const filledQuantity = listed?.filledQuantity ?? '0';
  return {
    clientOrderId: record.clientOrderId,
    orderNumber: record.orderNumber,
    status,
    source: 'api',
    symbol: intent.symbol,
    side: intent.side,
    type: intent.type,
    timeInForce: intent.timeInForce,
    venue: intent.venue,
    session: intent.session,
    quantity: intent.quantity,
    price: intent.price,
    triggerPrice: intent.triggerPrice,
    filledQuantity,
    openQuantity: isClosed(status)
      ? '0'
      : (listed?.openQuantity ?? remaining(intent.quantity, filledQuantity)),
    averageFillPrice: listed?.averageFillPrice ?? null,
    createdAt: new Date(record.createdAt),
    updatedAt: new Date(record.updatedAt),
    replaces: record.action === 'modify' ? (target?.clientOrderId ?? null) : null,
    replacedBy: replacement?.clientOrderId ?? null,
    kis: record.kis,
  };
}

/** The order of a row that belongs to no record: it was placed elsewhere. */
export function externalOrder(listed: ListedOrder): KisOrder {
  const status = statusOf(listed);
  return {
    clientOrderId: null,
    orderNumber: listed.orderNumber,
    status,
    source: 'external',
    symbol: listed.symbol,
    side: listed.side,
    ...kindOf(listed),
    venue: listed.venue,
    quantity: listed.quantity,
    price: scaled(listed.price) === 0n ? null : listed.price,
    triggerPrice: null,
    filledQuantity: listed.filledQuantity,
    openQuantity: isClosed(status) ? '0' : listed.openQuantity,
    averageFillPrice: listed.averageFillPrice,
    createdAt: new Date(listed.placedAt),
    updatedAt: new Date(listed.placedAt),
    replaces: null,
    replacedBy: null,
    kis: null,
  };
}

/** Whether nothing more can be filled. An unknown order may still be. */
export function isClosed(status: KisOrderStatus): boolean {
  return ['filled', 'cancelled', 'replaced', 'rejected', 'not-placed'].includes(status);
}

function statusOfRecord(
  { outcome }: OrderRecord,
  listed: ListedOrder | null,
  replacement: OrderRecord | null,
): KisOrderStatus {
  if (outcome !== 'accepted') return outcome;
  const status = listed ? statusOf(listed) : 'accepted';
  const replaced = replacement?.outcome === 'accepted' && !isClosed(status);
  return replaced || (replacement?.outcome === 'accepted' && status === 'cancelled') ? 'replaced' : status;
}

function kindOf({ division, symbol }: ListedOrder): Pick<KisOrder, 'type' | 'timeInForce' | 'session'> {
  if (symbol.includes(':')) {
    const found = US_DIVISIONS.find(({ code }) => code === division);
    return { type: found?.type ?? null, timeInForce: found ? 'day' : null, session: null };
  }
  const found = DOMESTIC_DIVISIONS.find(({ code }) => code === division);
  if (!found) return { type: null, timeInForce: null, session: null };
  const sessions = new Set(Object.values(found.sessions).flat());
  const [session = null] = sessions.size === 1 ? [...sessions] : ['regular' as const];
  return { type: found.type, timeInForce: found.timeInForce, session };
}

function remaining(quantity: string, filled: string): string {
  const left = scaled(quantity) - scaled(filled);
  return left > 0n ? unscaled(left) : '0';
}

import { createHash } from 'node:crypto';
import {
  DOMESTIC_DIVISIONS,
  ORDER_VENUES,
  US_DIVISIONS,
  type KisOrderSide,
  type KisOrderVenue,
} from '../../protocol/order-divisions';
import { writtenNames } from '../../protocol/json-names';
import { isCancellation, programOrderId, type ProgramOrderId } from '../../protocol/program-tr-ids';
import { isDecimal, normalDecimal } from '../decimal-text';
import type { KisOrderIntent } from '../order-intent';

/** The body of an order as a program sent it: the fields by their names in capitals. */
export type ProgramOrderBody = ReadonlyMap<string, string>;

/** An order as far as the request of a program specifies it. */
export interface ProgramOrder {
  readonly action: 'place' | 'modify' | 'cancel';
  /** `null` for a kind of order that is not read here. */
  readonly market: ProgramOrderId['market'] | null;
  /** `null` for a change, which names its original order only, and for calls that are not known here. */
  readonly intent: KisOrderIntent | null;
  /** ORGN_ODNO of a change; `null` for a new order. */
  readonly original: string | null;
  /** KRX_FWDG_ORD_ORGNO */
  readonly branch: string;
  /** All that is open (QTY_ALL_ORD_YN). */
  readonly whole: boolean;
  /** ORD_QTY and the price; "0" where there is none. */
  readonly quantity: string;
  readonly price: string;
  /** ORD_DVSN; empty where there is none. */
  readonly division: string;
  /** Whether the order type is known, which determines what the price means; otherwise the cost of the order is unknown. */
  readonly isPriceKnown: boolean;
}

/** Left out of the digest: the journal identifies the account by a key that does not reveal its number. */
const ACCOUNT_FIELDS: ReadonlySet<string> = new Set(['CANO', 'ACNT_PRDT_CD']);

/** US exchanges, as orders name them and as symbols do. */
const EXCHANGES: Readonly<Record<string, string>> = { NASD: 'NAS', NYSE: 'NYS', AMEX: 'AMS' };

/**
 * The fields of a body, which must be one flat JSON object in UTF-8. `null` for anything else, including a byte order mark
 * and a repeated name: it is not known which of the two KIS would take.
 */
export function programOrderBody(bytes: Uint8Array): ProgramOrderBody | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
    const entries = Object.entries(parsed as Record<string, unknown>);
    const fields = new Map(entries.map(([name, value]) => [name.toUpperCase(), textOf(value)]));
    const isFlat = entries.every(([, value]) => typeof value !== 'object' || value === null);
    return isFlat && fields.size === writtenNames(text) ? fields : null;
  } catch {
    return null;
  }
}

/** Where a program sends an order: the path with its query, and the header tr_id. */
export interface ProgramOrderCall {
  readonly path: string;
  readonly trId: string;
}

/** The order in a call; `null` when a quantity or price is not a number. */
export function readProgramOrder(
  { path, trId }: ProgramOrderCall,
  body: ProgramOrderBody,
): ProgramOrder | null {
  const id = programOrderId(trId);
  const quantity = numberIn(body, 'ORD_QTY');
  const price = numberIn(body, id?.market === 'us' ? 'OVRS_ORD_UNPR' : 'ORD_UNPR');
  if (quantity === null || price === null) return null;
  const isCancel = isCancellation(trId, path, field(body, 'RVSE_CNCL_DVSN_CD'));
  const isChange = id?.action === 'change';
  const division = field(body, 'ORD_DVSN');
  return {
    action: isCancel ? 'cancel' : isChange ? 'modify' : 'place',
    market: id?.market ?? null,
    intent: id && !isChange ? intentOf(id, body, quantity, price) : null,
    original: isChange ? field(body, 'ORGN_ODNO') : null,
    branch: field(body, 'KRX_FWDG_ORD_ORGNO'),
    whole: field(body, 'QTY_ALL_ORD_YN').toUpperCase() === 'Y',
    quantity,
    price,
    division,
    isPriceKnown: id !== null && isPriceKnown(id, division, price),
  };
}

function isPriceKnown({ market, action }: ProgramOrderId, division: string, price: string): boolean {
  if (market === 'domestic') return DOMESTIC_DIVISIONS.some(({ code }) => code === division);
  // An overseas change has no order type.
  if (action === 'change') return true;
  const kind = US_DIVISIONS.find(({ code, sides }) => code === division && sides.includes(action));
  return kind !== undefined && (!kind.priced || price !== '0');
}

/** The intent of a change: that of the order that is changed, with what the request says. */
export function changedIntent(
  { action, whole, quantity, price, division }: ProgramOrder,
  original: KisOrderIntent,
  openQuantity: string,
): KisOrderIntent {
  const changed = { ...original, quantity: whole || quantity === '0' ? openQuantity : quantity };
  if (action !== 'modify') return changed;
  const newPrice = price === '0' ? original.price : price;
  if (original.market === 'us' || division === '') return { ...changed, price: newPrice };
  return { ...changed, ...domesticType(division, newPrice ?? '0') };
}

/** A stand-in intent for an order that is not understood here, so that the journal can hold it. */
export function unreadIntent(
  trId: string,
  body: ProgramOrderBody,
  { quantity, price }: ProgramOrder,
): KisOrderIntent {
  return {
    market: programOrderId(trId)?.market ?? 'domestic',
    symbol:
      `${trId.trim()} ${field(body, 'PDNO') || field(body, 'SHTN_PDNO') || field(body, 'ORGN_ODNO')}`.trim(),
    side: field(body, 'SLL_BUY_DVSN_CD') === '01' ? 'sell' : 'buy',
    type: 'limit',
    timeInForce: 'day',
    venue: null,
    session: 'regular',
    quantity,
    price: price === '0' ? null : price,
    triggerPrice: null,
    division: field(body, 'ORD_DVSN') || field(body, 'ORD_DVSN_CD'),
  };
}

/**
 * Identifies an order whose fields are not understood, to find equal ones: the TR id, and a digest of all fields except the
 * account, independent of their order.
 */
export function requestIdentity(trId: string, body: ProgramOrderBody): string {
  const fields = [...body].filter(([name]) => !ACCOUNT_FIELDS.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256').update(JSON.stringify(fields)).digest('hex');
  return `${trId.trim().toUpperCase()} ${digest.slice(0, 32)}`;
}

function intentOf(
  { market, action }: ProgramOrderId,
  body: ProgramOrderBody,
  quantity: string,
  price: string,
): KisOrderIntent | null {
  const side = action === 'sell' ? 'sell' : 'buy';
  return market === 'us'
    ? usIntent(side, body, quantity, price)
    : domesticIntent(side, body, quantity, price);
}

function domesticIntent(
  side: KisOrderSide,
  body: ProgramOrderBody,
  quantity: string,
  price: string,
): KisOrderIntent {
  const division = field(body, 'ORD_DVSN') || '00';
  const venue = venueOf(field(body, 'EXCG_ID_DVSN_CD'));
  const sessions = DOMESTIC_DIVISIONS.find(({ code }) => code === division)?.sessions;
  const trigger = numberIn(body, 'CNDT_PRIC') ?? '0';
  return {
    market: 'domestic',
    symbol: field(body, 'PDNO')
      .toUpperCase()
      .replace(/^A(?=\d{6}$)/, ''),
    side,
    ...domesticType(division, price),
    venue,
    session: sessions?.[venue]?.[0] ?? 'regular',
    quantity,
    triggerPrice: trigger === '0' ? null : trigger,
  };
}

/** The type and price that ORD_DVSN implies; an unknown type is recorded as a limit order. */
function domesticType(
  division: string,
  price: string,
): Pick<KisOrderIntent, 'type' | 'timeInForce' | 'price' | 'division'> {
  const kind = DOMESTIC_DIVISIONS.find(({ code }) => code === division);
  return {
    type: kind?.type ?? 'limit',
    timeInForce: kind?.timeInForce ?? 'day',
    price: (kind ? kind.priced : price !== '0') ? price : null,
    division,
  };
}

/** `null` for other exchanges abroad. */
function usIntent(
  side: KisOrderSide,
  body: ProgramOrderBody,
  quantity: string,
  price: string,
): KisOrderIntent | null {
  const exchange = EXCHANGES[field(body, 'OVRS_EXCG_CD').toUpperCase()];
  if (exchange === undefined) return null;
  const division = field(body, 'ORD_DVSN') || '00';
  const kind = US_DIVISIONS.find(({ code }) => code === division);
  return {
    market: 'us',
    symbol: `${exchange}:${field(body, 'PDNO').toUpperCase()}`,
    side,
    type: kind?.type ?? 'limit',
    timeInForce: 'day',
    venue: null,
    session: 'regular',
    quantity,
    price: (kind?.priced ?? true) && price !== '0' ? price : null,
    triggerPrice: null,
    division,
  };
}

/** KRX unless another venue is named (KIS portal, 주식주문(현금)). */
function venueOf(text: string): KisOrderVenue {
  return ORDER_VENUES.find((venue) => venue === text.toUpperCase()) ?? 'KRX';
}

/** "0" for a field that is missing or empty; `null` for anything that is not a number. */
function numberIn(body: ProgramOrderBody, name: string): string | null {
  const text = field(body, name) || '0';
  return isDecimal(text) ? normalDecimal(text) : null;
}

function field(body: ProgramOrderBody, name: string): string {
  return body.get(name) ?? '';
}

function textOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value).trim();
  return typeof value === 'boolean' ? String(value) : '';
}

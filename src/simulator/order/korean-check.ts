import { cashOf, orderable, priceForMoney, withoutFee } from '../ledger/domestic-cash';
import { type LedgerSource, domesticPositions } from '../ledger/domestic-ledger';
import { isOnTick } from '../market/ticks';
import { type KisHost } from '../message';
import { admissionProblem } from './korean-admission';
import { type KoreanRequest } from './korean-request';
import { hasPrice } from './order-types';

/** Customer, venue and time of an order. */
export interface OrderContext {
  readonly host: KisHost;
  readonly account: string;
  readonly at: number;
}

/** The code with which KIS refuses a new order; null where it takes it. Which check comes first is inferred. */
export function newOrderProblem(
  source: LedgerSource,
  request: KoreanRequest,
  context: OrderContext,
): string | null {
  // The mock host has the Korea Exchange only.
  if (context.host === 'mock' && request.exchange !== 'KRX') return '90000000';
  return (
    admissionProblem(source.market, source.settings, { ...request, ...context }) ??
    (source.market.isHalted(request.stock) ? 'APBK0066' : null) ??
    priceProblem(source, request) ??
    (request.side === 'sell'
      ? quantityProblem(source, request, context)
      : moneyProblem(source, request, context))
  );
}

/** A price that is missing or not on a tick is refused, also in a modification. */
export function priceProblem({ settings }: LedgerSource, request: KoreanRequest): string | null {
  const { type, price, stock } = request;
  const isAfterMarketBest = type.session === 'afterMarket' && !hasPrice(type);
  if (isAfterMarketBest && settings.afterMarketPrice === 'zero' && price !== 0) return 'APBK0506';
  if (isAfterMarketBest && settings.afterMarketPrice === 'price' && price === 0) return 'APBK0506';
  if (!hasPrice(type)) return null;
  return price > 0 && isOnTick(price, stock.kind) ? null : 'APBK0506';
}

function quantityProblem(
  source: LedgerSource,
  request: KoreanRequest,
  { account, at }: OrderContext,
): string | null {
  const held = domesticPositions(source, account, at).find(({ stock }) => stock === request.stock);
  return BigInt(request.quantity) <= (held?.orderable ?? 0n) ? null : 'APBK0400';
}

function moneyProblem(source: LedgerSource, request: KoreanRequest, context: OrderContext): string | null {
  const needed = moneyFor(source, request, context.at);
  return needed <= moneyFree(source, context) ? null : 'APBK0952';
}

/** The money that a buy order reserves. */
export function moneyFor(
  source: LedgerSource,
  { stock, type, quantity, price }: KoreanRequest,
  at: number,
): bigint {
  return BigInt(quantity) * priceForMoney(source, stock, hasPrice(type) ? price : 0, at);
}

/** Money that can still buy. */
export function moneyFree(source: LedgerSource, { account, at }: OrderContext): bigint {
  const positions = domesticPositions(source, account, at);
  return withoutFee(orderable(cashOf(source, account, positions, at)));
}

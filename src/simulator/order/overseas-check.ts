import { type LedgerSource } from '../ledger/domestic-ledger';
import { inParts, orderableForeignCash, overseasPositions, withCommission } from '../ledger/overseas-ledger';
import { type AmericanPhase, americanPhase } from '../market/american-sessions';
import { isAmerican } from '../market/exchanges';
import { type OverseasStock, overseasTick } from '../market/overseas-stocks';
import { AMERICA, KOREA, localDay } from '../market/places';
import { type KisHost } from '../message';
import { type Side } from './order';
import { isInHours } from './overseas-trading-rules';
import { type OverseasType } from './overseas-types';

/** Checks overseas orders as KIS does: price, money, shares, session. */

export interface OverseasRequest {
  readonly stock: OverseasStock;
  readonly side: Side;
  readonly type: OverseasType;
  readonly quantity: number;
  readonly price: number;
  readonly isDaytime: boolean;
}

interface OrderContext {
  readonly host: KisHost;
  readonly account: string;
  readonly at: number;
}

/** KIS takes no price below a cent online; "0" is the usual case. */
const LOWEST_PRICE = 0.01;

/** The code with which KIS refuses an overseas order; null where it takes it. */
export function overseasProblem(
  source: LedgerSource,
  request: OverseasRequest,
  context: OrderContext,
): string | null {
  return (
    sessionProblem(source, request, context) ??
    (source.market.isHalted(request.stock) ? 'APBK0066' : null) ??
    overseasPriceProblem(request) ??
    (request.side === 'sell'
      ? sharesProblem(source, request, context)
      : moneyProblem(source, request, context))
  );
}

/** Whether the market takes orders of this kind now. */
export function sessionProblem(
  { market }: LedgerSource,
  { stock, type, isDaytime }: Pick<OverseasRequest, 'stock' | 'type' | 'isDaytime'>,
  { host, at }: Pick<OrderContext, 'host' | 'at'>,
): string | null {
  if (market.isAlwaysOpen) return null;
  if (!isAmerican(stock.exchange)) return isInHours(market, stock, at) ? null : 'APBK0918';
  const phase = americanPhase(market, at);
  if (phase === 'closed' && isHoliday(at)) return host === 'mock' ? '40100000' : 'APBK0919';
  if (isDaytime) return phase === 'daytime' ? null : 'APBK0918';
  if (!isNormalPhase(phase, host, market.settings.americanExtendedHours)) return 'APBK0918';
  return type.moment === 'any' || isInTime(type, phase) ? null : 'APBK0963';
}

/** A price is needed, on the tick of the stock. What KIS says about another is inferred. */
export function overseasPriceProblem({ stock, type, price }: OverseasRequest): string | null {
  if (!type.hasPrice) return null;
  if (price < LOWEST_PRICE && overseasTick(stock.exchange, 1) === 0.01) return 'APBK1507';
  return price > 0 && stock.round(price) === price ? null : 'APBK0506';
}

function isNormalPhase(phase: AmericanPhase, host: KisHost, isEnrolled: boolean): boolean {
  if (phase === 'regular') return true;
  if (host === 'mock') return false;
  return phase === 'preMarket' || phase === 'afterMarket' || (phase === 'extended' && isEnrolled);
}

/** Orders for the open are taken before it, orders for the close until then. */
function isInTime({ moment }: OverseasType, phase: AmericanPhase): boolean {
  return phase === 'preMarket' || (moment === 'close' && phase === 'regular');
}

function isHoliday(at: number): boolean {
  return !AMERICA.isTradingDay(localDay(AMERICA, at)) && !AMERICA.isTradingDay(localDay(KOREA, at));
}

function sharesProblem(
  source: LedgerSource,
  request: OverseasRequest,
  { account, at }: OrderContext,
): string | null {
  const held = overseasPositions(source, account, at).find(({ stock }) => stock === request.stock);
  return BigInt(request.quantity) <= (held?.orderable ?? 0n) ? null : 'APBK0400';
}

function moneyProblem(
  source: LedgerSource,
  request: OverseasRequest,
  { account }: OrderContext,
): string | null {
  const { stock, quantity, price } = request;
  const needed = withCommission(BigInt(quantity) * inParts(price));
  return needed <= orderableForeignCash(source, account, stock.exchange.currency) ? null : 'APBK0952';
}

import { koreanDate, koreanTime } from '../korean-time';
import { type Level } from '../market/book';
import { rateOf, signOf } from '../market/change';
import { type DomesticStock } from '../market/domestic-stocks';
import { limitsOf } from '../market/korean-prices';
import { type KrxPhase } from '../market/korean-sessions';
import { type Market } from '../market/market';
import { type Columns } from './frames';
import { type RealtimeSettings } from './realtime-settings';

/** The columns of realtime market states and expected trades. */

/** MKOP_CLS_CODE at the beginning of each phase; the codes of the after-market are not known. */
const PHASE_CODES: Readonly<Partial<Record<KrxPhase, string>>> = {
  openingAuction: '110',
  regular: '112',
  closingAuction: '121',
  atClose: '129',
  singlePrice: '150',
};

/** H0STMKO0: the phase that the market enters; null where KIS's value is not documented. */
export function stateColumns(
  market: Market,
  stock: DomesticStock,
  phase: KrxPhase,
  { marketStateColumns }: Readonly<RealtimeSettings>,
): Columns | null {
  const code = PHASE_CODES[phase];
  if (code === undefined) return null;
  const isHalted = market.isHalted(stock);
  const columns = [
    stock.symbol,
    isHalted ? 'Y' : 'N',
    '(null)',
    code,
    '',
    '',
    '',
    isHalted ? '58' : '55',
    'N',
    'N',
  ];
  return marketStateColumns === 11 ? [...columns, '1'] : columns;
}

/** H0STANC0: the trade that an auction would give, 45 columns and a dummy that KIS once appended. */
export function expectationColumns(
  market: Market,
  stock: DomesticStock,
  { price, quantity }: Level,
  at: number,
): Columns {
  const { base } = limitsOf(market, stock, at);
  const change = price - base;
  const extremes = Array.from({ length: 3 }, () => [koreanTime(at), '3', 0]).flat();
  return [
    ...[stock.symbol, koreanTime(at), price, signOf(change), change, rateOf(change, base)],
    ...['0.00', 0, 0, 0, price, price, quantity, 0, 0],
    ...[0, 0, 0, '0.00', 0, 0, '3', '0.00', '0.00'],
    ...extremes,
    ...[koreanDate(at), '10', market.isHalted(stock) ? 'Y' : 'N', quantity, quantity, quantity, quantity],
    ...['0.00', 0, '0.00', 'B', '', ''],
  ];
}

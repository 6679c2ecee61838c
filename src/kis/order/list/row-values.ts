import { parseKoreanTime } from '../../protocol/market-time';
import type { KisOrderSide } from '../../protocol/order-divisions';
import { NotAsDocumented } from '../../protocol/wire';
import type { ListedOrder } from './listed-order';

/** What the domestic and the US list of orders have in common: their days, and how values of a row are read. */

/** The days of a list of orders, `YYYY-MM-DD` in Korea, both inclusive. */
export interface KisOrderDays {
  readonly from: string;
  readonly to: string;
}

/** Identifies a row on the pages of a list: order numbers are unique per account, branch and day only. */
export function identityOf({ day, branch, orderNumber }: ListedOrder): string {
  return [day, branch, orderNumber].join(' ');
}

/** @throws NotAsDocumented */
export function sideOf(code: string, path: string): KisOrderSide {
  const side = SIDES[code];
  if (side === undefined) throw new NotAsDocumented(`${path}.sll_buy_dvsn_cd`);
  return side;
}

/** The day of a row, `YYYY-MM-DD`. @throws NotAsDocumented */
export function dayOf(date: string, path: string): string {
  if (!/^\d{8}$/.test(date)) throw new NotAsDocumented(`${path}.ord_dt`);
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
}

/** When the order of a row was placed; epoch milliseconds. @throws NotAsDocumented */
export function timeOf(date: string, time: string, path: string): number {
  const clock = `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}`;
  const at = parseKoreanTime(`${dayOf(date, path)} ${clock}`);
  if (at === null) throw new NotAsDocumented(`${path}.ord_tmd`);
  return at;
}

/** KIS writes "no original" as nothing or as zeros. */
export function orderNumberOrNull(text: string | null): string | null {
  return text === null || /^[0\s]*$/.test(text) ? null : text.trim();
}

/** SLL_BUY_DVSN_CD */
const SIDES: Readonly<Record<string, KisOrderSide>> = { '01': 'sell', '02': 'buy' };

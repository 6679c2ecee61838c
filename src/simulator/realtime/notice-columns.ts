import { koreanTime } from '../korean-time';
import { type DomesticStock } from '../market/domestic-stocks';
import { type Order } from '../order/order';
import { type OrderNotice } from '../order/order-book';
import { orderType } from '../order/order-types';
import { type Columns } from './frames';
import { type Layout } from './layouts';

/** How a notice marks what has happened: RFUS_YN, CNTG_YN, ACPT_YN. */
export interface NoticeMarks {
  readonly rejected: '0' | '1';
  /** 1 order, modification, cancellation or rejection; 2 fill. */
  readonly kind: '1' | '2';
  /** 1 received, 2 confirmed, 3 cancelled as IOC or FOK. */
  readonly acceptance: '1' | '2' | '3';
}

/**
 * H0STCNI0 and H0STCNI9 (KIS portal, 국내주식 실시간체결통보): 26 columns, 23 before March 2025. On receipts the
 * quantity and price of the order stand where those of a fill stand otherwise.
 */
export function noticeColumns(
  notice: OrderNotice,
  stock: DomesticStock,
  marks: NoticeMarks,
  { htsId, layout }: { readonly htsId: string; readonly layout: Layout },
): Columns {
  const { order, quantity, price, at } = notice;
  const { facts } = order;
  const common = [
    ...identityOf(order, htsId),
    facts.type,
    conditionOf(order),
    stock.symbol,
    digits(quantity, 10),
    digits(price, 9),
    koreanTime(at),
    ...[marks.rejected, marks.kind, marks.acceptance],
    order.branch,
    digits(facts.quantity, 9),
    '시뮬레이터',
  ];
  const name = stock.name;
  const orderPrice = digits(facts.price, 9);
  if (layout === '2024') return [...common, name, '', '', name, orderPrice];
  return [...common, digits(facts.trigger, 9), exchangeMark(order), 'N', '', '', '', name, orderPrice];
}

/** CUST_ID to RCTF_CLS, the same in foreign notices. */
export function identityOf({ facts, number }: Order, htsId: string): Columns {
  return [
    htsId,
    facts.account.replace('-', ''),
    number,
    facts.original?.number ?? '',
    facts.side === 'sell' ? '01' : '02',
    { new: '0', modify: '1', cancel: '2' }[facts.action],
  ];
}

export function digits(value: number, width: number): string {
  return String(Math.round(value)).padStart(width, '0');
}

/** ODER_COND: 1 IOC, 2 FOK. */
function conditionOf({ facts }: Order): string {
  const immediate = orderType(facts.type)?.immediate;
  if (immediate === 'IOC') return '1';
  return immediate === 'FOK' ? '2' : '0';
}

/** ORD_EXG_GB: 1 KRX, 2 NXT, 3 SOR that went to KRX. */
function exchangeMark({ facts }: Order): string {
  return { KRX: '1', NXT: '2', SOR: '3' }[facts.exchange] ?? '1';
}

import { type OverseasStock } from '../market/overseas-stocks';
import { type OrderNotice } from '../order/order-book';
import { overseasType } from '../order/overseas-types';
import { koreanTime } from '../korean-time';
import { type Columns } from './frames';
import { type Layout } from './layouts';
import { type NoticeMarks, digits, identityOf } from './notice-columns';

/** ODER_COND of foreign notices: where the stock is listed. */
const PLACES: Readonly<Record<string, string>> = {
  NASD: '6',
  NYSE: '7',
  AMEX: '8',
  SEHK: '4',
  SHAA: 'A',
  SZAA: 'B',
  TKSE: 'D',
  HASE: 'E',
  VNSE: 'F',
};

/**
 * H0GSCNI0 and H0GSCNI9 (KIS portal, 해외주식 실시간체결통보): 24 columns, or 25 with CNTG_UNPR12 as in an official
 * sample, 21 in python-kis. Prices have implied decimals: 001480100 is 148.01 in the United States.
 */
export function overseasNoticeColumns(
  notice: OrderNotice,
  stock: OverseasStock,
  marks: NoticeMarks,
  { htsId, layout, columns }: { readonly htsId: string; readonly layout: Layout; readonly columns: 24 | 25 },
): Columns {
  const { order, quantity, price, at } = notice;
  const isFill = marks.kind === '2';
  const implied = (value: number, width: number): string =>
    digits(value * 10 ** stock.exchange.decimals, width);
  const common = [
    ...identityOf(order, htsId),
    overseasType(order.facts.type).noticeCode,
    stock.symbol,
    digits(quantity, 10),
    implied(price, 9),
    koreanTime(at),
    ...[marks.rejected, marks.kind, marks.acceptance],
    order.branch,
    // On receipts the quantity stands in CNTG_QTY only.
    isFill ? digits(order.facts.quantity, 9) : '',
    '시뮬레이터',
    stock.name,
    PLACES[stock.exchange.code] ?? '',
    '10',
    '',
  ];
  if (layout === '2024') return common;
  const times = [...common, '', '', ''];
  return columns === 25 ? [...times, implied(price, 12)] : times;
}

import type { KisPage, KisReadOptions } from '../../http/kis-api.client';
import type { KisPageReader } from '../../http/kis-page-reader';
import { readAnswer } from '../../http/read-answer';
import { RowPages } from '../../http/row-pages';
import type { KisAccount } from '../../kis-account';
import { KIS_ORDER_LISTS } from '../../protocol/order-calls';
import { answerOf, fullListOf, type WireReader } from '../../protocol/wire';
import { description, figure, figureOrNull, identity, isZero, recordOf } from '../../protocol/wire-fields';
import { dayPlus } from '../korean-date';
import type { ListedOrder } from './listed-order';
import { dayOf, identityOf, orderNumberOrNull, sideOf, timeOf, type KisOrderDays } from './row-values';

/**
 * All orders of an account for US stocks between two Korean days; all pages (20 rows a page, 15 in mock trading). KIS takes
 * the days as days at the exchange, so the day before is read as well.
 */
export async function readOverseasOrders(
  pages: KisPageReader,
  account: KisAccount,
  { from, to }: KisOrderDays,
  options: KisReadOptions,
): Promise<readonly ListedOrder[]> {
  const call = KIS_ORDER_LISTS.overseas;
  const everything = account.mode === 'MOCK' ? '' : '%';
  const params = {
    CANO: account.number,
    ACNT_PRDT_CD: account.productCode,
    PDNO: everything,
    ORD_STRT_DT: dayPlus(from, -1).replaceAll('-', ''),
    ORD_END_DT: to.replaceAll('-', ''),
    SLL_BUY_DVSN: '00',
    CCLD_NCCS_DVSN: '00',
    OVRS_EXCG_CD: account.mode === 'MOCK' ? '' : 'NASD',
    SORT_SQN: 'DS',
    ORD_DT: '',
    ORD_GNO_BRNO: '',
    ODNO: '',
  };
  const rows = (page: KisPage): ListedOrder[] => readAnswer(ANSWER, page.body, call).output;
  const list = await pages.readAll(account, call, params, () => new RowPages(rows, identityOf), options);
  return list.rows.filter(({ day }) => day >= from && day <= to);
}

/** KIS portal, 해외주식 주문체결내역, output. Date and time are the Korean ones: `ord_dt` is the day at the exchange. */
const FIELDS = recordOf({
  date: identity('dmst_ord_dt'),
  time: identity('thco_ord_tmd'),
  orderNumber: identity('odno'),
  symbol: identity('pdno'),
  exchange: identity('ovrs_excg_cd'),
  side: identity('sll_buy_dvsn_cd'),
  quantity: figure('ft_ord_qty'),
  price: figure('ft_ord_unpr3'),
  filledQuantity: figure('ft_ccld_qty'),
  openQuantity: figure('nccs_qty'),
  originalNumber: description('orgn_odno'),
  branch: description('ord_gno_brno'),
  name: description('prdt_name'),
  averageFillPrice: figureOrNull('ft_ccld_unpr3'),
  change: description('rvse_cncl_dvsn'),
  state: description('prcs_stat_name'),
});

/** The exchange code that quotes use, by OVRS_EXCG_CD. */
const QUOTE_EXCHANGES: Readonly<Record<string, string>> = { NASD: 'NAS', NYSE: 'NYS', AMEX: 'AMS' };

const REJECTED = '거부';
const CANCELLATION = '02';

const usRow: WireReader<ListedOrder> = (value, path) => {
  const row = FIELDS(value, path);
  const { exchange, orderNumber, symbol, name, quantity, price, filledQuantity } = row;
  const rejected = row.state?.trim() === REJECTED;
  return {
    day: dayOf(row.date, path),
    orderNumber,
    originalNumber: orderNumberOrNull(row.originalNumber),
    branch: row.branch?.trim() ?? '',
    symbol: `${QUOTE_EXCHANGES[exchange] ?? exchange}:${symbol}`,
    name,
    side: sideOf(row.side, path),
    division: null,
    venue: null,
    quantity,
    price,
    filledQuantity,
    averageFillPrice: isZero(filledQuantity) ? null : row.averageFillPrice,
    // The list has no such column: what is neither filled nor open was cancelled.
    cancelledQuantity: rejected ? '0' : rest(quantity, filledQuantity, row.openQuantity),
    rejectedQuantity: rejected ? quantity : '0',
    openQuantity: rejected ? '0' : row.openQuantity,
    placedAt: timeOf(row.date, row.time, path),
    cancellation: row.change?.trim() === CANCELLATION,
  };
};

const ANSWER = answerOf({ output: fullListOf(usRow, ['odno', 'pdno']) });

function rest(quantity: string, filled: string, open: string): string {
  return String(Math.max(0, Number(quantity) - Number(filled) - Number(open)));
}

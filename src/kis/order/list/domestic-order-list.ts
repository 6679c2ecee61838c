import type { KisPageReader } from '../../http/kis-page-reader';
import type { KisApiClient, KisPage, KisReadOptions } from '../../http/kis-api.client';
import { readAnswer } from '../../http/read-answer';
import { RowPages } from '../../http/row-pages';
import type { KisAccount } from '../../kis-account';
import { KIS_ORDER_LISTS } from '../../protocol/order-calls';
import { ORDER_VENUES, type KisOrderVenue } from '../../protocol/order-divisions';
import { answerOf, fullListOf, type WireReader } from '../../protocol/wire';
import { description, figure, figureOrNull, identity, isZero, recordOf } from '../../protocol/wire-fields';
import type { ListedOrder } from './listed-order';
import { dayOf, identityOf, orderNumberOrNull, sideOf, timeOf, type KisOrderDays } from './row-values';

/**
 * All domestic orders of an account between two days, oldest first, wherever they were placed; all pages (100 rows a page,
 * 15 in mock trading). In mock trading this is the only list of orders there is.
 */
export async function readDomesticOrders(
  pages: KisPageReader,
  account: KisAccount,
  days: KisOrderDays,
  options: KisReadOptions,
): Promise<readonly ListedOrder[]> {
  const call = KIS_ORDER_LISTS.domestic;
  const rows = (page: KisPage): ListedOrder[] => readAnswer(DOMESTIC, page.body, call).output1;
  const params = paramsOf(account, days);
  const list = await pages.readAll(account, call, params, () => new RowPages(rows, identityOf), options);
  return list.rows;
}

/** The newest orders of a day for one stock: one page. */
export async function readNewestDomesticOrders(
  api: KisApiClient,
  account: KisAccount,
  { day, symbol }: { readonly day: string; readonly symbol: string },
  options: KisReadOptions,
): Promise<readonly ListedOrder[]> {
  const call = KIS_ORDER_LISTS.domestic;
  const params = { ...paramsOf(account, { from: day, to: day }), INQR_DVSN: NEWEST_FIRST, PDNO: symbol };
  const { body } = await api.read(account, call, params, options);
  return readAnswer(DOMESTIC, body, call).output1;
}

/** INQR_DVSN: newest order first. */
const NEWEST_FIRST = '00';

function paramsOf(account: KisAccount, { from, to }: KisOrderDays): Record<string, string> {
  return {
    CANO: account.number,
    ACNT_PRDT_CD: account.productCode,
    INQR_STRT_DT: from.replaceAll('-', ''),
    INQR_END_DT: to.replaceAll('-', ''),
    SLL_BUY_DVSN_CD: '00',
    INQR_DVSN: '01',
    PDNO: '',
    CCLD_DVSN: '00',
    ORD_GNO_BRNO: '',
    ODNO: '',
    INQR_DVSN_3: '00',
    INQR_DVSN_1: '',
    EXCG_ID_DVSN_CD: account.mode === 'MOCK' ? 'KRX' : 'ALL',
  };
}

/** KIS portal, 주식일별주문체결조회, output1. The servers spell two of the names differently from the portal. */
const FIELDS = recordOf({
  date: identity('ord_dt'),
  time: identity('ord_tmd'),
  orderNumber: identity('odno'),
  symbol: identity('pdno'),
  side: identity('sll_buy_dvsn_cd'),
  quantity: figure('ord_qty'),
  price: figure('ord_unpr'),
  filledQuantity: figure('tot_ccld_qty'),
  openQuantity: figure('rmn_qty'),
  rejectedQuantity: figure('rjct_qty'),
  originalNumber: description('orgn_odno'),
  branch: description('ord_gno_brno'),
  name: description('prdt_name'),
  division: description('ord_dvsn_cd'),
  averageFillPrice: figureOrNull('avg_prvs'),
  cancellation: description('cncl_yn'),
  cancelledQuantity: figureOrNull('cncl_cfrm_qty'),
  cancelledQuantityAsDocumented: figureOrNull('cnc_cfrm_qty'),
  venue: description('excg_id_dvsn_cd'),
  venueAsDocumented: description('excg_id_dvsn_Cd'),
});

const domesticRow: WireReader<ListedOrder> = (value, path) => {
  const row = FIELDS(value, path);
  const { orderNumber, symbol, name, quantity, price, filledQuantity, openQuantity, rejectedQuantity } = row;
  return {
    day: dayOf(row.date, path),
    orderNumber,
    originalNumber: orderNumberOrNull(row.originalNumber),
    branch: row.branch?.trim() ?? '',
    symbol,
    name,
    side: sideOf(row.side, path),
    division: row.division?.trim() ?? null,
    venue: venueOf(row.venue ?? row.venueAsDocumented),
    quantity,
    price,
    filledQuantity,
    averageFillPrice: isZero(filledQuantity) ? null : row.averageFillPrice,
    cancelledQuantity: row.cancelledQuantity ?? row.cancelledQuantityAsDocumented ?? '0',
    rejectedQuantity,
    openQuantity,
    placedAt: timeOf(row.date, row.time, path),
    cancellation: row.cancellation === 'Y',
  };
};

const DOMESTIC = answerOf({ output1: fullListOf(domesticRow, ['odno', 'pdno']) });

function venueOf(text: string | null): KisOrderVenue | null {
  return ORDER_VENUES.find((venue) => venue === text?.trim()) ?? null;
}

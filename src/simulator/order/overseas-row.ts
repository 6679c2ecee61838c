import { koreanDate, koreanTime } from '../korean-time';
import { dateOf } from '../market/days';
import { clockOf, localDay, localMinute } from '../market/places';
import { type Order, isDomestic } from './order';
import { type OrderView, sideCode } from './order-view';

const PRICE_DECIMALS = 8;
const AMOUNT_DECIMALS = 5;

/**
 * A row of either list of overseas orders. The two tables of the portal name a few members differently
 * (rvse_cncl_dvsn_cd and rvse_cncl_dvsn, natn_cd and tr_natn); a row has them all.
 */
export function overseasRow(view: OrderView): Record<string, string> {
  const { order } = view;
  const { stock, at } = order.facts;
  if (isDomestic(stock)) throw new TypeError(`Order ${order.number} is a domestic one.`);
  const { exchange, place } = stock;
  return {
    ord_dt: dateOf(localDay(place, at)),
    ord_gno_brno: order.branch,
    odno: order.number,
    orgn_odno: order.facts.original?.number ?? '',
    pdno: stock.symbol,
    prdt_name: stock.name,
    sll_buy_dvsn_cd: sideCode(order),
    sll_buy_dvsn_cd_name: order.facts.side === 'sell' ? '매도' : '매수',
    ...revisionOf(order),
    ...quantitiesOf(view),
    prcs_stat_name: stateName(view),
    rjct_rson: '',
    rjct_rson_name: view.rejected > 0 ? '거래소 거부' : '',
    ord_tmd: clockOf(localMinute(place, at)),
    tr_mket_name: exchange.name,
    tr_natn: exchange.countryCode,
    tr_natn_name: exchange.country,
    natn_cd: exchange.countryCode,
    natn_kor_name: exchange.country,
    ovrs_excg_cd: exchange.code,
    tr_crcy_cd: exchange.currency.code,
    dmst_ord_dt: koreanDate(at),
    thco_ord_tmd: koreanTime(at),
    loan_type_cd: '00',
    loan_dt: '',
    mdia_dvsn_name: 'OpenAPI',
    usa_amk_exts_rqst_yn: 'N',
    splt_buy_attr_name: '',
  };
}

function revisionOf({ facts }: Order): Record<string, string> {
  const [code, name] = { new: ['00', ''], modify: ['01', '정정'], cancel: ['02', '취소'] }[facts.action];
  return {
    rvse_cncl_dvsn: code ?? '',
    rvse_cncl_dvsn_name: name ?? '',
    rvse_cncl_dvsn_cd: code ?? '',
    rvse_cncl_dvsn_cd_name: name ?? '',
  };
}

function quantitiesOf({ order, filled, amount, remaining }: OrderView): Record<string, string> {
  return {
    ft_ord_qty: String(order.facts.quantity),
    ft_ord_unpr3: order.facts.price.toFixed(PRICE_DECIMALS),
    ft_ccld_qty: String(filled),
    ft_ccld_unpr3: (filled === 0 ? 0 : amount / filled).toFixed(PRICE_DECIMALS),
    ft_ccld_amt3: amount.toFixed(AMOUNT_DECIMALS),
    nccs_qty: String(remaining),
  };
}

/** 완료 done, 거부 rejected, 전송 sent (KIS portal). */
function stateName({ remaining, rejected }: OrderView): string {
  if (rejected > 0) return '거부';
  return remaining === 0 ? '완료' : '전송';
}

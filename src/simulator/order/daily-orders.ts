import { koreanDate } from '../korean-time';
import { dayOf } from '../market/days';
import { type Fields, type KisHost } from '../message';
import { type Answer, goodAnswer, invalidField, padded, tradingAnswer } from '../uapi/answer';
import { pageOf } from '../uapi/paging';
import { type Inquiry, type Service } from '../uapi/service';
import { accountOf } from './accounts';
import { type Order, isDomestic } from './order';
import { type OrderSettings } from './order-settings';
import { orderType } from './order-types';
import { type OrderView, averageOf, commonFields, sideCode, sideName, viewsOf } from './order-view';
import { inMock } from './tr-ids';

const RECENT = ['TTTC0081R', 'TTTC8001R'];
const OLDER = ['CTSC9215R', 'CTSC9115R'];

/** 주식일별주문체결조회 [v1_국내주식-005]: orders and fills of a range of days. The only order list of the mock host. */
export const DAILY_ORDERS: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-daily-ccld',
  trIds: { real: [...RECENT, ...OLDER], mock: [...RECENT, ...OLDER].map(inMock) },
  forAccount: true,
  required: [
    'INQR_STRT_DT',
    'INQR_END_DT',
    'SLL_BUY_DVSN_CD',
    'ORD_GNO_BRNO',
    'CCLD_DVSN',
    'INQR_DVSN',
    'INQR_DVSN_3',
    'CTX_AREA_FK100',
    'CTX_AREA_NK100',
  ],
  answer: dailyOrders,
};

const PAGE_SIZES = { real: 100, mock: 15 };
/** The limit between the two pairs of TR ids. */
const RECENT_DAYS = 92;

const CODES: readonly (readonly [field: string, values: readonly string[]])[] = [
  ['SLL_BUY_DVSN_CD', ['00', '01', '02']],
  ['CCLD_DVSN', ['00', '01', '02']],
  ['INQR_DVSN', ['00', '01']],
];

function dailyOrders(inquiry: Inquiry): Answer {
  const { call, fields, brokerage, trId } = inquiry;
  const { settings } = brokerage;
  const problem = fieldProblem(fields, call.host);
  if (problem !== null) return invalidField(problem);
  const ids = RECENT.concat(RECENT.map(inMock));
  const isRecent = ids.includes(trId);
  const border = koreanDate(call.at - RECENT_DAYS * 86_400_000);
  const orders = brokerage.orders
    .of(accountOf(fields))
    .filter(({ facts, date }) => isDomestic(facts.stock) && date >= border === isRecent);
  const views = viewsOf(orders, settings, call.at).filter((view) => isAsked(view, fields, call.host));
  const rows = fields.get('INQR_DVSN') === '01' ? views : views.reverse();
  const page = pageOf(
    rows,
    {
      width: 100,
      pageSize: PAGE_SIZES[call.host],
      condition: ['CANO', 'ACNT_PRDT_CD', 'INQR_STRT_DT', 'INQR_END_DT', 'SLL_BUY_DVSN_CD', 'CCLD_DVSN']
        .map((name) => `${fields.get(name)}!^`)
        .join(''),
      keyOf: ({ order }) => `${order.date}!^${order.branch}!^${order.number}!^`,
    },
    inquiry,
  );
  if ('msgCd' in page) return page;
  const content = {
    ...page.areas,
    output1: page.rows.map((view) => rowOf(view, settings)),
    output2: sumsOf(views),
  };
  // Seen live with the last page of the real host.
  if (call.host === 'real' && page.isLast && rows.length > 0) {
    return {
      ...goodAnswer('KIOK0460', padded('조회 되었습니다. (마지막 자료)'), content),
      trCont: page.trCont,
    };
  }
  return tradingAnswer(call.host, content, { found: rows.length > 0, trCont: page.trCont });
}

/** The mock host requires two-digit codes, the real host tolerates others (python-kis issue #27). */
function fieldProblem(fields: Fields, host: KisHost): string | null {
  if (dayOf(fields.get('INQR_STRT_DT')) === null) return 'INQR_STRT_DT';
  if (dayOf(fields.get('INQR_END_DT')) === null) return 'INQR_END_DT';
  if (host === 'real') return null;
  return CODES.find(([field, values]) => !values.includes(fields.get(field)))?.[0] ?? null;
}

function isAsked(view: OrderView, fields: Fields, host: KisHost): boolean {
  const { order } = view;
  const asked = (name: string): string => fields.get(name).trim();
  const [side, state] = [asked('SLL_BUY_DVSN_CD'), asked('CCLD_DVSN')];
  const exchange = host === 'mock' ? 'KRX' : asked('EXCG_ID_DVSN_CD') || 'ALL';
  return (
    order.date >= asked('INQR_STRT_DT') &&
    order.date <= asked('INQR_END_DT') &&
    (side !== '01' || sideCode(order) === '01') &&
    (side !== '02' || sideCode(order) === '02') &&
    (state !== '01' || view.filled > 0) &&
    (state !== '02' || view.remaining > 0) &&
    (exchange === 'ALL' || exchange === order.facts.exchange) &&
    (asked('PDNO') === '' || asked('PDNO') === order.facts.stock.symbol) &&
    (asked('ORD_GNO_BRNO') === '' || asked('ORD_GNO_BRNO') === order.branch) &&
    (asked('ODNO') === '' || asked('ODNO').padStart(10, '0') === order.number)
  );
}

/** Two names differ between the portal's table and what was seen live. */
function rowOf(view: OrderView, { portalOrderNames }: Readonly<OrderSettings>): Record<string, string> {
  const { order } = view;
  const { facts } = order;
  return {
    ord_dt: order.date,
    ...commonFields(view),
    sll_buy_dvsn_cd_name: sideName(order),
    avg_prvs: averageOf(view),
    cncl_yn: facts.action === 'cancel' ? 'Y' : 'N',
    loan_dt: '',
    ordr_empno: 'OpnAPI',
    [portalOrderNames ? 'cnc_cfrm_qty' : 'cncl_cfrm_qty']: String(view.cancelled),
    rmn_qty: String(view.remaining),
    rjct_qty: String(view.rejected),
    ccld_cndt_name: conditionName(order),
    inqr_ip_addr: '127.0.0.1',
    cpbc_ordp_ord_rcit_dvsn_cd: '',
    cpbc_ordp_infm_mthd_dvsn_cd: '',
    infm_tmd: '',
    ctac_tlno: '',
    prdt_type_cd: '300',
    excg_dvsn_cd: exchangeDivision(order),
    cpbc_ordp_mtrl_dvsn_cd: '',
    ord_orgno: order.branch,
    rsvn_ord_end_dt: '',
    [portalOrderNames ? 'excg_id_dvsn_Cd' : 'excg_id_dvsn_cd']: facts.exchange,
    stpm_efct_occr_dtmd: '',
  };
}

function conditionName({ facts }: Order): string {
  return orderType(facts.type)?.immediate ?? '없음';
}

/** "12" was seen live with SOR; the others are those of the master data [inferred]. */
export function exchangeDivision({ facts }: Order): string {
  if (facts.exchange === 'SOR') return '12';
  return facts.exchange === 'NXT' ? '11' : '02';
}

/** Sums of the whole range, whichever order is requested; the costs are an estimate. */
function sumsOf(views: readonly OrderView[]): Record<string, string> {
  const sum = (figure: (view: OrderView) => number): number =>
    views.reduce((total, view) => total + figure(view), 0);
  const [filled, amount] = [sum((view) => view.filled), sum((view) => view.amount)];
  return {
    tot_ord_qty: String(sum(({ order }) => order.facts.quantity)),
    tot_ccld_qty: String(filled),
    tot_ccld_amt: String(amount),
    prsm_tlex_smtl: String(Math.round(amount * 0.00015)),
    pchs_avg_pric: averageOf({ filled, amount }),
  };
}

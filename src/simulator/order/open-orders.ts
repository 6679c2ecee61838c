import { type Fields } from '../message';
import { type Answer, tradingAnswer } from '../uapi/answer';
import { pageOf } from '../uapi/paging';
import { type Inquiry, type Service } from '../uapi/service';
import { accountOf } from './accounts';
import { exchangeDivision } from './daily-orders';
import { isDomestic } from './order';
import { type OrderView, commonFields, sideCode, sideName, viewsOf } from './order-view';

/** 주식정정취소가능주문조회 [v1_국내주식-004]: what can be modified or cancelled. Not at the mock host. */
export const OPEN_ORDERS: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-psbl-rvsecncl',
  trIds: { real: ['TTTC0084R', 'TTTC8036R'], mock: [] },
  forAccount: true,
  required: ['CTX_AREA_FK100', 'CTX_AREA_NK100', 'INQR_DVSN_1', 'INQR_DVSN_2'],
  answer: openOrders,
};

const PAGE_SIZE = 50;
const BY_STOCK = '1';

function openOrders(inquiry: Inquiry): Answer {
  const { call, fields, brokerage } = inquiry;
  const orders = brokerage.orders.of(accountOf(fields)).filter(({ facts }) => isDomestic(facts.stock));
  const views = viewsOf(orders, brokerage.settings, call.at).filter(
    (view) => view.isOpen && isAsked(view, fields),
  );
  const page = pageOf(
    sorted(views, fields.get('INQR_DVSN_1')),
    {
      width: 100,
      pageSize: PAGE_SIZE,
      condition: ['CANO', 'ACNT_PRDT_CD', 'INQR_DVSN_1', 'INQR_DVSN_2']
        .map((name) => `${fields.get(name)}!^`)
        .join(''),
      keyOf: ({ order }) => `${order.branch}!^${order.number}!^`,
    },
    inquiry,
  );
  if ('msgCd' in page) return page;
  return tradingAnswer(
    call.host,
    { ...page.areas, output: page.rows.map(rowOf) },
    { found: views.length > 0, trCont: page.trCont },
  );
}

/** INQR_DVSN_2: 1 sales, 2 purchases, else all. */
function isAsked({ order }: OrderView, fields: Fields): boolean {
  const side = fields.get('INQR_DVSN_2');
  return side !== '1' && side !== '2' ? true : sideCode(order) === `0${side}`;
}

function sorted(views: readonly OrderView[], by: string): readonly OrderView[] {
  if (by !== BY_STOCK) return [...views].reverse();
  return [...views].sort((one, other) =>
    one.order.facts.stock.symbol.localeCompare(other.order.facts.stock.symbol),
  );
}

function rowOf(view: OrderView): Record<string, string> {
  const { order } = view;
  return {
    ...commonFields(view),
    rvse_cncl_dvsn_name: sideName(order),
    psbl_qty: String(view.remaining),
    mgco_aptm_odno: '',
    excg_dvsn_cd: exchangeDivision(order),
    excg_id_dvsn_cd: order.facts.exchange,
    excg_id_dvsn_name: order.facts.exchange,
    stpm_efct_occr_yn: order.isTriggered ? 'Y' : 'N',
  };
}

import { dateOf } from '../market/days';
import { localDay } from '../market/places';
import { type Fields, type KisHost } from '../message';
import { type Answer, invalidField, serviceRefusal, tradingAnswer } from '../uapi/answer';
import { pageOf } from '../uapi/paging';
import { type Inquiry, type Service } from '../uapi/service';
import { accountOf } from './accounts';
import { isDomestic } from './order';
import { type OrderView, sideCode, viewsOf } from './order-view';
import { overseasRow } from './overseas-row';

/** 해외주식 미체결내역 [v1_해외주식-005]: open overseas orders. The portal says: not at the mock host. */
export const OVERSEAS_OPEN_ORDERS: Service = {
  method: 'GET',
  path: '/uapi/overseas-stock/v1/trading/inquire-nccs',
  trIds: { real: ['TTTS3018R'], mock: ['VTTS3018R'] },
  forAccount: true,
  required: ['OVRS_EXCG_CD', 'SORT_SQN', 'CTX_AREA_FK200', 'CTX_AREA_NK200'],
  answer: openOrders,
};

/** 해외주식 주문체결내역 [v1_해외주식-007]: overseas orders of a range of days, local to their market. */
export const OVERSEAS_ORDERS: Service = {
  method: 'GET',
  path: '/uapi/overseas-stock/v1/trading/inquire-ccnl',
  trIds: { real: ['TTTS3035R'], mock: ['VTTS3035R'] },
  forAccount: true,
  required: [
    'PDNO',
    'ORD_STRT_DT',
    'ORD_END_DT',
    'SLL_BUY_DVSN',
    'CCLD_NCCS_DVSN',
    'OVRS_EXCG_CD',
    'SORT_SQN',
    'ORD_DT',
    'ORD_GNO_BRNO',
    'ODNO',
    'CTX_AREA_NK200',
    'CTX_AREA_FK200',
  ],
  answer: allOrders,
};

const OPEN_PAGE_SIZE = 40;
const PAGE_SIZES = { real: 20, mock: 15 };
const UNITED_STATES = ['NASD', 'NYSE', 'AMEX'];
const EVERY = '%';

/** The only ones that the mock host accepts. */
const MOCK_QUERY = { PDNO: '', OVRS_EXCG_CD: '', SLL_BUY_DVSN: '00', CCLD_NCCS_DVSN: '00' };

function openOrders(inquiry: Inquiry): Answer {
  const { call, fields, brokerage } = inquiry;
  if (call.host === 'mock' && !brokerage.settings.mockOverseasOpenOrders) {
    return serviceRefusal('1', 'OPSQ0002', '없는 서비스 코드 입니다');
  }
  const exchange = fields.get('OVRS_EXCG_CD');
  const views = overseasViews(inquiry).filter(
    (view) => view.isOpen && isAt(view, exchange) && view.order.facts.action !== 'cancel',
  );
  const rows = fields.get('SORT_SQN') === 'DS' ? views : views.reverse();
  return listed(inquiry, rows, OPEN_PAGE_SIZE, ['CANO', 'ACNT_PRDT_CD', 'OVRS_EXCG_CD', 'SORT_SQN']);
}

function allOrders(inquiry: Inquiry): Answer {
  const { call, fields, brokerage } = inquiry;
  const problem =
    call.host === 'mock' && brokerage.settings.mockListFilters === 'refused' ? mockProblem(fields) : null;
  if (problem !== null) return invalidField(problem);
  const views = overseasViews(inquiry).filter((view) => isAsked(view, fields, call.host));
  // DS is said to be the forward order here, and the only one of the mock host.
  const isForward = call.host === 'mock' || fields.get('SORT_SQN') !== 'AS';
  const names = ['CANO', 'ACNT_PRDT_CD', 'PDNO', 'ORD_STRT_DT', 'ORD_END_DT', 'OVRS_EXCG_CD', 'SORT_SQN'];
  return listed(inquiry, isForward ? views : views.reverse(), PAGE_SIZES[call.host], names);
}

function overseasViews({ call, fields, brokerage }: Inquiry): OrderView[] {
  const orders = brokerage.orders.of(accountOf(fields)).filter(({ facts }) => !isDomestic(facts.stock));
  return viewsOf(orders, brokerage.settings, call.at);
}

function listed(
  inquiry: Inquiry,
  views: readonly OrderView[],
  pageSize: number,
  names: readonly string[],
): Answer {
  const { call, fields } = inquiry;
  const page = pageOf(
    views,
    {
      width: 200,
      pageSize,
      condition: names.map((name) => `${fields.get(name)}!^`).join(''),
      keyOf: ({ order }) => `${order.date}!^${order.branch}!^${order.number}!^`,
    },
    inquiry,
  );
  if ('msgCd' in page) return page;
  const output = page.rows.map((view) => overseasRow(view));
  const found = views.length > 0;
  return tradingAnswer(call.host, { ...page.areas, output }, { found, trCont: page.trCont });
}

function mockProblem(fields: Fields): string | null {
  return Object.entries(MOCK_QUERY).find(([name, only]) => fields.get(name).trim() !== only)?.[0] ?? null;
}

function isAsked(view: OrderView, fields: Fields, host: KisHost): boolean {
  const { stock } = view.order.facts;
  if (isDomestic(stock)) return false;
  const day = dateOf(localDay(stock.place, view.order.facts.at));
  if (day < fields.get('ORD_STRT_DT') || day > fields.get('ORD_END_DT')) return false;
  if (host === 'mock') return true;
  const [symbol, side, state] = ['PDNO', 'SLL_BUY_DVSN', 'CCLD_NCCS_DVSN'].map((name) =>
    fields.get(name).trim(),
  );
  return (
    isAt(view, fields.get('OVRS_EXCG_CD').trim()) &&
    (symbol === '' || symbol === EVERY || symbol === stock.symbol) &&
    (side === '00' || side === '' || side === sideCode(view.order)) &&
    (state !== '01' || view.filled > 0) &&
    (state !== '02' || view.remaining > 0)
  );
}

/** NASD stands for all of the United States. */
function isAt({ order }: OrderView, exchange: string): boolean {
  if (exchange === '' || exchange === EVERY) return true;
  const own = order.facts.exchange;
  return exchange === 'NASD' ? UNITED_STATES.includes(own) : exchange === own;
}

import type { KisReadCall } from './kis-calls';

const DOMESTIC = '/uapi/domestic-stock/v1/quotations';
const OVERSEAS = '/uapi/overseas-price/v1/quotations';

/** Calls for market data. Source: the portal page that `title` names. */
export const KIS_QUOTATION_CALLS = {
  orderBook: {
    title: '주식현재가 호가/예상체결',
    path: `${DOMESTIC}/inquire-asking-price-exp-ccn`,
    trId: { REAL: 'FHKST01010200', MOCK: 'FHKST01010200' },
    continuation: null,
  },
  /** At most 100 rows, the newest of the range; no continuation keys: the next page is requested by date. */
  periodCandles: {
    title: '국내주식기간별시세(일/주/월/년)',
    path: `${DOMESTIC}/inquire-daily-itemchartprice`,
    trId: { REAL: 'FHKST03010100', MOCK: 'FHKST03010100' },
    continuation: null,
  },
  /** At most 30 rows back from a time of day. */
  minutesOfToday: {
    title: '주식당일분봉조회',
    path: `${DOMESTIC}/inquire-time-itemchartprice`,
    trId: { REAL: 'FHKST03010200', MOCK: 'FHKST03010200' },
    continuation: null,
  },
  /** At most 120 rows back from a date and time, at most one year back. */
  minutesOfPast: {
    title: '주식일별분봉조회',
    path: `${DOMESTIC}/inquire-time-dailychartprice`,
    trId: { REAL: 'FHKST03010230', MOCK: null },
    continuation: null,
  },
  /** Up to 30 stocks. */
  multiplePrices: {
    title: '관심종목(멀티종목) 시세조회',
    path: `${DOMESTIC}/intstock-multprice`,
    trId: { REAL: 'FHKST11300006', MOCK: null },
    continuation: null,
  },
  /** KIS requests at most one call a day, so its further pages are not read. */
  holidays: {
    title: '국내휴장일조회',
    path: `${DOMESTIC}/chk-holiday`,
    trId: { REAL: 'CTCA0903R', MOCK: null },
    continuation: null,
  },
  stockInfo: {
    title: '주식기본조회',
    path: `${DOMESTIC}/search-stock-info`,
    trId: { REAL: 'CTPF1002R', MOCK: null },
    continuation: null,
  },
  productInfo: {
    title: '상품기본조회',
    path: `${DOMESTIC}/search-info`,
    trId: { REAL: 'CTPF1604R', MOCK: null },
    continuation: null,
  },
  overseasPrice: {
    title: '해외주식 현재체결가',
    path: `${OVERSEAS}/price`,
    trId: { REAL: 'HHDFS00000300', MOCK: 'HHDFS00000300' },
    continuation: null,
  },
  overseasOrderBook: {
    title: '해외주식 현재가 호가',
    path: `${OVERSEAS}/inquire-asking-price`,
    trId: { REAL: 'HHDFS76200100', MOCK: null },
    continuation: null,
  },
  /** At most 100 rows back from a date. */
  overseasPeriodCandles: {
    title: '해외주식 기간별시세',
    path: `${OVERSEAS}/dailyprice`,
    trId: { REAL: 'HHDFS76240000', MOCK: 'HHDFS76240000' },
    continuation: null,
  },
  /** At most 120 rows, one month, the regular session only. */
  overseasMinutes: {
    title: '해외주식분봉조회',
    path: `${OVERSEAS}/inquire-time-itemchartprice`,
    trId: { REAL: 'HHDFS76950200', MOCK: null },
    continuation: null,
  },
} as const satisfies Record<string, KisReadCall>;

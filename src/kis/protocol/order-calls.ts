import { CONTEXT_100, CONTEXT_200, type KisReadCall } from './kis-calls';
import type { KisTradingMode } from './trading-mode';

/** A call that sends an order to KIS. */
export interface KisOrderCall {
  /** As the portal calls it; for messages. */
  readonly title: string;
  readonly path: string;
  /** `null` where the mode does not offer the call. */
  readonly trId: Readonly<Record<KisTradingMode, string | null>>;
}

const ORDER_CASH = '/uapi/domestic-stock/v1/trading/order-cash';
const OVERSEAS_ORDER = '/uapi/overseas-stock/v1/trading/order';
const DAYTIME_ORDER = '/uapi/overseas-stock/v1/trading/daytime-order';

/**
 * Calls that place and change orders. The ids are those since 2025; the portal warns that the older ones (TTTC0802U and
 * others) may be shut off without notice. Source: the portal page that `title` names.
 *
 * Sales of US stocks in MOCK trading: the portal names VTTT1001U and, in a note, VTTT1006U. The first was found working.
 */
export const KIS_ORDER_CALLS = {
  domesticBuy: { title: '주식주문(현금)', path: ORDER_CASH, trId: { REAL: 'TTTC0012U', MOCK: 'VTTC0012U' } },
  domesticSell: { title: '주식주문(현금)', path: ORDER_CASH, trId: { REAL: 'TTTC0011U', MOCK: 'VTTC0011U' } },
  domesticChange: {
    title: '주식주문(정정취소)',
    path: '/uapi/domestic-stock/v1/trading/order-rvsecncl',
    trId: { REAL: 'TTTC0013U', MOCK: 'VTTC0013U' },
  },
  usBuy: { title: '해외주식 주문', path: OVERSEAS_ORDER, trId: { REAL: 'TTTT1002U', MOCK: 'VTTT1002U' } },
  usSell: { title: '해외주식 주문', path: OVERSEAS_ORDER, trId: { REAL: 'TTTT1006U', MOCK: 'VTTT1001U' } },
  usChange: {
    title: '해외주식 정정취소주문',
    path: '/uapi/overseas-stock/v1/trading/order-rvsecncl',
    trId: { REAL: 'TTTT1004U', MOCK: 'VTTT1004U' },
  },
  usDaytimeBuy: {
    title: '해외주식 미국주간주문',
    path: DAYTIME_ORDER,
    trId: { REAL: 'TTTS6036U', MOCK: null },
  },
  usDaytimeSell: {
    title: '해외주식 미국주간주문',
    path: DAYTIME_ORDER,
    trId: { REAL: 'TTTS6037U', MOCK: null },
  },
  usDaytimeChange: {
    title: '해외주식 미국주간정정취소',
    path: '/uapi/overseas-stock/v1/trading/daytime-order-rvsecncl',
    trId: { REAL: 'TTTS6038U', MOCK: null },
  },
} as const satisfies Record<string, KisOrderCall>;

/** Calls that list orders. */
export const KIS_ORDER_LISTS = {
  /** Orders and executions of the last three months, domestic. */
  domestic: {
    title: '주식일별주문체결조회',
    path: '/uapi/domestic-stock/v1/trading/inquire-daily-ccld',
    trId: { REAL: 'TTTC0081R', MOCK: 'VTTC0081R' },
    continuation: CONTEXT_100,
  },
  /** Older ones. */
  domesticOld: {
    title: '주식일별주문체결조회(3개월 이전)',
    path: '/uapi/domestic-stock/v1/trading/inquire-daily-ccld',
    trId: { REAL: 'CTSC9215R', MOCK: 'VTSC9215R' },
    continuation: CONTEXT_100,
  },
  /** Orders and executions abroad. */
  overseas: {
    title: '해외주식 주문체결내역',
    path: '/uapi/overseas-stock/v1/trading/inquire-ccnl',
    trId: { REAL: 'TTTS3035R', MOCK: 'VTTS3035R' },
    continuation: CONTEXT_200,
  },
} as const satisfies Record<string, KisReadCall>;

import type { KisTradingMode } from './trading-mode';

/** The names of the fields that carry the position of the next page (연속조회). */
export interface ContinuationKeys {
  /** Query parameters, in the order of the official samples. */
  readonly sent: readonly [string, string];
  /** Fields of the answer that are to be echoed as they are, padding included. */
  readonly received: readonly [string, string];
}

/** A read call of KIS: its path, its TR ids and how it pages. */
export interface KisReadCall {
  /** As the portal calls it; for messages. */
  readonly title: string;
  /** Path below the origin of the account. */
  readonly path: string;
  /** `null` where the mode does not offer the call. */
  readonly trId: Readonly<Record<KisTradingMode, string | null>>;
  /** `null` when there is only one page. */
  readonly continuation: ContinuationKeys | null;
}

export const CONTEXT_100: ContinuationKeys = {
  sent: ['CTX_AREA_FK100', 'CTX_AREA_NK100'],
  received: ['ctx_area_fk100', 'ctx_area_nk100'],
};

export const CONTEXT_200: ContinuationKeys = {
  sent: ['CTX_AREA_FK200', 'CTX_AREA_NK200'],
  received: ['ctx_area_fk200', 'ctx_area_nk200'],
};

/**
 * Paths and TR ids. They are written out for both modes: the official samples' rule of replacing the first letter by
 * V invents ids that do not exist. Source: the portal page that `title` names.
 */
export const KIS_CALLS = {
  domesticBalance: {
    title: '주식잔고조회',
    path: '/uapi/domestic-stock/v1/trading/inquire-balance',
    trId: { REAL: 'TTTC8434R', MOCK: 'VTTC8434R' },
    continuation: CONTEXT_100,
  },
  accountAssets: {
    title: '투자계좌자산현황조회',
    path: '/uapi/domestic-stock/v1/trading/inquire-account-balance',
    trId: { REAL: 'CTRP6548R', MOCK: null },
    continuation: null,
  },
  buyingPower: {
    title: '매수가능조회',
    path: '/uapi/domestic-stock/v1/trading/inquire-psbl-order',
    trId: { REAL: 'TTTC8908R', MOCK: 'VTTC8908R' },
    continuation: null,
  },
  overseasBalance: {
    title: '해외주식 잔고',
    path: '/uapi/overseas-stock/v1/trading/inquire-balance',
    trId: { REAL: 'TTTS3012R', MOCK: 'VTTS3012R' },
    continuation: CONTEXT_200,
  },
  overseasBuyingPower: {
    title: '해외주식 매수가능금액조회',
    path: '/uapi/overseas-stock/v1/trading/inquire-psamount',
    trId: { REAL: 'TTTS3007R', MOCK: 'VTTS3007R' },
    continuation: null,
  },
  domesticPrice: {
    title: '주식현재가 시세',
    path: '/uapi/domestic-stock/v1/quotations/inquire-price',
    trId: { REAL: 'FHKST01010100', MOCK: 'FHKST01010100' },
    continuation: null,
  },
} as const satisfies Record<string, KisReadCall>;

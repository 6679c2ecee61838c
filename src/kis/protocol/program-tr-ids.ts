/**
 * TR ids of orders as other programs send them: those of today and the older ones, which are still accepted (official
 * samples, the official backtester). Mock ids begin with V in place of T. Source: KIS portal, the pages of 주문.
 */
export interface ProgramOrderId {
  readonly market: 'domestic' | 'us';
  readonly action: 'buy' | 'sell' | 'change';
}

const IDS: readonly (readonly [market: 'domestic' | 'us', action: 'buy' | 'sell' | 'change', ids: string])[] =
  [
    ['domestic', 'buy', 'TTTC0012U TTTC0802U TTTC0052U TTTC0852U'],
    ['domestic', 'sell', 'TTTC0011U TTTC0801U TTTC0051U TTTC0851U'],
    ['domestic', 'change', 'TTTC0013U TTTC0803U'],
    ['us', 'buy', 'TTTT1002U JTTT1002U TTTS6036U'],
    ['us', 'sell', 'TTTT1006U TTTT1001U JTTT1006U TTTS6037U'],
    ['us', 'change', 'TTTT1004U JTTT1004U TTTS6038U'],
  ];

const BY_ID: ReadonlyMap<string, ProgramOrderId> = new Map(
  IDS.flatMap(([market, action, ids]) => ids.split(' ').map((id) => [id, { market, action }] as const)),
);

/** What a TR id orders; `null` for one that is not known here. */
export function programOrderId(trId: string): ProgramOrderId | null {
  return BY_ID.get(trId.trim().toUpperCase().replace(/^V/, 'T')) ?? null;
}

/**
 * TR ids of order types that this library does not parse and that only cancel: domestic reserved orders, Shanghai,
 * Shenzhen, Vietnam, and US reserved orders (KIS portal, 주식예약주문정정취소, 해외주식 정정취소주문, 해외주식 예약주문접수취소).
 */
const CANCELLING = new Set('CTSC0009U TTTS0302U TTTS0306U TTTS0312U TTTT3017U'.split(' '));
/**
 * TR ids that modify or cancel, depending on RVSE_CNCL_DVSN_CD: Hong Kong, Japan, futures and options by day and by
 * night (KIS portal, 해외주식 정정취소주문, 선물옵션 정정취소주문).
 */
const CHANGING = new Set('TTTS1003U TTTS0309U TTTO1103U STTN1103U JTCE1002U'.split(' '));
/** The paths of those modifications and cancellations. */
const PATH_OF_CHANGES = /\/(?:(?:daytime-)?order-rvsecncl|order-resv-rvsecncl|order-resv-ccnl)$/;
/** RVSE_CNCL_DVSN_CD of a cancellation. */
const CANCEL = '02';

/**
 * Whether a call can only cancel, so that the kill switch and the caps need not block it. TR id and path decide,
 * because the body of a new order can contain anything. A TR id that is not listed here does not count as a
 * cancellation.
 * @param path with or without a query.
 * @param division RVSE_CNCL_DVSN_CD, empty where the body has none.
 */
export function isCancellation(trId: string, path: string, division: string): boolean {
  const id = trId.trim().toUpperCase().replace(/^V/, 'T');
  if (!PATH_OF_CHANGES.test(path.split('?')[0] ?? '')) return false;
  if (CANCELLING.has(id)) return true;
  return division === CANCEL && (CHANGING.has(id) || BY_ID.get(id)?.action === 'change');
}

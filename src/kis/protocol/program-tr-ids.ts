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

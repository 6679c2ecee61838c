/** ORD_DVSN of overseas orders (KIS portal, 해외주식 주문). */
export interface OverseasType {
  readonly code: string;
  readonly name: string;
  /** `open` and `close`: filled in that auction, at any price or up to a limit. */
  readonly moment: 'any' | 'open' | 'close';
  readonly hasPrice: boolean;
  /** Named with times, and never modified. It is played like an order at its limit: it is not split. */
  readonly isScheduled?: boolean;
  /** ODER_KIND2 of the order notices. */
  readonly noticeCode: string;
}

export const OVERSEAS_LIMIT: OverseasType = {
  code: '00',
  name: '지정가',
  moment: 'any',
  hasPrice: true,
  noticeCode: '2',
};

/** Market orders can only be sold: MOO and MOC. */
const AMERICAN_BUYS: readonly OverseasType[] = [
  OVERSEAS_LIMIT,
  { code: '32', name: 'LOO', moment: 'open', hasPrice: true, noticeCode: 'B' },
  { code: '34', name: 'LOC', moment: 'close', hasPrice: true, noticeCode: 'D' },
  { ...OVERSEAS_LIMIT, code: '35', name: 'TWAP', isScheduled: true },
  { ...OVERSEAS_LIMIT, code: '36', name: 'VWAP', isScheduled: true },
];
const AMERICAN_SALES: readonly OverseasType[] = [
  ...AMERICAN_BUYS,
  { code: '31', name: 'MOO', moment: 'open', hasPrice: false, noticeCode: 'A' },
  { code: '33', name: 'MOC', moment: 'close', hasPrice: false, noticeCode: 'C' },
];
const HONG_KONG_SALES: readonly OverseasType[] = [
  OVERSEAS_LIMIT,
  { code: '50', name: '단주지정가', moment: 'any', hasPrice: true, noticeCode: '7' },
];

/** Every type, for names in lists. */
export function overseasType(code: string): OverseasType {
  return [...AMERICAN_SALES, ...HONG_KONG_SALES].find((known) => known.code === code) ?? OVERSEAS_LIMIT;
}

/** The type that a code means in an order, or null where KIS does not take it there. */
export function takenType(code: string, group: string, side: 'buy' | 'sell'): OverseasType | null {
  const types = typesOf(group, side);
  if (types === null) return code === '' || code === OVERSEAS_LIMIT.code ? OVERSEAS_LIMIT : null;
  return types.find((known) => known.code === code) ?? null;
}

/** Elsewhere than in the United States, and for odd lots in Hong Kong, the field is to be left out. */
function typesOf(group: string, side: 'buy' | 'sell'): readonly OverseasType[] | null {
  if (group === 'US') return side === 'buy' ? AMERICAN_BUYS : AMERICAN_SALES;
  return group === 'SEHK' && side === 'sell' ? HONG_KONG_SALES : null;
}

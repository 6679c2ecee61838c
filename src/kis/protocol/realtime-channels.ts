import type { KisTradingMode } from './trading-mode';
import type { KisVenue } from './markets';

/** What a realtime channel carries. */
type RealtimeTopic = 'trades' | 'book' | 'expected' | 'market' | 'orders';

/** Topics that are registered for a symbol. */
export type SymbolTopic = Exclude<RealtimeTopic, 'orders'>;

/** TR ids of domestic channels by venue (KIS portal, 국내주식 실시간시세). */
export const DOMESTIC_TR_IDS: Readonly<Record<SymbolTopic, Readonly<Record<KisVenue, string>>>> = {
  trades: { KRX: 'H0STCNT0', NXT: 'H0NXCNT0', ALL: 'H0UNCNT0' },
  book: { KRX: 'H0STASP0', NXT: 'H0NXASP0', ALL: 'H0UNASP0' },
  expected: { KRX: 'H0STANC0', NXT: 'H0NXANC0', ALL: 'H0UNANC0' },
  market: { KRX: 'H0STMKO0', NXT: 'H0NXMKO0', ALL: 'H0UNMKO0' },
};

/** TR ids of foreign channels; there are no others (KIS portal, 해외주식 실시간시세). */
export const OVERSEAS_TR_IDS: Readonly<Partial<Record<SymbolTopic, string>>> = {
  trades: 'HDFSCNT0',
  book: 'HDFSASP0',
};

/** TR ids of order notices: domestic, then foreign (KIS portal, 실시간체결통보). */
export const NOTICE_TR_IDS: Readonly<Record<KisTradingMode, readonly [domestic: string, overseas: string]>> =
  {
    REAL: ['H0STCNI0', 'H0GSCNI0'],
    MOCK: ['H0STCNI9', 'H0GSCNI9'],
  };

/** The market channels that the mock host has, besides order notices. */
const MOCK_TR_IDS = new Set(['H0STCNT0', 'H0STASP0']);

export function isInMock(trId: string): boolean {
  return MOCK_TR_IDS.has(trId) || NOTICE_TR_IDS.MOCK.includes(trId);
}

/** Whether the channel carries notices about a person's orders, which are encrypted. */
export function isNoticeTrId(trId: string): boolean {
  return NOTICE_TR_IDS.REAL.includes(trId) || NOTICE_TR_IDS.MOCK.includes(trId);
}

/** Registrations of one session, all kinds together (KIS portal, notice of 2026-04-20). */
export const MOST_REGISTRATIONS = 41;

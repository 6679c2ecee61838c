import { NOTICE_COLUMNS_2024, REALTIME_LAYOUTS } from '../../protocol/realtime-layouts';
import type { KisOrderNotice } from '../../order/notice/order-notice';
import { numberAt, positions, UnreadableRecord, wordAt } from './record-values';

/** Reads the records of order notices, domestic and overseas. */

/** A domestic notice (H0STCNI0, H0STCNI9). @throws UnreadableRecord */
export function readNotice(record: readonly string[]): KisOrderNotice {
  const column = record.length === NOTICE_COLUMNS_2024.length ? IN_2024 : CURRENT;
  return {
    market: 'domestic',
    ...commonOf(record, column),
    symbol: wordAt(record, column.STCK_SHRN_ISCD),
    price: plain(numberAt(record, column.CNTG_UNPR), 0),
    divisionCode: record[column.ODER_KIND] ?? null,
  };
}

/** An overseas notice (H0GSCNI0, H0GSCNI9). @throws UnreadableRecord */
export function readOverseasNotice(record: readonly string[]): KisOrderNotice {
  const exchange = EXCHANGES[record[OVERSEAS.ODER_COND] ?? ''];
  if (!exchange) throw new UnreadableRecord('the exchange is not known, so the price cannot be read');
  const isAmerican = exchange.decimals === 4;
  return {
    market: isAmerican ? 'us' : 'overseas',
    ...commonOf(record, OVERSEAS),
    symbol: `${exchange.code}:${wordAt(record, OVERSEAS.STCK_SHRN_ISCD)}`,
    price: plain(numberAt(record, OVERSEAS.CNTG_UNPR), exchange.decimals),
    divisionCode: null,
  };
}

type Columns = Readonly<Record<(typeof COMMON)[number], number>>;

function commonOf(record: readonly string[], column: Columns) {
  const side = SIDES[record[column.SELN_BYOV_CLS] ?? ''];
  const action = ACTIONS[(record[column.RCTF_CLS] ?? '') as keyof typeof ACTIONS] as
    KisOrderNotice['action'] | undefined;
  if (side === undefined || action === undefined) throw new UnreadableRecord('side or action is not known');
  const original = record[column.OODER_NO] ?? '';
  const time = record[column.STCK_CNTG_HOUR] ?? '';
  return {
    accountNumber: wordAt(record, column.ACNT_NO),
    orderNumber: wordAt(record, column.ODER_NO),
    originalNumber: /[1-9]/.test(original) ? original : null,
    event: eventOf(record, column, action),
    action,
    side,
    quantity: plain(numberAt(record, column.CNTG_QTY), 0),
    timeOfDay: /^\d{6}$/.test(time) ? time : null,
  };
}

/** RFUS_YN 1: rejected; CNTG_YN 2: filled; ACPT_YN 1 received, 2 confirmed, 3 cancelled as IOC or FOK. */
function eventOf(
  record: readonly string[],
  column: Columns,
  action: KisOrderNotice['action'],
): KisOrderNotice['event'] {
  const [refused, filled, accepted] = [
    record[column.RFUS_YN],
    record[column.CNTG_YN],
    record[column.ACPT_YN],
  ];
  if (refused === '1') return 'rejected';
  if (filled === '2') return 'filled';
  if (filled !== '1') throw new UnreadableRecord('CNTG_YN is neither 1 nor 2');
  if (accepted === '3') return 'cancelled';
  if (accepted === '1' || action === 'new') return 'received';
  return action === 'modify' ? 'modified' : 'cancelled';
}

/** Without leading zeros, and with the implied decimals: 001480100 with four is 148.01. */
function plain(text: string, decimals: number): string {
  const [whole = '', fraction = ''] = text.split('.');
  if (decimals === 0 || fraction !== '') return trimmed(whole, fraction);
  const padded = whole.padStart(decimals + 1, '0');
  return trimmed(padded.slice(0, -decimals), padded.slice(-decimals));
}

function trimmed(whole: string, fraction: string): string {
  const [integer, rest] = [whole.replace(/^0+(?=\d)/, ''), fraction.replace(/0+$/, '')];
  return rest === '' ? integer : `${integer}.${rest}`;
}

/** Columns that all notices have, in both generations of their layout. */
const COMMON = [
  ...(['ACNT_NO', 'ODER_NO', 'OODER_NO', 'SELN_BYOV_CLS', 'RCTF_CLS', 'STCK_SHRN_ISCD', 'CNTG_QTY'] as const),
  ...(['CNTG_UNPR', 'STCK_CNTG_HOUR', 'RFUS_YN', 'CNTG_YN', 'ACPT_YN'] as const),
] as const;

const CURRENT = positions(REALTIME_LAYOUTS['H0STCNI0']?.columns ?? [], [...COMMON, 'ODER_KIND']);
const IN_2024 = positions(NOTICE_COLUMNS_2024, [...COMMON, 'ODER_KIND']);
const OVERSEAS = positions(REALTIME_LAYOUTS['H0GSCNI0']?.columns ?? [], [...COMMON, 'ODER_COND']);

/** Exchanges by ODER_COND, and the implied decimals of their prices (KIS portal, 해외주식 실시간체결통보). */
const EXCHANGES: Readonly<Record<string, { readonly code: string; readonly decimals: number }>> = {
  '6': { code: 'NAS', decimals: 4 },
  '7': { code: 'NYS', decimals: 4 },
  '8': { code: 'AMS', decimals: 4 },
  '4': { code: 'HKS', decimals: 3 },
  C: { code: 'HKS', decimals: 3 },
  '5': { code: 'SHS', decimals: 3 },
  A: { code: 'SHS', decimals: 3 },
  B: { code: 'SZS', decimals: 3 },
  D: { code: 'TSE', decimals: 1 },
  E: { code: 'HNX', decimals: 0 },
  F: { code: 'HSX', decimals: 0 },
};

/** RCTF_CLS */
const ACTIONS = { '0': 'new', '1': 'modify', '2': 'cancel' } as const;
/** SELN_BYOV_CLS; 03 and 04 close overseas positions (전매도, 환매수). */
const SIDES: Readonly<Record<string, 'buy' | 'sell'>> = {
  '01': 'sell',
  '02': 'buy',
  '03': 'sell',
  '04': 'buy',
};

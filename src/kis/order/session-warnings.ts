import { inKorea } from '../protocol/korean-time';
import type { KisTradingMode } from '../protocol/trading-mode';
import type { KisOrderIntent } from './order-intent';

type Span = readonly [from: string, to: string];

/** Korean time at which orders are taken on a normal day, since 2026-09-14; where sources differ, the wider span. */
const DOMESTIC: Readonly<Record<string, Span>> = {
  'KRX regular': ['08:20', '15:30'],
  'KRX after': ['16:00', '20:00'],
  'NXT pre': ['08:00', '08:50'],
  'NXT regular': ['09:00', '15:20'],
  'NXT after': ['15:30', '20:00'],
  'SOR pre': ['08:00', '08:50'],
  'SOR regular': ['08:20', '15:30'],
  'SOR after': ['15:30', '20:00'],
};
/** Types with a session of their own. */
const OF_TYPE: Readonly<Record<string, Span>> = {
  'pre-open-close': ['08:30', '08:40'],
  'after-close': ['15:30', '16:00'],
};

/**
 * What clock and calendar say against an order. They refuse nothing: KIS decides (APBK0918), and what is a holiday is known
 * to KIS.
 */
export function sessionWarnings(intent: KisOrderIntent, mode: KisTradingMode, now: number): string[] {
  const korea = inKorea(now);
  const weekday = korea.getUTCDay();
  if (intent.market === 'us') {
    // Friday's session in New York ends on Saturday morning in Korea.
    const closed = weekday === 0 || (weekday === 6 && korea.getUTCHours() >= 10);
    return closed ? ['It is the weekend in New York, so KIS will probably refuse the order.'] : [];
  }
  if (weekday === 0 || weekday === 6)
    return ['It is the weekend in Korea, so KIS will probably refuse the order.'];
  const time = korea.toISOString().slice(11, 16);
  const [from, to] = OF_TYPE[intent.type] ?? DOMESTIC[`${intent.venue ?? 'KRX'} ${intent.session}`] ?? [];
  const end = mode === 'MOCK' && to !== undefined && to > '15:30' ? '15:30' : to;
  if (from === undefined || end === undefined || (time >= from && time < end)) return [];
  return [
    `It is ${time} in Korea, and such orders are taken from ${from} to ${end} on trading days, so KIS will probably refuse this one.`,
  ];
}

import { DAY_MS, instantOf, MINUTE_MS } from './market-time';
import { isShortInAmerica } from './american-holidays';
import { KOREAN_ZONE } from './markets';

/** The markets whose sessions are known. */
export type KisMarket = 'KRX' | 'NXT' | 'US';

/** One session of one trading day. */
export interface KisSession {
  readonly market: KisMarket;
  /** Such as `regular`, `pre`, `after`. */
  readonly name: string;
  /** Included. */
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
}

/** Days since which a rule holds, or before which it did: midnights as if they were UTC. */
const KRX_AFTER_MARKET_SINCE = Date.UTC(2026, 8, 14);
const NEXTRADE_SINCE = Date.UTC(2025, 2, 4);

const NEW_YORK = 'America/New_York';

interface Rule {
  readonly name: string;
  /** Time of day, `HH:MM` or `HH:MM:SS`. */
  readonly from: string;
  readonly to: string;
  readonly since?: number;
  readonly before?: number;
}

/** Korean time. Source: notice of the KIS portal of 2026-09-09 (KRX 애프터마켓 도입 및 NXT 제도 변경). */
const KRX: readonly Rule[] = [
  { name: 'previous-close', from: '08:30', to: '08:40' },
  { name: 'opening-auction', from: '08:30', to: '09:00' },
  { name: 'regular', from: '09:00', to: '15:20' },
  { name: 'closing-auction', from: '15:20', to: '15:30' },
  { name: 'close', from: '15:40', to: '16:00' },
  { name: 'single-price', from: '16:00', to: '18:00', before: KRX_AFTER_MARKET_SINCE },
  { name: 'after', from: '16:00', to: '20:00', since: KRX_AFTER_MARKET_SINCE },
];

const NXT: readonly Rule[] = [
  { name: 'pre', from: '08:00', to: '08:50', since: NEXTRADE_SINCE },
  { name: 'regular', from: '09:00:30', to: '15:20', since: NEXTRADE_SINCE },
  { name: 'single-price', from: '15:30', to: '15:40', since: KRX_AFTER_MARKET_SINCE },
  { name: 'after', from: '15:40', to: '20:00', since: NEXTRADE_SINCE },
];

/** The sessions of a trading day in Korea, in order. @param day its midnight as if it were UTC */
export function koreanSessions(market: 'KRX' | 'NXT', day: number): KisSession[] {
  return (market === 'KRX' ? KRX : NXT)
    .filter(({ since = -Infinity, before = Infinity }) => day >= since && day < before)
    .map(({ name, from, to }) => ({ market, name, ...span(KOREAN_ZONE, day, from, to) }));
}

/**
 * The sessions of a trading day in the United States as KIS offers them, in order (KIS portal, 해외주식 주문 and 해외주식
 * 미국주간주문). The daytime session (daytime in Korea) comes before the others. In American summer sources disagree whether
 * it ends at 17:00 or 18:00; here it ends where the next one begins. The last two hours are for customers who have
 * enrolled.
 */
export function americanSessions(day: number): KisSession[] {
  const close = isShortInAmerica(day) ? '13:00' : '16:00';
  const { from: preFrom, to: open } = span(NEW_YORK, day, '04:00', '09:30');
  const { from: closed } = span(NEW_YORK, day, close, close);
  const korean = (time: string, days = 0): Date => span(KOREAN_ZONE, day + days * DAY_MS, time, time).from;
  const sessions: readonly (readonly [string, Date, Date])[] = [
    ['daytime', korean('10:00'), preFrom],
    ['pre', preFrom, open],
    ['regular', open, closed],
    ['after', closed, korean('07:00', 1)],
    ['extended', korean('07:00', 1), korean('09:00', 1)],
  ];
  return sessions.map(([name, from, to]) => ({ market: 'US', name, from, to }));
}

function span(zone: string, day: number, from: string, to: string): { from: Date; to: Date } {
  const at = (time: string): Date => new Date(instantOf(zone, day + sinceMidnight(time)));
  return { from: at(from), to: at(to) };
}

function sinceMidnight(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE_MS + seconds * 1000;
}

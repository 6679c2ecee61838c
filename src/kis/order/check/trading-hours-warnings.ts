import { isClosedInAmerica } from '../../protocol/american-holidays';
import { DAY_MS, midnightOf, wallClock } from '../../protocol/market-time';
import { americanSessions, koreanSessions, type KisSession } from '../../protocol/market-sessions';
import { KOREAN_ZONE } from '../../protocol/markets';
import type { KisTradingMode } from '../../protocol/trading-mode';
import type { KisOrderIntent } from '../order-intent';

/**
 * Warnings that an order comes outside of trading hours, by clock and calendar. Nothing is refused for that: KIS decides
 * (APBK0918).
 * @param isTradingDay whether the Korea Exchange trades on a day, given as its midnight as if it were UTC.
 */
export function tradingHoursWarnings(
  intent: KisOrderIntent,
  mode: KisTradingMode,
  now: number,
  isTradingDay: (midnightMs: number) => boolean,
): string[] {
  const today = midnightOf(wallClock(KOREAN_ZONE, now));
  const sessions =
    intent.market === 'us' ? sessionsInAmerica(intent, today) : sessionsInKorea(intent, mode, today);
  if (intent.market === 'domestic' && !isTradingDay(today)) {
    return ['The Korea Exchange does not trade today, so KIS will probably refuse the order.'];
  }
  if (sessions.some(({ from, to }) => from.getTime() <= now && now < to.getTime())) return [];
  if (intent.market === 'us') return ['The US market is closed, so KIS will probably refuse the order.'];
  if (sessions.length === 0) return [];
  const [first, last] = [sessions.at(0)?.from, sessions.at(-1)?.to];
  return [
    `It is ${clockOf(new Date(now))} in Korea, and such orders are taken from ${clockOf(first)} to ${clockOf(last)} on trading days, so KIS will probably refuse this one.`,
  ];
}

/** By venue and session of an order: the sessions of the market in which it is accepted. */
const SESSIONS = {
  KRX: {
    regular: ['opening-auction', 'regular', 'closing-auction'],
    after: ['single-price', 'after'],
  },
  NXT: { pre: ['pre'], regular: ['regular'], after: ['single-price', 'after'] },
} as const satisfies Record<string, Partial<Record<KisOrderIntent['session'], readonly string[]>>>;

/** Order types that have a session of their own at KRX. */
const OF_TYPE: Readonly<Record<string, string>> = {
  'pre-open-close': 'previous-close',
  'after-close': 'close',
};

/** In mock trading no order is accepted after the regular session of KRX. */
const OF_MOCK: readonly string[] = ['opening-auction', 'regular', 'closing-auction', 'previous-close'];

/** The sessions in which an order is accepted on a trading day, in time order. */
function sessionsInKorea(
  { venue, session, type }: KisOrderIntent,
  mode: KisTradingMode,
  day: number,
): KisSession[] {
  const venues = venue === 'SOR' ? (['NXT', 'KRX'] as const) : ([venue ?? 'KRX'] as const);
  const own = OF_TYPE[type];
  const found = venues.flatMap((each) => {
    const ofVenue: Partial<Record<string, readonly string[]>> = SESSIONS[each];
    const names = own === undefined ? (ofVenue[session] ?? []) : [own];
    return koreanSessions(each, day).filter(({ name }) => names.includes(name));
  });
  const taken = mode === 'MOCK' ? found.filter(({ name }) => OF_MOCK.includes(name)) : found;
  return taken.sort((one, other) => one.from.getTime() - other.from.getTime());
}

/** A session in New York ends on the next morning in Korea. */
function sessionsInAmerica({ session }: KisOrderIntent, today: number): KisSession[] {
  const days = [today - DAY_MS, today].filter((day) => !isClosedInAmerica(day));
  return days
    .flatMap((day) => americanSessions(day))
    .filter(({ name }) => (session === 'daytime') === (name === 'daytime'));
}

function clockOf(at = new Date(NaN)): string {
  return new Date(wallClock(KOREAN_ZONE, at.getTime())).toISOString().slice(11, 16);
}

import { americanPhase } from './american-sessions';
import { isAmerican } from './exchanges';
import { type Market } from './market';
import { wave } from './noise';
import { type OverseasStock } from './overseas-stocks';
import { localDay, localMinute } from './places';

const SWING_OUT_OF_HOURS = 0.006;
const SWING_MINUTES = 15;

/** The price of now; stocks of the United States move before and after their regular session as well. */
export function overseasPrice(market: Market, stock: OverseasStock, now: number): number {
  const price = market.price(stock, now);
  if (!isAmerican(stock.exchange) || market.isPinned(stock)) return price;
  const phase = americanPhase(market, now);
  if (phase === 'regular' || phase === 'closed') return price;
  const moment = localDay(stock.place, now) * 96 + localMinute(stock.place, now) / SWING_MINUTES;
  return stock.round(price * (1 + SWING_OUT_OF_HOURS * wave(stock.key, moment)));
}

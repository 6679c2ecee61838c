import { type Brokerage } from '../brokerage';
import { domesticStock } from '../market/domestic-stocks';
import { type Instrument } from '../market/instrument';
import { OVERSEAS_STOCKS } from '../market/overseas-stocks';
import { type IncomingCall } from '../message';
import { BadControlError, type Control, ROOT, membersOf } from './control';

/** Controls of prices and halts. */
export const MARKET_CONTROLS: readonly Control[] = [
  {
    method: 'POST',
    path: `${ROOT}/market`,
    words:
      'hold the price of a stock: {"symbol": "005930", "price": 70000}, null lets it move again; stop its trading: {"symbol": "005930", "halted": true}',
    run: setMarket,
  },
];

const USAGE =
  'Give {"symbol": "005930", "price": 70000}, "price": null to let it move again, or "halted": true.';

/** POST /__sim/market */
function setMarket(call: IncomingCall, { market }: Brokerage): object {
  const { symbol, price, halted, ...rest } = membersOf(call);
  if (typeof symbol !== 'string' || Object.keys(rest).length > 0) throw new BadControlError(USAGE);
  const instrument = instrumentOf(symbol);
  if (price !== undefined) market.pin(instrument, priceOf(instrument, price));
  if (typeof halted === 'boolean') market.halt(instrument, halted);
  else if (halted !== undefined) throw new BadControlError(USAGE);
  return { symbol, pinned: market.isPinned(instrument), halted: market.isHalted(instrument) };
}

function instrumentOf(symbol: string): Instrument {
  const known = domesticStock(symbol) ?? OVERSEAS_STOCKS.find((stock) => stock.symbol === symbol);
  if (!known) throw new BadControlError(`The simulator knows no stock "${symbol}".`);
  return known;
}

function priceOf(instrument: Instrument, price: unknown): number | null {
  if (price === null) return null;
  if (typeof price !== 'number' || !(price > 0)) throw new BadControlError(USAGE);
  if (instrument.round(price) !== price) {
    throw new BadControlError(`${price} is not on a tick; the next one that is: ${instrument.round(price)}.`);
  }
  return price;
}

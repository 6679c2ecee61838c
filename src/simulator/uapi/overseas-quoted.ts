import { rateOf, signOf } from '../market/change';
import { type Exchange } from '../market/exchanges';
import { type OverseasStock, overseasStock } from '../market/overseas-stocks';
import { type Fields } from '../message';

/** The stock of an overseas quotation, and the format of its figures. */

/** Codes of the daytime session of the United States (주간거래), and the exchanges they stand for. */
const DAYTIME: Readonly<Record<string, string>> = { BAQ: 'NAS', BAY: 'NYS', BAA: 'AMS' };

/** The stock of an overseas quotation, from EXCD and SYMB. */
export function overseasQuoted(fields: Fields): OverseasStock | undefined {
  const code = fields.get('EXCD');
  return overseasStock(DAYTIME[code] ?? code, fields.get('SYMB'));
}

/** A price with the decimals of its exchange: "188.4000". */
export function decimals({ decimals }: Exchange, price: number): string {
  return price.toFixed(decimals);
}

/** Realtime symbol: D, the exchange, the symbol. */
export function realtimeSymbol({ exchange, symbol }: OverseasStock): string {
  return `D${exchange.linkCode}${symbol}`;
}

/** Sign, size and percent of a change; the size carries no sign of its own. */
export function overseasChange(exchange: Exchange, price: number, base: number): Record<string, string> {
  const change = price - base;
  return {
    sign: signOf(change),
    diff: decimals(exchange, Math.abs(change)),
    rate: rateOf(change, base),
  };
}

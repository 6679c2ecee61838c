import { KisInvalidRequestError } from '../kis.errors';
import { domesticSymbol } from '../protocol/inputs';
import { KOREAN_ZONE, overseasSymbol, QUOTED_EXCHANGES, type KisQuotedExchange } from '../protocol/markets';

/** A security that can be quoted. */
export type KisInstrument = KisDomesticInstrument | KisOverseasInstrument;

export interface KisDomesticInstrument {
  readonly kind: 'domestic';
  /** As KIS takes it and as results name it: `005930`. */
  readonly symbol: string;
  /** The time zone of its exchange. */
  readonly zone: string;
}

export interface KisOverseasInstrument {
  readonly kind: 'overseas';
  readonly exchange: KisQuotedExchange;
  /** SYMB: `AAPL`. */
  readonly code: string;
  /** As results name it: `NAS:AAPL`. */
  readonly symbol: string;
  readonly zone: string;
}

/** @throws KisInvalidRequestError for a text that is neither a domestic nor a foreign symbol. */
export function requireInstrument(text: string): KisInstrument {
  const domestic = domesticSymbol(text);
  if (domestic !== null) return { kind: 'domestic', symbol: domestic, zone: KOREAN_ZONE };
  const overseas = overseasSymbol(text);
  if (overseas) {
    const { exchange, symbol: code } = overseas;
    const { zone } = QUOTED_EXCHANGES[exchange];
    return { kind: 'overseas', exchange, code, symbol: `${exchange}:${code}`, zone };
  }
  throw new KisInvalidRequestError(
    `"${text.slice(0, 20)}" is not the symbol of a stock: use six characters such as 005930 (for an ETN, with a leading Q), ` +
      `or an exchange and a symbol such as NAS:AAPL (exchanges: ${Object.keys(QUOTED_EXCHANGES).join(', ')}).`,
  );
}

import { KisInvalidRequestError, KisSymbolNotFoundError } from '../kis.errors';
import { domesticSymbol } from '../protocol/inputs';

/** The symbol as KIS takes it. @throws KisInvalidRequestError for a text that is not the symbol of a domestic stock. */
export function requireDomesticSymbol(text: string): string {
  const symbol = domesticSymbol(text);
  if (symbol !== null) return symbol;
  throw new KisInvalidRequestError(
    `"${text.slice(0, 20)}" is not the symbol of a domestic stock: use six characters such as 005930 (for an ETN, with a leading Q).`,
  );
}

/** The error for a symbol that has the right form, but of which KIS knows no price. */
export function unknownSymbol(symbol: string): KisSymbolNotFoundError {
  return new KisSymbolNotFoundError(
    `KIS has no price for "${symbol}": there is no such stock at KRX, or it is no longer listed. Check the symbol.`,
  );
}

import { KisSymbolNotFoundError } from '../kis.errors';

/** The error for a symbol that has the right form, but of which KIS knows no price. */
export function unknownSymbol(symbol: string): KisSymbolNotFoundError {
  return new KisSymbolNotFoundError(
    `KIS knows no price of "${symbol}": there is no such stock at KRX, or it is no longer listed. Check the symbol.`,
  );
}

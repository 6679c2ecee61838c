import type { KisListedSymbol } from './symbol-file';

/** A symbol with its normalized code and names. */
export interface SearchableSymbol {
  readonly listed: KisListedSymbol;
  readonly code: string;
  readonly names: readonly string[];
}

export function searchable(listed: KisListedSymbol): SearchableSymbol {
  const code = normal(listed.symbol.replace(/^.*:/, ''));
  const names = [listed.name, listed.englishName ?? ''].map(normal).filter((name) => name !== '');
  return { listed, code, names };
}

/** The symbols whose code or name contains a text, best match first, at most `limit`. */
export function findSymbols(
  symbols: readonly SearchableSymbol[],
  text: string,
  limit: number,
): KisListedSymbol[] {
  const wanted = normal(text.replace(/^.*:/, ''));
  if (wanted === '') return [];
  const ranks: KisListedSymbol[][] = [];
  for (const symbol of symbols) {
    const rank = rankOf(symbol, wanted);
    if (rank !== null) (ranks[rank] ??= []).push(symbol.listed);
  }
  return ranks.flat().slice(0, limit);
}

/** 0 is best; `null`: it does not match. */
function rankOf({ code, names }: SearchableSymbol, wanted: string): number | null {
  if (code === wanted || `A${code}` === wanted) return 0;
  if (names.includes(wanted)) return 1;
  if (code.startsWith(wanted)) return 2;
  if (names.some((name) => name.startsWith(wanted))) return 3;
  return code.includes(wanted) || names.some((name) => name.includes(wanted)) ? 4 : null;
}

/** Without spaces, in upper case and composed (NFC): macOS sends Korean letters decomposed. */
function normal(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, '').toUpperCase();
}

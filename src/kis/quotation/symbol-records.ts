import type { KisListedSymbol } from './symbol-file';

/** Symbols by the name of their file, with the Korean day on which it was fetched (`YYYY-MM-DD`). */
export type StoredSymbols = Readonly<
  Record<string, { readonly day: string; readonly symbols: readonly KisListedSymbol[] } | undefined>
>;

const VERSION = 1;

/** @param source where the files came from */
export function encodeSymbols(stored: StoredSymbols, source: string): Uint8Array {
  const files = Object.entries(stored).map(([name, file]) => [
    name,
    file?.day,
    file?.symbols.map(({ symbol, name: title, englishName, market, type }) => [
      symbol,
      title,
      englishName,
      market,
      type,
    ]),
  ]);
  return new TextEncoder().encode(JSON.stringify({ version: VERSION, source, files }));
}

/**
 * The stored symbols of one source; none when the stored ones came from another source, such as a simulator.
 *
 * @throws an error for anything that {@link encodeSymbols} has not written.
 */
export function decodeSymbols(bytes: Uint8Array, source: string): StoredSymbols {
  const {
    version,
    source: origin,
    files,
  } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  if (version !== VERSION || !Array.isArray(files)) throw new Error('it has another layout');
  if (origin !== source) return {};
  return Object.fromEntries(files.map((file) => fileOf(file)));
}

function fileOf(value: unknown): [string, { day: string; symbols: KisListedSymbol[] }] {
  const [name, day, rows] = Array.isArray(value) ? (value as unknown[]) : [];
  if (!isText(name) || !isText(day) || !Array.isArray(rows)) throw new Error('it has another layout');
  return [name, { day, symbols: rows.map((row) => symbolOf(row)) }];
}

function symbolOf(value: unknown): KisListedSymbol {
  const [symbol, name, englishName, market, type] = Array.isArray(value) ? (value as unknown[]) : [];
  if (!isText(symbol) || !isText(name) || !isText(market) || !isText(type)) {
    throw new Error('it has another layout');
  }
  return { symbol, name, englishName: isText(englishName) ? englishName : null, market, type };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

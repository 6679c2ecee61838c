import type { KisListedSymbol } from './symbol-file';

/** Symbols by the name of their file, with the Korean day on which it was fetched (`YYYY-MM-DD`). */
export type StoredSymbols = Readonly<
  Record<string, { readonly day: string; readonly symbols: readonly KisListedSymbol[] } | undefined>
>;

const VERSION = 1;

export function encodeSymbols(stored: StoredSymbols): Uint8Array {
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
  return new TextEncoder().encode(JSON.stringify({ version: VERSION, files }));
}

/** @throws an error for anything that is not as {@link encodeSymbols} writes it. */
export function decodeSymbols(bytes: Uint8Array): StoredSymbols {
  const { version, files } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  if (version !== VERSION || !Array.isArray(files)) throw new Error('it has another layout');
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

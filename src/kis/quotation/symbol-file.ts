import { unzipSync } from 'fflate';
import { decode } from 'iconv-lite';
import { KisBadResponseError } from '../kis.errors';
import {
  DOMESTIC_COLUMNS,
  OVERSEAS_COLUMNS,
  OVERSEAS_TYPES,
  SECURITY_GROUPS,
  type DomesticSymbolFile,
  type OverseasSymbolFile,
} from '../protocol/symbol-files';

/** A security listed in a symbol file. */
export interface KisListedSymbol {
  /** As the quotation calls take it: `005930`, `NAS:AAPL`. */
  readonly symbol: string;
  readonly name: string;
  /** `null` where the file has none: only foreign ones have. */
  readonly englishName: string | null;
  /** KOSPI, KOSDAQ, KONEX, or a foreign exchange. */
  readonly market: string;
  /** stock, etf, etn, elw, reit, fund, dr, warrant, right, index or other. */
  readonly type: string;
}

export type SymbolFile = DomesticSymbolFile | OverseasSymbolFile;

/**
 * The share of rows that must be readable: single malformed rows are left out, more mean that KIS has changed the file.
 */
const READABLE = 0.98;
/** Several times the longest file of KIS, unpacked. */
const MOST_BYTES = 50_000_000;
const DOMESTIC_CODE = /^[0-9A-Z]{6,9}$/;
const GROUP = /^[A-Z]{2}/;

/**
 * Reads a symbol file: a zip of one file of that name.
 *
 * @throws KisBadResponseError when it is not such a zip, or when its rows do not have the documented layout.
 */
export function readSymbolFile(file: SymbolFile, zip: Uint8Array): KisListedSymbol[] {
  const lines = decode(unzipped(file, zip), 'cp949')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const symbols = lines
    .map((line) => ('columns' in file ? domesticRow(file, line) : overseasRow(file, line)))
    .filter((symbol) => symbol !== null);
  if (symbols.length < lines.length * READABLE) fail(file, 'its rows do not have the documented layout');
  return symbols.length > 0 ? symbols : fail(file, 'it is empty');
}

function unzipped(file: SymbolFile, zip: Uint8Array): Buffer {
  let content: Uint8Array | undefined;
  try {
    const files = unzipSync(zip, {
      filter: ({ name, originalSize }) => name === file.name && originalSize <= MOST_BYTES,
    });
    content = files[file.name];
  } catch {
    content = undefined;
  }
  return content ? Buffer.from(content) : fail(file, 'it is not a zip of that file');
}

/** `null` for a malformed row. */
function domesticRow({ market, columns }: DomesticSymbolFile, line: string): KisListedSymbol | null {
  const { shortCode, name } = DOMESTIC_COLUMNS;
  const symbol = line.slice(...shortCode).trim();
  const facts = line.slice(-columns);
  if (!DOMESTIC_CODE.test(symbol) || !GROUP.test(facts) || line.length <= name + columns) return null;
  return {
    symbol,
    name: line.slice(name, -columns).trim(),
    englishName: null,
    market,
    type: SECURITY_GROUPS[facts.slice(0, 2)] ?? 'other',
  };
}

function overseasRow({ market }: OverseasSymbolFile, line: string): KisListedSymbol | null {
  const columns = line.split('\t').map((column) => column.trim());
  const { count, symbol, koreanName, englishName, type } = OVERSEAS_COLUMNS;
  const [code = '', korean = '', english = ''] = [columns[symbol], columns[koreanName], columns[englishName]];
  if (columns.length !== count || code === '') return null;
  return {
    symbol: `${market}:${code}`,
    name: korean === '' ? english : korean,
    englishName: english === '' ? null : english,
    market,
    type: OVERSEAS_TYPES[columns[type] ?? ''] ?? 'other',
  };
}

function fail({ name }: SymbolFile, why: string): never {
  throw new KisBadResponseError(
    `The symbol file ${name} of KIS cannot be read: ${why}. If this keeps happening, KIS has changed the file and this program needs an update.`,
  );
}

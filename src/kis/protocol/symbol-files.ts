import type { KisQuotedExchange } from './markets';

/** Where KIS publishes its symbol files; no key and no token is needed (open-trading-api, stocks_info). */
export const SYMBOL_FILES_URL = 'https://new.real.download.dws.co.kr/common/master/';

type KisDomesticMarket = 'KOSPI' | 'KOSDAQ' | 'KONEX';

/** A domestic file: rows of a fixed width behind a name, in CP949. */
export interface DomesticSymbolFile {
  readonly name: string;
  readonly market: KisDomesticMarket;
  /** Characters of the columns behind the name (kis_kospi_code_mst.py and its siblings). */
  readonly columns: number;
}

/** A foreign file: 24 columns between tabs, in CP949 (overseas_stock_code.py). */
export interface OverseasSymbolFile {
  readonly name: string;
  readonly market: KisQuotedExchange;
}

export const DOMESTIC_SYMBOL_FILES: readonly DomesticSymbolFile[] = [
  { name: 'kospi_code.mst', market: 'KOSPI', columns: 227 },
  { name: 'kosdaq_code.mst', market: 'KOSDAQ', columns: 221 },
  { name: 'konex_code.mst', market: 'KONEX', columns: 184 },
];

export const OVERSEAS_SYMBOL_FILES: readonly OverseasSymbolFile[] = (
  ['NAS', 'NYS', 'AMS', 'HKS', 'SHS', 'SZS', 'TSE', 'HNX', 'HSX'] as const
).map((market) => ({ name: `${market.toLowerCase()}mst.cod`, market }));

/** Short code, standard code (ISIN), then the name. */
export const DOMESTIC_COLUMNS = { shortCode: [0, 9], standardCode: [9, 21], name: 21 } as const;

/** Columns of a foreign file, counted from 0. */
export const OVERSEAS_COLUMNS = { count: 24, symbol: 4, koreanName: 6, englishName: 7, type: 8 } as const;

/** 증권그룹구분코드, the first two characters behind the name. */
export const SECURITY_GROUPS: Readonly<Record<string, string>> = {
  ST: 'stock',
  KN: 'stock',
  FS: 'stock',
  DR: 'dr',
  EF: 'etf',
  FE: 'etf',
  EN: 'etn',
  EW: 'elw',
  RT: 'reit',
  IF: 'fund',
  MF: 'fund',
  BC: 'fund',
  SW: 'warrant',
  SR: 'right',
};

/** Security type of a foreign file. */
export const OVERSEAS_TYPES: Readonly<Record<string, string>> = {
  '1': 'index',
  '2': 'stock',
  '3': 'etf',
  '4': 'warrant',
};

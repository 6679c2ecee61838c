import { sharesListed } from '../market/company-figures';
import { dateOf } from '../market/days';
import { type DomesticStock } from '../market/domestic-stocks';
import { type Market } from '../market/market';
import { previousTradingDay } from '../market/places';

/**
 * The columns of fixed width behind the name, from open-trading-api: stocks_info/kis_kospi_code_mst.py (227
 * characters), kis_kosdaq_code_mst.py (221) and kis_konex_code_mst.py (184).
 */
type Columns = readonly (readonly [width: number, value: string])[];

const THOUSAND = 1_000;
const HUNDRED_MILLION = 100_000_000;

export function kospiColumns(stock: DomesticStock, market: Market, now: number): string {
  const isFund = stock.kind !== 'stock';
  return joined([
    [2, groupOf(stock)],
    [1, isFund ? '0' : '1'],
    [4, '0027'],
    [4, '0013'],
    [4, '0000'],
    // Twenty-six marks from 제조업 to SRI; ETP is the eighth, SPAC the fifteenth.
    ...marks(26, { 7: isFund ? (stock.kind === 'etf' ? '1' : '2') : '0' }),
    ...tradingColumns(stock, market, now),
    ...financialColumns(stock, market, now, [[1, 'N']]),
  ]);
}

export function kosdaqColumns(stock: DomesticStock, market: Market, now: number): string {
  return joined([
    [2, groupOf(stock)],
    [1, '1'],
    [4, '1009'],
    [4, '1013'],
    [4, '0000'],
    // Twenty-one marks from 벤처기업 to KOSDAQ150; ETP is the fourth.
    ...marks(21, {}),
    ...tradingColumns(stock, market, now),
    ...financialColumns(stock, market, now, []),
  ]);
}

export function konexColumns(stock: DomesticStock, market: Market, now: number): string {
  return joined([
    [2, 'KN'],
    ...tradingColumns(stock, market, now),
    ...financialColumns(stock, market, now, [], []),
  ]);
}

function groupOf({ kind }: DomesticStock): string {
  return { stock: 'ST', etf: 'EF', etn: 'EN' }[kind];
}

/** Base price to unusual rise: the same in all three files. */
function tradingColumns(stock: DomesticStock, market: Market, now: number): Columns {
  const base = market.previousClose(stock, now);
  const { day } = market.momentOf(stock.place, now);
  const volume = market.paths.volumeAt(stock, previousTradingDay(stock.place, day), 1);
  const shares = sharesListed(stock);
  return [
    [9, digits(base, 9)],
    [5, '00001'],
    [5, '00001'],
    [1, market.isHalted(stock) ? 'Y' : 'N'],
    [1, 'N'],
    [1, 'N'],
    [2, '00'],
    [1, 'N'],
    [1, 'N'],
    [1, 'N'],
    [2, '00'],
    [2, '00'],
    [2, '00'],
    [3, '020'],
    [1, 'Y'],
    [3, '090'],
    [12, digits(volume, 12)],
    [12, digits(stock.kind === 'stock' ? 5_000 : 0, 12)],
    [8, dateOf(stock.listedOn)],
    [15, digits(Math.floor(shares / THOUSAND), 15)],
    [21, digits(shares * 5_000, 21)],
    [2, '12'],
    [7, '0000000'],
    [1, '0'],
    [1, 'N'],
    [1, 'N'],
    [1, 'N'],
  ];
}

/**
 * Sales to lending.
 * @param between what the file has between KRX300 and the sales
 * @param group code of the group of companies; KONEX has none
 */
function financialColumns(
  stock: DomesticStock,
  market: Market,
  now: number,
  between: Columns,
  group: Columns = [[3, '']],
): Columns {
  const value = Math.floor((sharesListed(stock) * market.previousClose(stock, now)) / HUNDRED_MILLION);
  return [
    ...between,
    [9, '000000000'],
    [9, '000000000'],
    [9, '000000000'],
    [5, '00000'],
    [9, '     0.00'],
    [8, '20260930'],
    [9, digits(value, 9)],
    ...group,
    [1, 'N'],
    [1, 'Y'],
    [1, 'Y'],
  ];
}

function marks(count: number, set: Readonly<Record<number, string>>): Columns {
  return Array.from({ length: count }, (_, index) => [1, set[index] ?? 'N'] as const);
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function joined(columns: Columns): string {
  return columns.map(([width, value]) => value.slice(0, width).padEnd(width)).join('');
}

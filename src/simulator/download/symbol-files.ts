import { encode } from 'iconv-lite';
import { DOMESTIC_STOCKS, type DomesticStock } from '../market/domestic-stocks';
import { type Exchange, EXCHANGES } from '../market/exchanges';
import { type Market } from '../market/market';
import { OVERSEAS_STOCKS, type OverseasStock } from '../market/overseas-stocks';
import { clockOf } from '../market/places';
import { kosdaqColumns, kospiColumns, konexColumns } from './master-columns';

const SHORT_CODE_BYTES = 9;
const STANDARD_CODE_BYTES = 12;
const NAME_BYTES = 40;

type Columns = (stock: DomesticStock, market: Market, now: number) => string;

const DOMESTIC_FILES: Readonly<Record<string, readonly [DomesticStock['market'], Columns]>> = {
  'kospi_code.mst': ['KOSPI', kospiColumns],
  'kosdaq_code.mst': ['KOSDAQ', kosdaqColumns],
  'konex_code.mst': ['KONEX', konexColumns],
};

/** Exchange ids of the files, as far as the simulator needs them. */
const EXCHANGE_IDS: Readonly<Record<string, string>> = { NAS: '22', NYS: '21', AMS: '23' };

/** The symbol file of that name in CP949, or null where there is none. */
export function symbolFile(name: string, market: Market, now: number): Buffer | null {
  const domestic = DOMESTIC_FILES[name];
  if (domestic) {
    const [place, columns] = domestic;
    const rows = DOMESTIC_STOCKS.filter((stock) => stock.market === place);
    return Buffer.concat(rows.map((stock) => domesticRow(stock, columns(stock, market, now))));
  }
  const exchange = EXCHANGES.find(({ linkCode }) => name === `${linkCode.toLowerCase()}mst.cod`);
  return exchange ? overseasFile(exchange, market, now) : null;
}

/** Short code, standard code and name, each with its width in bytes, then columns of fixed widths. */
function domesticRow({ symbol, standardCode, name }: DomesticStock, columns: string): Buffer {
  return Buffer.concat([
    column(symbol, SHORT_CODE_BYTES),
    column(standardCode, STANDARD_CODE_BYTES),
    column(name, NAME_BYTES),
    encode(`${columns}\n`, 'cp949'),
  ]);
}

/** A text filled with spaces to so many bytes. */
function column(text: string, bytes: number): Buffer {
  const encoded = encode(text, 'cp949').subarray(0, bytes);
  return Buffer.concat([encoded, Buffer.alloc(bytes - encoded.length, ' ')]);
}

function overseasFile(exchange: Exchange, market: Market, now: number): Buffer {
  const rows = OVERSEAS_STOCKS.filter((stock) => stock.exchange === exchange);
  return encode(rows.map((stock) => `${overseasRow(stock, market, now).join('\t')}\n`).join(''), 'cp949');
}

/** The 24 columns of open-trading-api, stocks_info/overseas_stock_code.py; there is no line of names. */
function overseasRow(stock: OverseasStock, market: Market, now: number): string[] {
  const { exchange, symbol, name, englishName, isFund } = stock;
  const { opens, closes } = exchange.place;
  return [
    exchange.countryLetters,
    EXCHANGE_IDS[exchange.linkCode] ?? '',
    exchange.linkCode,
    exchange.name,
    symbol,
    `${exchange.linkCode}${symbol}`,
    name,
    englishName,
    isFund ? '3' : '2',
    exchange.currency.code,
    String(exchange.decimals),
    '4',
    market.previousClose(stock, now).toFixed(exchange.decimals),
    '1',
    '1',
    clockOf(opens).slice(0, 4),
    clockOf(closes).slice(0, 4),
    'N',
    '',
    '',
    '0',
    '0',
    isFund ? '001' : '',
    '',
  ];
}

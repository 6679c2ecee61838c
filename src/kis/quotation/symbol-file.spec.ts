import { zipSync } from 'fflate';
import { encode } from 'iconv-lite';
import { DOMESTIC_SYMBOL_FILES, OVERSEAS_SYMBOL_FILES } from '../protocol/symbol-files';
import { readSymbolFile, type SymbolFile } from './symbol-file';
import { decodeSymbols, encodeSymbols } from './symbol-records';
import { findSymbols, searchable } from './symbol-search';

const [KOSPI, KOSDAQ] = DOMESTIC_SYMBOL_FILES;
const [NASDAQ] = OVERSEAS_SYMBOL_FILES;

const zipOf = (name: string, text: string): Uint8Array => zipSync({ [name]: encode(text, 'cp949') });
const read = (file: SymbolFile | undefined, text: string) => {
  if (!file) throw new Error('There is no such file.');
  return readSymbolFile(file, zipOf(file.name, text));
};

/** Short code in 9 characters, ISIN in 12, the name, then columns of a fixed width. */
const row = (code: string, isin: string, name: string, group: string, columns: number): string =>
  `${code.padEnd(9)}${isin.padEnd(12)}${name}${group.padEnd(columns)}\n`;

/** The 24 columns of overseas_stock_code.py. */
const foreign = (code: string, korean: string, english: string, type: string): string =>
  `US\t22\tNAS\t나스닥\t${code}\tNAS${code}\t${korean}\t${english}\t${type}\tUSD${'\t'.repeat(14)}\n`;

describe('a symbol file', () => {
  it('of Korea is read by its widths, whatever the length of a name in CP949', () => {
    const symbols = read(
      KOSPI,
      row('005930', 'KR7005930003', '삼성전자', 'ST', 227) +
        row('Q530031', 'KRG530031001', '삼성 레버리지 WTI원유 선물 ETN  ', 'EN', 227) +
        row('069500', 'KR7069500007', 'KODEX 200', 'EF', 227),
    );
    expect(symbols.map(({ symbol, name, market, type }) => [symbol, name, market, type])).toEqual([
      ['005930', '삼성전자', 'KOSPI', 'stock'],
      ['Q530031', '삼성 레버리지 WTI원유 선물 ETN', 'KOSPI', 'etn'],
      ['069500', 'KODEX 200', 'KOSPI', 'etf'],
    ]);
    expect(read(KOSDAQ, row('900999', 'KR0900999000', '샾똠홀딩스', 'ST', 221))[0]?.name).toBe('샾똠홀딩스');
  });

  it('of another country is read by its tabs', () => {
    expect(
      read(NASDAQ, foreign('AAPL', '애플', 'APPLE INC', '2') + foreign('QQQ', '', 'INVESCO QQQ', '3')),
    ).toEqual([
      { symbol: 'NAS:AAPL', name: '애플', englishName: 'APPLE INC', market: 'NAS', type: 'stock' },
      { symbol: 'NAS:QQQ', name: 'INVESCO QQQ', englishName: 'INVESCO QQQ', market: 'NAS', type: 'etf' },
    ]);
  });

  it.each([
    ['is empty', ''],
    ['has rows of another width', row('005930', 'KR7005930003', '삼성전자', 'ST', 40)],
    ['has other rows', '<html>\n<body>Not found</body>\n</html>'],
  ])('is refused when it %s', (_, text) => {
    expect(() => read(KOSPI, text)).toThrow(/kospi_code\.mst of KIS cannot be read/);
  });

  it('is refused when it is not a zip, or a zip of another file', () => {
    if (!KOSPI) throw new Error('There is no such file.');
    expect(() => readSymbolFile(KOSPI, encode('<html>', 'utf8'))).toThrow('it is not a zip of that file');
    expect(() => readSymbolFile(KOSPI, zipOf('kosdaq_code.mst', ''))).toThrow('it is not a zip of that file');
  });

  it('may have a few odd rows, which are left out', () => {
    const good = Array.from({ length: 99 }, (_, index) =>
      row(String(100_000 + index), '', 'X', 'ST', 227),
    ).join('');
    expect(read(KOSPI, `${good}odd\n`)).toHaveLength(99);
    expect(() => read(KOSPI, `${good}odd\nodd\nodd\n`)).toThrow('its rows do not have the documented layout');
  });
});

describe('symbols', () => {
  const listed = read(
    KOSPI,
    row('005930', '', '삼성전자', 'ST', 227) +
      row('005935', '', '삼성전자우', 'ST', 227) +
      row('028260', '', '삼성물산', 'ST', 227) +
      row('000660', '', 'SK하이닉스', 'ST', 227),
  ).concat(read(NASDAQ, foreign('AAPL', '애플', 'APPLE INC', '2')));
  const found = (text: string, limit = 50) =>
    findSymbols(listed.map(searchable), text, limit).map(({ symbol }) => symbol);

  it.each([
    ['삼성', ['005930', '005935', '028260']],
    ['삼성전자', ['005930', '005935']],
    ['삼성전자우', ['005935']],
    ['삼성 전자'.normalize('NFD'), ['005930', '005935']],
    ['sk하이닉스', ['000660']],
    ['0059', ['005930', '005935']],
    ['A005930', ['005930']],
    ['aapl', ['NAS:AAPL']],
    ['NAS:AAPL', ['NAS:AAPL']],
    ['apple', ['NAS:AAPL']],
    ['없는회사', []],
    [' ', []],
  ])('are found by %s', (text, symbols) => {
    expect(found(text)).toEqual(symbols);
  });

  it('are cut off behind the best matches', () => {
    expect(found('삼성', 2)).toEqual(['005930', '005935']);
  });

  it('are kept as they are', () => {
    const stored = { 'kospi_code.mst': { day: '2026-11-25', symbols: listed } };
    expect(decodeSymbols(encodeSymbols(stored, 'https://kis/'), 'https://kis/')).toEqual(stored);
  });

  it('of a simulator are not taken for those of KIS', () => {
    const stored = { 'kospi_code.mst': { day: '2026-11-25', symbols: listed } };
    expect(decodeSymbols(encodeSymbols(stored, 'http://127.0.0.1:29443/'), 'https://kis/')).toEqual({});
  });

  it.each([
    '',
    '{}',
    '{"version":2,"files":[]}',
    '{"version":1,"source":"https://kis/","files":[["x","2026-11-25",[["005930"]]]]}',
  ])('are not taken from %s', (text) => {
    expect(() => decodeSymbols(new TextEncoder().encode(text), 'https://kis/')).toThrow();
  });
});

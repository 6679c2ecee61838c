import { dayOf } from './days';
import { AMEX, type Exchange, HASE, NASD, NYSE, SEHK, SHAA, SZAA, TKSE, VNSE, isAmerican } from './exchanges';
import { type Instrument } from './instrument';
import { fingerprint } from './noise';

export interface OverseasStock extends Instrument {
  readonly symbol: string;
  readonly name: string;
  readonly englishName: string;
  readonly exchange: Exchange;
  readonly isFund: boolean;
}

const FIRST_DAY = dayOf('20000103') ?? 0;

/** Below this price a share of the United States moves in finer steps. */
const FINE_BELOW = 1;
const FINE_TICK = 0.0001;

/** Every overseas stock of the simulator; an account holds the first ones. */
export const OVERSEAS_STOCKS: readonly OverseasStock[] = [
  stock(NASD, 'AAPL', '애플', 'APPLE INC', 268.5),
  stock(NASD, 'TSLA', '테슬라', 'TESLA INC', 431.2),
  stock(NYSE, 'KO', '코카콜라', 'COCA-COLA CO', 71.3),
  fund(AMEX, 'SPY', 'SPDR S&P500 ETF TRUST', 'SPDR S&P 500 ETF TRUST', 671.9),
  stock(SEHK, '00700', '텐센트 홀딩스', 'TENCENT HOLDINGS', 628),
  stock(TKSE, '7203', '토요타자동차', 'TOYOTA MOTOR', 3085),
  stock(NASD, 'NVDA', '엔비디아', 'NVIDIA CORP', 188.4),
  stock(NASD, 'MSFT', '마이크로소프트', 'MICROSOFT CORP', 507.1),
  stock(NASD, 'GOOGL', '알파벳 A', 'ALPHABET INC CL A', 281.5),
  stock(NASD, 'AMZN', '아마존닷컴', 'AMAZON.COM INC', 244.2),
  stock(NASD, 'META', '메타 플랫폼스', 'META PLATFORMS INC', 621.7),
  stock(NASD, 'AVGO', '브로드컴', 'BROADCOM INC', 349.4),
  fund(NASD, 'QQQ', 'INVESCO QQQ TRUST', 'INVESCO QQQ TRUST SERIES 1', 608.8),
  stock(NYSE, 'JPM', '제이피모간체이스', 'JPMORGAN CHASE & CO', 314.2),
  stock(NYSE, 'V', '비자', 'VISA INC', 336.5),
  stock(NYSE, 'JNJ', '존슨앤드존슨', 'JOHNSON & JOHNSON', 186.6),
  stock(NYSE, 'XOM', '엑슨 모빌', 'EXXON MOBIL CORP', 117.2),
  fund(AMEX, 'SCHD', 'SCHWAB US DIVIDEND EQUITY ETF', 'SCHWAB US DIVIDEND EQUITY ETF', 27.1),
  stock(SEHK, '09988', '알리바바 그룹', 'ALIBABA GROUP', 159.6),
  stock(SHAA, '600519', '귀주모태주', 'KWEICHOW MOUTAI', 1462),
  stock(SZAA, '300750', '닝더스다이', 'CATL', 391.5),
  stock(TKSE, '6758', '소니그룹', 'SONY GROUP', 4420),
  stock(VNSE, 'VNM', '비나밀크', 'VINAMILK', 61_200),
  stock(HASE, 'SHS', '사이공하노이증권', 'SAIGON HANOI SECURITIES', 22_400),
  stock(NYSE, 'TSM', 'TSMC(ADR)', 'TAIWAN SEMICONDUCTOR ADR', 289.6),
  stock(NYSE, 'LLY', '일라이 릴리', 'ELI LILLY & CO', 1021.3),
  stock(AMEX, 'IMO', '임페리얼 오일', 'IMPERIAL OIL LTD', 98.4),
  stock(NASD, 'SNDL', 'SNDL', 'SNDL INC', 0.82),
];

export const LARGEST_OVERSEAS_HOLDINGS = OVERSEAS_STOCKS.length;

/** @param code of the exchange, in the form of orders (NASD) or of quotations (NAS) */
export function overseasStock(code: string, symbol: string): OverseasStock | undefined {
  return OVERSEAS_STOCKS.find(
    (known) => known.symbol === symbol && (known.exchange.code === code || known.exchange.linkCode === code),
  );
}

/** Smallest step at a price. */
export function overseasTick(exchange: Exchange, price: number): number {
  return isAmerican(exchange) && price < FINE_BELOW ? FINE_TICK : exchange.tick;
}

function stock(
  exchange: Exchange,
  symbol: string,
  name: string,
  englishName: string,
  basePrice: number,
  isFund = false,
): OverseasStock {
  return {
    exchange,
    symbol,
    name,
    englishName,
    basePrice,
    isFund,
    key: fingerprint(`${exchange.code} ${symbol}`),
    place: exchange.place,
    listedOn: FIRST_DAY,
    round: (price) => rounded(price, overseasTick(exchange, price)),
  };
}

function fund(
  exchange: Exchange,
  symbol: string,
  name: string,
  englishName: string,
  basePrice: number,
): OverseasStock {
  return stock(exchange, symbol, name, englishName, basePrice, true);
}

/** Steps are whole numbers of ten-thousandths, so that no fraction of a step is left over. */
function rounded(price: number, tick: number): number {
  const parts = Math.round(tick * 10_000);
  return (Math.round((price * 10_000) / parts) * parts) / 10_000;
}

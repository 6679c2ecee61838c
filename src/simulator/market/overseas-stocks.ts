/** A currency in which overseas stocks are held. */
export interface Currency {
  readonly code: 'USD' | 'HKD' | 'CNY' | 'JPY' | 'VND';
  readonly name: string;
  /** Won for `unit` units of it, in hundredths of a won. */
  readonly rateHundredths: bigint;
  /** KIS quotes yen and dong by the hundred. */
  readonly unit: bigint;
}

/** An exchange outside Korea, with the codes KIS gives it (KIS portal, 해외주식 잔고 and 체결기준현재잔고). */
export interface Exchange {
  readonly code: string;
  readonly linkCode: string;
  readonly name: string;
  readonly country: string;
  /** NATN_CD of the request. */
  readonly countryCode: string;
  /** TR_MKET_CD of the request, inside its country. */
  readonly marketCode: string;
  readonly productType: string;
  readonly currency: Currency;
}

export interface OverseasStock {
  readonly symbol: string;
  readonly name: string;
  readonly exchange: Exchange;
  /** Around this price, in the exchange's currency, the simulated price moves. */
  readonly basePrice: number;
}

export const DOLLAR: Currency = { code: 'USD', name: '미국 달러', rateHundredths: 138_250n, unit: 1n };
const HKD: Currency = { code: 'HKD', name: '홍콩 달러', rateHundredths: 17_740n, unit: 1n };
const CNY: Currency = { code: 'CNY', name: '중국 위안', rateHundredths: 19_410n, unit: 1n };
const JPY: Currency = { code: 'JPY', name: '일본 엔', rateHundredths: 91_520n, unit: 100n };
const VND: Currency = { code: 'VND', name: '베트남 동', rateHundredths: 542n, unit: 100n };

const UNITED_STATES = { country: '미국', countryCode: '840', currency: DOLLAR };
const CHINA = { country: '중국', countryCode: '156', currency: CNY };
const VIETNAM = { country: '베트남', countryCode: '704', currency: VND };

const NASD = exchange(UNITED_STATES, 'NASD', 'NAS', '나스닥', '01', '512');
const NYSE = exchange(UNITED_STATES, 'NYSE', 'NYS', '뉴욕거래소', '02', '513');
const AMEX = exchange(UNITED_STATES, 'AMEX', 'AMS', '아멕스', '05', '529');
const SHAA = exchange(CHINA, 'SHAA', 'SHS', '상해A', '03', '551');
const SZAA = exchange(CHINA, 'SZAA', 'SZS', '심천A', '04', '552');
const HASE = exchange(VIETNAM, 'HASE', 'HNX', '하노이거래소', '01', '507');
const VNSE = exchange(VIETNAM, 'VNSE', 'HSX', '호치민거래소', '02', '508');
const SEHK = exchange(
  { country: '홍콩', countryCode: '344', currency: HKD },
  'SEHK',
  'HKS',
  '홍콩',
  '01',
  '501',
);
const TKSE = exchange(
  { country: '일본', countryCode: '392', currency: JPY },
  'TKSE',
  'TSE',
  '일본',
  '01',
  '515',
);

/** Every overseas stock the simulator knows; an account holds the first ones. */
export const OVERSEAS_STOCKS: readonly OverseasStock[] = [
  { symbol: 'AAPL', name: '애플', exchange: NASD, basePrice: 268.5 },
  { symbol: 'TSLA', name: '테슬라', exchange: NASD, basePrice: 431.2 },
  { symbol: 'KO', name: '코카콜라', exchange: NYSE, basePrice: 71.3 },
  { symbol: 'SPY', name: 'SPDR S&P500 ETF TRUST', exchange: AMEX, basePrice: 671.9 },
  { symbol: '00700', name: '텐센트 홀딩스', exchange: SEHK, basePrice: 628.0 },
  { symbol: '7203', name: '토요타자동차', exchange: TKSE, basePrice: 3085 },
  { symbol: 'NVDA', name: '엔비디아', exchange: NASD, basePrice: 188.4 },
  { symbol: 'MSFT', name: '마이크로소프트', exchange: NASD, basePrice: 507.1 },
  { symbol: 'GOOGL', name: '알파벳 A', exchange: NASD, basePrice: 281.5 },
  { symbol: 'AMZN', name: '아마존닷컴', exchange: NASD, basePrice: 244.2 },
  { symbol: 'META', name: '메타 플랫폼스', exchange: NASD, basePrice: 621.7 },
  { symbol: 'AVGO', name: '브로드컴', exchange: NASD, basePrice: 349.4 },
  { symbol: 'QQQ', name: 'INVESCO QQQ TRUST', exchange: NASD, basePrice: 608.8 },
  { symbol: 'JPM', name: '제이피모간체이스', exchange: NYSE, basePrice: 314.2 },
  { symbol: 'V', name: '비자', exchange: NYSE, basePrice: 336.5 },
  { symbol: 'JNJ', name: '존슨앤드존슨', exchange: NYSE, basePrice: 186.6 },
  { symbol: 'XOM', name: '엑슨 모빌', exchange: NYSE, basePrice: 117.2 },
  { symbol: 'SCHD', name: 'SCHWAB US DIVIDEND EQUITY ETF', exchange: AMEX, basePrice: 27.1 },
  { symbol: '09988', name: '알리바바 그룹', exchange: SEHK, basePrice: 159.6 },
  { symbol: '600519', name: '귀주모태주', exchange: SHAA, basePrice: 1462.0 },
  { symbol: '300750', name: '닝더스다이', exchange: SZAA, basePrice: 391.5 },
  { symbol: '6758', name: '소니그룹', exchange: TKSE, basePrice: 4420 },
  { symbol: 'VNM', name: '비나밀크', exchange: VNSE, basePrice: 61_200 },
  { symbol: 'SHS', name: '사이공하노이증권', exchange: HASE, basePrice: 22_400 },
];

export const LARGEST_OVERSEAS_HOLDINGS = OVERSEAS_STOCKS.length;

function exchange(
  place: Pick<Exchange, 'country' | 'countryCode' | 'currency'>,
  code: string,
  linkCode: string,
  name: string,
  marketCode: string,
  productType: string,
): Exchange {
  return { ...place, code, linkCode, name, marketCode, productType };
}

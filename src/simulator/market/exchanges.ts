import { AMERICA, CHINA, HONG_KONG, JAPAN, type MarketPlace, VIETNAM } from './places';

/** A currency in which overseas stocks are held. */
export interface Currency {
  readonly code: 'USD' | 'HKD' | 'CNY' | 'JPY' | 'VND';
  readonly name: string;
  /** Won for `unit` units of it, in hundredths of a won. */
  readonly rateHundredths: bigint;
  /** KIS quotes yen and dong by the hundred. */
  readonly unit: bigint;
}

interface Country {
  readonly country: string;
  /** NATN_CD of requests. */
  readonly countryCode: string;
  readonly countryLetters: string;
  readonly currency: Currency;
  readonly place: MarketPlace;
  /** Decimals of its prices as KIS gives them (`zdiv`); the order notices imply as many. */
  readonly decimals: number;
  /** Smallest step of a price; in the United States a hundredth of it below one dollar. */
  readonly tick: number;
}

/** An exchange outside Korea, with the codes KIS gives it (KIS portal, 해외주식 잔고 and 체결기준현재잔고). */
export interface Exchange extends Country {
  /** Of orders and balances: NASD. */
  readonly code: string;
  /** Of quotations and realtime: NAS. */
  readonly linkCode: string;
  readonly name: string;
  /** TR_MKET_CD of the request, inside its country. */
  readonly marketCode: string;
  readonly productType: string;
}

export const DOLLAR: Currency = { code: 'USD', name: '미국 달러', rateHundredths: 138_250n, unit: 1n };
const HKD: Currency = { code: 'HKD', name: '홍콩 달러', rateHundredths: 17_740n, unit: 1n };
const CNY: Currency = { code: 'CNY', name: '중국 위안', rateHundredths: 19_410n, unit: 1n };
const JPY: Currency = { code: 'JPY', name: '일본 엔', rateHundredths: 91_520n, unit: 100n };
const VND: Currency = { code: 'VND', name: '베트남 동', rateHundredths: 542n, unit: 100n };

const US = country('미국', '840 US', DOLLAR, AMERICA, 4, 0.01);
const CN = country('중국', '156 CN', CNY, CHINA, 3, 0.01);
const VN = country('베트남', '704 VN', VND, VIETNAM, 0, 100);
const HK = country('홍콩', '344 HK', HKD, HONG_KONG, 3, 0.05);
const JP = country('일본', '392 JP', JPY, JAPAN, 1, 1);

export const NASD = exchange(US, 'NASD', 'NAS', '나스닥', '01', '512');
export const NYSE = exchange(US, 'NYSE', 'NYS', '뉴욕거래소', '02', '513');
export const AMEX = exchange(US, 'AMEX', 'AMS', '아멕스', '05', '529');
export const SHAA = exchange(CN, 'SHAA', 'SHS', '상해A', '03', '551');
export const SZAA = exchange(CN, 'SZAA', 'SZS', '심천A', '04', '552');
export const HASE = exchange(VN, 'HASE', 'HNX', '하노이거래소', '01', '507');
export const VNSE = exchange(VN, 'VNSE', 'HSX', '호치민거래소', '02', '508');
export const SEHK = exchange(HK, 'SEHK', 'HKS', '홍콩', '01', '501');
export const TKSE = exchange(JP, 'TKSE', 'TSE', '일본', '01', '515');

export const EXCHANGES: readonly Exchange[] = [NASD, NYSE, AMEX, SHAA, SZAA, HASE, VNSE, SEHK, TKSE];

export function isAmerican({ countryCode }: Exchange): boolean {
  return countryCode === US.countryCode;
}

function country(
  name: string,
  codes: string,
  currency: Currency,
  place: MarketPlace,
  decimals: number,
  tick: number,
): Country {
  const [countryCode = '', countryLetters = ''] = codes.split(' ');
  return { country: name, countryCode, countryLetters, currency, place, decimals, tick };
}

function exchange(
  place: Country,
  code: string,
  linkCode: string,
  name: string,
  marketCode: string,
  productType: string,
): Exchange {
  return { ...place, code, linkCode, name, marketCode, productType };
}

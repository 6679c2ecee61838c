import { matching, oneOf, ValidQuery, type QueryOf } from '../common/valid-query';
import { DOMESTIC_SYMBOL, PRICE, type KisOverseasMarket } from '../kis';

/** Validates the queries of the account routes. */

/** KIS portal, 해외주식 잔고: the exchanges of OVRS_EXCG_CD, and the currency in which each trades. */
const CURRENCY_OF = {
  NASD: 'USD',
  NAS: 'USD',
  NYSE: 'USD',
  AMEX: 'USD',
  SEHK: 'HKD',
  SHAA: 'CNY',
  SZAA: 'CNY',
  TKSE: 'JPY',
  HASE: 'VND',
  VNSE: 'VND',
} as const;

type Exchange = keyof typeof CURRENCY_OF;

export const EXCHANGES = Object.keys(CURRENCY_OF) as Exchange[];
export const CURRENCIES = [...new Set(Object.values(CURRENCY_OF))];

const ORDER = {
  symbol: matching(DOMESTIC_SYMBOL, 'a domestic stock code such as 005930'),
  price: matching(PRICE, 'a price in won, digits only, such as 70000'),
};

/** A hypothetical order: without a symbol the response has amounts only. */
export const buyingPowerQuery = new ValidQuery(ORDER, ({ symbol, price }) =>
  price !== undefined && symbol === undefined ? 'price: belongs to a symbol; give both, or no price' : null,
);

const MARKET = { exchange: oneOf(EXCHANGES), currency: oneOf(CURRENCIES) };

export const overseasMarketQuery = new ValidQuery(MARKET);

export type BuyingPowerQuery = QueryOf<typeof ORDER>;
export type OverseasMarketQuery = QueryOf<typeof MARKET>;

/** An overseas market; the currency defaults to that of the exchange. */
export function overseasMarket({
  exchange = 'NASD',
  currency = CURRENCY_OF[exchange],
}: OverseasMarketQuery): KisOverseasMarket {
  return { exchange, currency };
}

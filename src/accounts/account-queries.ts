import { z } from 'zod';

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

/** An order that is only thought of: without a symbol the answer has amounts only. */
export const buyingPowerQuery = z
  .strictObject({
    symbol: z
      .string()
      .regex(/^(?:[0-9A-Z]{6}|Q[0-9]{6})$/, 'a domestic stock code such as 005930')
      .exactOptional(),
    price: z
      .string()
      .regex(/^[0-9]{1,12}$/, 'a price in won, digits only, such as 70000')
      .exactOptional(),
  })
  .refine((query) => query.price === undefined || query.symbol !== undefined, {
    path: ['price'],
    message: 'belongs to a symbol; give both, or no price',
  });

/** Which overseas market; the currency is that of the exchange unless it is given. */
export const overseasMarketQuery = z
  .strictObject({
    exchange: z.enum(EXCHANGES, `one of ${EXCHANGES.join(', ')}`).default('NASD'),
    currency: z.enum(CURRENCIES, `one of ${CURRENCIES.join(', ')}`).exactOptional(),
  })
  .transform(({ exchange, currency }) => ({ exchange, currency: currency ?? CURRENCY_OF[exchange] }));

export type BuyingPowerQuery = z.infer<typeof buyingPowerQuery>;
export type OverseasMarketQuery = z.infer<typeof overseasMarketQuery>;

import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import { unknownSymbol } from '../http/symbols';
import type { KisAccount } from '../kis-account';
import { KIS_CALLS } from '../protocol/kis-calls';
import { VENUE_CODES } from '../protocol/markets';
import { answerOf, structureOf } from '../protocol/wire';
import { description, figure, figureOrNull, isZero, recordOf } from '../protocol/wire-fields';
import type { KisQuote } from './kis-quote';

/** Reads the current price of a domestic stock. */

/** KIS portal, 주식현재가 시세. */
const QUOTE = answerOf({
  output: structureOf(
    recordOf({
      price: figure('stck_prpr'),
      change: figure('prdy_vrss'),
      changeSign: description('prdy_vrss_sign'),
      changeRate: figureOrNull('prdy_ctrt'),
      open: figure('stck_oprc'),
      high: figure('stck_hgpr'),
      low: figure('stck_lwpr'),
      upperLimit: figureOrNull('stck_mxpr'),
      lowerLimit: figureOrNull('stck_llam'),
      basePrice: figure('stck_sdpr'),
      volume: figure('acml_vol'),
      tradingValue: figureOrNull('acml_tr_pbmn'),
      per: figureOrNull('per'),
      pbr: figureOrNull('pbr'),
      eps: figureOrNull('eps'),
      bps: figureOrNull('bps'),
      marketCap: figureOrNull('hts_avls'),
    }),
  ),
});

/** For an unknown symbol KIS returns a success whose price is 0 (python-kis, pykis/api/stock/quote.py). */
const PRICE = answerOf({ output: structureOf(recordOf({ price: figure('stck_prpr') })) });

/** @param symbol as KIS takes it */
export async function readDomesticQuote(
  api: KisApiClient,
  account: KisAccount,
  symbol: string,
  options: KisReadOptions,
): Promise<KisQuote> {
  const call = KIS_CALLS.domesticPrice;
  const params = { FID_COND_MRKT_DIV_CODE: VENUE_CODES.KRX, FID_INPUT_ISCD: symbol };
  const { body, receivedAt } = await api.read(account, call, params, options);
  if (isZero(readAnswer(PRICE, body, call).output.price)) throw unknownSymbol(symbol);
  return { asOf: receivedAt, symbol, ...readAnswer(QUOTE, body, call).output };
}

import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import { unknownSymbol } from '../http/symbols';
import type { KisAccount } from '../kis-account';
import { KisBadResponseError } from '../kis.errors';
import { VENUE_CODES } from '../protocol/markets';
import { KIS_QUOTATION_CALLS } from '../protocol/quotation-calls';
import { answerOf, listOf } from '../protocol/wire';
import { description, figure, figureOrNull, identity, isZero, recordOf } from '../protocol/wire-fields';
import type { KisQuote } from './kis-quote';

/** Reads the prices of up to 30 domestic stocks with one call (관심종목 시세조회). */

/** The number of stocks that fit into one call (KIS portal, 관심종목(멀티종목) 시세조회). */
export const MOST_SYMBOLS = 30;

const QUOTES = answerOf({
  output: listOf(
    recordOf({
      symbol: identity('inter_shrn_iscd'),
      price: figure('inter2_prpr'),
      change: figure('inter2_prdy_vrss'),
      changeSign: description('prdy_vrss_sign'),
      changeRate: figureOrNull('prdy_ctrt'),
      open: figure('inter2_oprc'),
      high: figure('inter2_hgpr'),
      low: figure('inter2_lwpr'),
      upperLimit: figureOrNull('inter2_mxpr'),
      lowerLimit: figureOrNull('inter2_llam'),
      basePrice: figure('inter2_sdpr'),
      volume: figure('acml_vol'),
      tradingValue: figureOrNull('acml_tr_pbmn'),
    }),
  ),
});

/** The row of a symbol that KIS does not know has no price. */
const PRICES = answerOf({
  output: listOf(recordOf({ symbol: identity('inter_shrn_iscd'), price: figureOrNull('inter2_prpr') })),
});

/** Fields that this call does not return. */
const NOT_TOLD = { per: null, pbr: null, eps: null, bps: null, marketCap: null };

/**
 * Up to 30 domestic stocks with one call, in the order of `symbols`; real trading only.
 *
 * @param symbols as KIS takes them, each once.
 */
export async function readMultipleQuotes(
  api: KisApiClient,
  account: KisAccount,
  symbols: readonly string[],
  options: KisReadOptions,
): Promise<KisQuote[]> {
  const call = KIS_QUOTATION_CALLS.multiplePrices;
  const params = Object.fromEntries(
    symbols.flatMap((symbol, index) => [
      [`FID_COND_MRKT_DIV_CODE_${index + 1}`, VENUE_CODES.KRX],
      [`FID_INPUT_ISCD_${index + 1}`, symbol],
    ]),
  );
  const { body, receivedAt } = await api.read(account, call, params, options);
  const prices = new Map(readAnswer(PRICES, body, call).output.map(({ symbol, price }) => [symbol, price]));
  for (const symbol of symbols) {
    const price = prices.get(symbol);
    if (price === undefined || price === null || isZero(price)) throw unknownSymbol(symbol);
  }
  const rows = new Map(readAnswer(QUOTES, body, call).output.map((row) => [row.symbol, row]));
  return symbols.map((symbol) => {
    const row = rows.get(symbol);
    if (row) return { asOf: receivedAt, ...row, ...NOT_TOLD };
    throw new KisBadResponseError(
      `${call.title} has no row for "${symbol}". None of it was used; try again later.`,
    );
  });
}

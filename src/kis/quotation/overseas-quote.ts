import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import type { KisAccount } from '../kis-account';
import { KisSymbolNotFoundError } from '../kis.errors';
import { KIS_QUOTATION_CALLS } from '../protocol/quotation-calls';
import { answerOf, structureOrNull } from '../protocol/wire';
import { description, figure, figureOrNull, recordOf } from '../protocol/wire-fields';
import type { KisOverseasInstrument } from './instrument';
import type { KisQuote } from './kis-quote';

/** Reads the current price of a foreign stock. */

/** KIS portal, 해외주식 현재체결가. Every member is empty for a symbol that KIS does not know. */
const PRICE = answerOf({
  output: structureOrNull(
    recordOf({
      price: figure('last'),
      change: figure('diff'),
      changeSign: description('sign'),
      changeRate: figureOrNull('rate'),
      basePrice: figure('base'),
      volume: figure('tvol'),
      tradingValue: figureOrNull('tamt'),
    }),
  ),
});

/** Fields that 해외주식 현재체결가 does not return. */
const NOT_TOLD = {
  open: null,
  high: null,
  low: null,
  upperLimit: null,
  lowerLimit: null,
  per: null,
  pbr: null,
  eps: null,
  bps: null,
  marketCap: null,
};

export async function readOverseasQuote(
  api: KisApiClient,
  account: KisAccount,
  instrument: KisOverseasInstrument,
  options: KisReadOptions,
): Promise<KisQuote> {
  const call = KIS_QUOTATION_CALLS.overseasPrice;
  const params = { AUTH: '', EXCD: instrument.exchange, SYMB: instrument.code };
  const { body, receivedAt } = await api.read(account, call, params, options);
  const { output } = readAnswer(PRICE, body, call);
  if (output === null) throw unknownAbroad(instrument);
  return { asOf: receivedAt, symbol: instrument.symbol, ...output, ...NOT_TOLD };
}

/** The error for a foreign symbol that KIS does not know. */
export function unknownAbroad({ exchange, code }: KisOverseasInstrument): KisSymbolNotFoundError {
  return new KisSymbolNotFoundError(
    `KIS knows no "${code}" at ${exchange}. Check the symbol, and try the other exchanges of the country: KIS lists each security at one of them.`,
  );
}

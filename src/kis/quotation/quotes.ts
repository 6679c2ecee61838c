import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import type { KisAccount } from '../kis-account';
import { KIS_QUOTATION_CALLS } from '../protocol/quotation-calls';
import { readDomesticQuote } from './domestic-quote';
import type { KisInstrument } from './instrument';
import type { KisQuote } from './kis-quote';
import { readMultipleQuotes } from './multiple-quotes';
import { readOverseasQuote } from './overseas-quote';

/** Reads the prices of several securities, with one call where KIS has one. */

/** Concurrent single calls; more would only wait in the bounded queue of the app key. */
const AT_ONCE = 4;

/** The prices of several securities, in their order; duplicates are requested once. */
export async function readQuotes(
  api: KisApiClient,
  account: KisAccount,
  instruments: readonly KisInstrument[],
  options: KisReadOptions,
): Promise<KisQuote[]> {
  const distinct = [...new Map(instruments.map((each) => [each.symbol, each])).values()];
  const isTogether = KIS_QUOTATION_CALLS.multiplePrices.trId[account.mode] !== null;
  const together = isTogether ? distinct.filter(({ kind }) => kind === 'domestic') : [];
  const singly = distinct.filter((each) => !together.includes(each));
  const symbols = together.map(({ symbol }) => symbol);
  const several = symbols.length === 0 ? [] : readMultipleQuotes(api, account, symbols, options);
  const single = severalAtOnce(singly, (each) =>
    each.kind === 'domestic'
      ? readDomesticQuote(api, account, each.symbol, options)
      : readOverseasQuote(api, account, each, options),
  );
  const found = (await Promise.all([several, single])).flat();
  const bySymbol = new Map(found.map((quote) => [quote.symbol, quote]));
  return instruments.flatMap(({ symbol }) => bySymbol.get(symbol) ?? []);
}

/** The first failure ends it: no further calls are sent. */
async function severalAtOnce<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const left = [...items];
  const results: R[] = [];
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined && !hasFailed; item = left.shift()) {
      results.push(await work(item));
    }
  };
  const workers = Array.from({ length: AT_ONCE }, () =>
    worker().catch((error: unknown) => {
      hasFailed = true;
      throw error;
    }),
  );
  await Promise.all(workers);
  return results;
}

import { Injectable } from '@nestjs/common';
import { KisClock } from '../clock';
import { withinDeadline } from '../http/deadline';
import { KisApiClient, type KisReadOptions } from '../http/kis-api.client';
import type { KisAccount } from '../kis-account';
import { KisInvalidRequestError } from '../kis.errors';
import { KisConfiguration } from '../kis.options';
import type { KisVenue } from '../protocol/markets';
import { readCandles, type KisCandleOptions } from './candles';
import type { KisCandleQuestion, KisCandles } from './candle';
import { readDomesticQuote } from './domestic-quote';
import { requireInstrument } from './instrument';
import type { KisQuote } from './kis-quote';
import { MOST_SYMBOLS } from './multiple-quotes';
import { readOrderBook, type KisQuotedBook } from './order-book';
import { readOverseasOrderBook } from './overseas-order-book';
import { readOverseasQuote } from './overseas-quote';
import { readQuotes } from './quotes';
import { readStockInfo, type KisStockInfo } from './stock-info';

/** Which order book is read, and how long its caller waits. */
export interface KisBookOptions extends KisReadOptions {
  /** Of domestic stocks; default KRX. */
  readonly venue?: KisVenue | undefined;
}

/**
 * Market data, read with the credentials of an account. Strings and failures as in `KisAccountClient`; besides, all
 * methods reject with `KisInvalidRequestError` for a malformed symbol (nothing is sent then), and with
 * `KisSymbolNotFoundError` for one that KIS does not know.
 *
 * A symbol is that of a domestic stock (six characters, with a Q before for an ETN; an A before others is left out) or
 * of a foreign one, such as `NAS:AAPL`.
 */
@Injectable()
export class KisQuotationClient {
  constructor(
    private readonly api: KisApiClient,
    private readonly configuration: KisConfiguration,
    private readonly clock: KisClock,
  ) {}

  /** The current price: of a domestic stock at KRX (주식현재가 시세), or of a foreign one (해외주식 현재체결가). */
  async price(account: KisAccount, text: string, options: KisReadOptions = {}): Promise<KisQuote> {
    const instrument = requireInstrument(text);
    return instrument.kind === 'domestic'
      ? readDomesticQuote(this.api, account, instrument.symbol, options)
      : readOverseasQuote(this.api, account, instrument, options);
  }

  /**
   * The prices of up to 30 stocks, in their order. In real trading all domestic ones are one call (관심종목 시세조회), which
   * lacks the company's figures (they are `null`); in mock trading and abroad each price is a call of its own.
   */
  async prices(
    account: KisAccount,
    texts: readonly string[],
    options: KisReadOptions = {},
  ): Promise<KisQuote[]> {
    if (texts.length === 0 || texts.length > MOST_SYMBOLS) {
      throw new KisInvalidRequestError(`Request the prices of 1 to ${MOST_SYMBOLS} stocks at once.`);
    }
    const instruments = texts.map(requireInstrument);
    return this.within(account, 'The list of prices', options, (limited) =>
      readQuotes(this.api, account, instruments, limited),
    );
  }

  /** The order book and the expected trade of an auction (주식현재가 호가/예상체결); for foreign stocks in real trading only. */
  async orderBook(
    account: KisAccount,
    text: string,
    { venue, ...options }: KisBookOptions = {},
  ): Promise<KisQuotedBook> {
    const instrument = requireInstrument(text);
    if (instrument.kind === 'domestic')
      return readOrderBook(this.api, account, instrument.symbol, venue ?? 'KRX', options);
    refuseVenue(venue);
    return readOverseasOrderBook(this.api, account, instrument, options);
  }

  /** Candles of a range, oldest first, with as many calls as that takes. */
  async candles(
    account: KisAccount,
    text: string,
    question: KisCandleQuestion,
    { venue, ...options }: KisCandleOptions = {},
  ): Promise<KisCandles> {
    const instrument = requireInstrument(text);
    if (instrument.kind === 'overseas') refuseVenue(venue);
    return this.within(account, 'The list of candles', options, (limited) =>
      readCandles(
        this.api,
        account,
        instrument,
        { ...question, venue: venue ?? 'KRX', now: this.clock.now() },
        limited,
      ),
    );
  }

  /** Master data of a stock (주식기본조회, abroad 상품기본조회). Real trading only. @throws KisNotAvailableInMockError */
  async stockInfo(account: KisAccount, text: string, options: KisReadOptions = {}): Promise<KisStockInfo> {
    return readStockInfo(this.api, account, requireInstrument(text), options);
  }

  private within<T>(
    account: KisAccount,
    what: string,
    { timeoutMs, signal }: KisReadOptions,
    work: (options: KisReadOptions) => Promise<T>,
  ): Promise<T> {
    const limitMs = timeoutMs ?? this.configuration.requestPolicy(account.credential).deadlineMs;
    return withinDeadline(this.clock, { what, timeoutMs: limitMs, signal }, (limited) =>
      work({ signal: limited }),
    );
  }
}

function refuseVenue(venue: KisVenue | undefined): void {
  if (venue !== undefined)
    throw new KisInvalidRequestError('venue: is for domestic stocks only; leave it out.');
}

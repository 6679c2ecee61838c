import { matching, oneOf, ValidQuery, type QueryOf } from '../common/valid-query';
import { CANDLE_INTERVALS, type KisVenue } from '../kis';

/** Validates the queries of the routes for market data. */

const VENUES = ['KRX', 'NXT', 'ALL'] as const satisfies readonly KisVenue[];

const account = matching(/^.{1,100}$/, 'the alias of an account, see /api/accounts');
const moment = matching(
  /^\d{4}-\d{2}-\d{2}(T[\d:.]{5,18}(Z|[+-]\d{2}:\d{2}))?$/,
  'a date such as 2026-11-02, or an instant such as 2026-11-02T00:30:00Z',
);

const QUOTE = { account };
const QUOTES = {
  account,
  symbols: matching(/^[^,]{1,20}(,[^,]{1,20}){0,29}$/, '1 to 30 symbols, separated by commas'),
};
const BOOK = { account, venue: oneOf(VENUES) };
const CANDLES = {
  account,
  venue: oneOf(VENUES),
  interval: oneOf(CANDLE_INTERVALS),
  from: moment,
  to: moment,
  adjusted: oneOf(['true', 'false'] as const),
};

export const quoteQuery = new ValidQuery(QUOTE);
export const quotesQuery = new ValidQuery(QUOTES, ({ symbols }) =>
  symbols === undefined ? 'symbols: 1 to 30 symbols, separated by commas' : null,
);
export const bookQuery = new ValidQuery(BOOK);
export const candlesQuery = new ValidQuery(CANDLES);

export type QuoteQuery = QueryOf<typeof QUOTE>;
export type QuotesQuery = QueryOf<typeof QUOTES>;
export type BookQuery = QueryOf<typeof BOOK>;
export type CandlesQuery = QueryOf<typeof CANDLES>;

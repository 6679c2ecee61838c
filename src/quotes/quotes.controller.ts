import { applyDecorators, Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '../common/api-description';
import { ApiProblems, CALL_PROBLEMS } from '../common/api-problems';
import { CallerSignal } from '../common/caller-signal';
import { Guarded } from '../common/guarded';
import { CANDLE_INTERVALS, KisQuotationClient } from '../kis';
import { BookDto } from './book.dto';
import { CandlesDto } from './candles.dto';
import {
  bookQuery,
  candlesQuery,
  quoteQuery,
  quotesQuery,
  type BookQuery,
  type CandlesQuery,
  type QuoteQuery,
  type QuotesQuery,
} from './quote-queries';
import { ReadyAccounts } from '../common/ready-accounts';
import { QuoteDto } from './quote.dto';

const QUOTE_PROBLEMS = [...CALL_PROBLEMS, 'INVALID_REQUEST', 'SYMBOL_NOT_FOUND'] as const;

const ApiSymbol = (): MethodDecorator =>
  ApiParam({
    name: 'symbol',
    description:
      'Domestic stock code (a leading A is accepted and ignored), or a foreign stock such as NAS:AAPL.',
    example: '005930',
  });

const ApiAccount = (): MethodDecorator =>
  ApiQuery({
    name: 'account',
    required: false,
    description: 'Whose credentials are used. Default: the first account that is ready.',
    example: 'main',
  });

const ApiVenue = (): MethodDecorator =>
  ApiQuery({
    name: 'venue',
    required: false,
    enum: ['KRX', 'NXT', 'ALL'],
    description: 'Of a domestic stock: KRX (default), Nextrade (NXT), or both together (ALL).',
  });

const ApiRange = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'interval',
      required: false,
      enum: CANDLE_INTERVALS,
      description: 'Length of a candle; default 1d. 1y of domestic stocks only.',
    }),
    ApiQuery({
      name: 'from',
      required: false,
      description:
        'Inclusive: a day at the exchange, or an instant. A week, month or year counts as a whole. Default: about a hundred candles; of minutes the day of `to`.',
      example: '2026-11-02',
    }),
    ApiQuery({ name: 'to', required: false, description: 'Inclusive; default now.', example: '2026-11-20' }),
    ApiQuery({
      name: 'adjusted',
      required: false,
      enum: ['true', 'false'],
      description: 'Whether prices are adjusted for splits and the like; default true. Minutes never are.',
    }),
  );

/** Market data. KIS gives none without a key, so it is read with the credentials of an account. */
@ApiTags('quotes')
@Guarded()
@Controller('api/quotes')
export class QuotesController {
  constructor(
    private readonly accounts: ReadyAccounts,
    private readonly quotations: KisQuotationClient,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Current prices of up to 30 stocks (관심종목(멀티종목) 시세조회; one by one in MOCK)',
  })
  @ApiQuery({ name: 'symbols', description: 'Separated by commas.', example: '005930,000660' })
  @ApiAccount()
  @ApiOkResponse({ type: [QuoteDto] })
  @ApiProblems(...QUOTE_PROBLEMS)
  prices(
    @Query(quotesQuery) { account, symbols = '' }: QuotesQuery,
    @CallerSignal() signal: AbortSignal,
  ): Promise<QuoteDto[]> {
    return this.quotations.prices(this.accounts.for(account), symbols.split(','), { signal });
  }

  @Get(':symbol')
  @ApiOperation({ summary: 'Current price of a stock (주식현재가 시세, 해외주식 현재체결가)' })
  @ApiSymbol()
  @ApiAccount()
  @ApiOkResponse({ type: QuoteDto })
  @ApiProblems(...QUOTE_PROBLEMS)
  price(
    @Param('symbol') symbol: string,
    @Query(quoteQuery) { account }: QuoteQuery,
    @CallerSignal() signal: AbortSignal,
  ): Promise<QuoteDto> {
    return this.quotations.price(this.accounts.for(account), symbol, { signal });
  }

  @Get(':symbol/book')
  @ApiOperation({
    summary: 'Order book of a stock and expected trade (주식현재가 호가/예상체결); abroad REAL only',
  })
  @ApiSymbol()
  @ApiVenue()
  @ApiAccount()
  @ApiOkResponse({ type: BookDto })
  @ApiProblems(...QUOTE_PROBLEMS, 'NOT_AVAILABLE_IN_MOCK')
  book(
    @Param('symbol') symbol: string,
    @Query(bookQuery) { account, venue }: BookQuery,
    @CallerSignal() signal: AbortSignal,
  ): Promise<BookDto> {
    return this.quotations.orderBook(this.accounts.for(account), symbol, { venue, signal });
  }

  @Get(':symbol/candles')
  @ApiOperation({
    summary:
      'Candles of a stock, all pages (기간별시세, 분봉); minutes of past days and of foreign stocks REAL only',
  })
  @ApiSymbol()
  @ApiRange()
  @ApiVenue()
  @ApiAccount()
  @ApiOkResponse({ type: CandlesDto })
  @ApiProblems(...QUOTE_PROBLEMS, 'NOT_AVAILABLE_IN_MOCK')
  candles(
    @Param('symbol') symbol: string,
    @Query(candlesQuery) { account, venue, interval = '1d', from, to, adjusted }: CandlesQuery,
    @CallerSignal() signal: AbortSignal,
  ): Promise<CandlesDto> {
    const question = { interval, from, to, adjusted: adjusted !== 'false' };
    return this.quotations.candles(this.accounts.for(account), symbol, question, { venue, signal });
  }
}

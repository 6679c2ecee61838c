import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CALL_PROBLEMS } from '../common/api-problems';
import { CallerSignal } from '../common/caller-signal';
import { Guarded } from '../common/guarded';
import { matching, ValidQuery, type QueryOf } from '../common/valid-query';
import { KisConfiguration, KisQuotationClient, KisTokenService, type KisAccount } from '../kis';
import { QuoteDto } from './quote.dto';

const CREDENTIALS = { account: matching(/^.{1,100}$/, 'the alias of an account, see /api/accounts') };

const quoteQuery = new ValidQuery(CREDENTIALS);

/** Prices. KIS gives none without a key, so each is read with the credentials of an account. */
@ApiTags('quotes')
@Guarded()
@Controller('api/quotes')
export class QuotesController {
  constructor(
    private readonly configuration: KisConfiguration,
    private readonly tokens: KisTokenService,
    private readonly quotations: KisQuotationClient,
  ) {}

  @Get(':symbol')
  @ApiOperation({ summary: 'Current price of a domestic stock (주식현재가 시세)' })
  @ApiParam({
    name: 'symbol',
    description: 'Domestic stock code; a leading A is accepted and ignored.',
    example: '005930',
  })
  @ApiQuery({
    name: 'account',
    required: false,
    description: 'Whose credentials are used. Default: the first account that is ready.',
    example: 'main',
  })
  @ApiOkResponse({ type: QuoteDto })
  @ApiProblems(...CALL_PROBLEMS, 'INVALID_REQUEST', 'SYMBOL_NOT_FOUND')
  price(
    @Param('symbol') symbol: string,
    @Query(quoteQuery) { account }: QueryOf<typeof CREDENTIALS>,
    @CallerSignal() signal: AbortSignal,
  ): Promise<QuoteDto> {
    return this.quotations.price(this.accountFor(account), symbol, { signal });
  }

  /** An account that cannot be served at the moment must not keep others from giving a price. */
  private accountFor(alias: string | undefined): KisAccount {
    const ready = this.tokens.readiness().tokens.find((token) => token.ready);
    return this.configuration.account(alias ?? ready?.alias);
  }
}

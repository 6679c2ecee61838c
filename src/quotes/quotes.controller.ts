import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CALL_PROBLEMS } from '../common/api-problems';
import { CallerSignal } from '../common/caller-signal';
import { Guarded } from '../common/guarded';
import { KisConfiguration, KisQuotationClient } from '../kis';
import { QuoteDto } from './quote.dto';

/** Prices; asked for with the default account, because KIS gives none without a key. */
@ApiTags('quotes')
@Guarded()
@Controller('api/quotes')
export class QuotesController {
  constructor(
    private readonly configuration: KisConfiguration,
    private readonly quotations: KisQuotationClient,
  ) {}

  @Get(':symbol')
  @ApiOperation({ summary: 'Current price of a domestic stock (주식현재가 시세)' })
  @ApiParam({ name: 'symbol', description: 'Domestic stock code.', example: '005930' })
  @ApiOkResponse({ type: QuoteDto })
  @ApiProblems(...CALL_PROBLEMS, 'INVALID_REQUEST')
  price(@Param('symbol') symbol: string, @CallerSignal() signal: AbortSignal): Promise<QuoteDto> {
    return this.quotations.price(this.configuration.account(), symbol, { signal });
  }
}

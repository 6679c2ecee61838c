import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '../common/api-description';
import { ApiProblems, CALL_PROBLEMS } from '../common/api-problems';
import { CallerSignal } from '../common/caller-signal';
import { Guarded } from '../common/guarded';
import { matching, ValidQuery, type QueryOf } from '../common/valid-query';
import { KisConfiguration, KisQuotationClient, KisSymbolDirectory } from '../kis';
import { StockInfoDto } from './stock-info.dto';
import { SymbolDto } from './symbol.dto';

const RULE = 'a name or a code, or part of one, of 1 to 40 characters';
const SEARCH = { q: matching(/^(?=.*\S).{1,40}$/u, RULE) };

const ACCOUNT = { account: matching(/^.{1,100}$/, 'the alias of an account, see /api/accounts') };

const accountQuery = new ValidQuery(ACCOUNT);
const searchQuery = new ValidQuery(SEARCH, ({ q }) => (q === undefined ? `q: ${RULE}` : null));

/** Search for symbols, and master data of a security. */
@ApiTags('symbols')
@Guarded()
@Controller('api/symbols')
export class SymbolsController {
  constructor(
    private readonly directory: KisSymbolDirectory,
    private readonly configuration: KisConfiguration,
    private readonly quotations: KisQuotationClient,
  ) {}

  @Get()
  @ApiOperation({ summary: "Symbols by name or code, from KIS's symbol files; best match first, at most 50" })
  @ApiQuery({ name: 'q', description: 'Name or code, or part of one.', example: '삼성' })
  @ApiOkResponse({ type: [SymbolDto] })
  @ApiProblems('INVALID_REQUEST', 'KIS_UNAVAILABLE', 'KIS_TIMEOUT', 'KIS_BAD_RESPONSE')
  async search(@Query(searchQuery) { q = '' }: QueryOf<typeof SEARCH>): Promise<SymbolDto[]> {
    const found = await this.directory.search(q);
    return found.map(({ symbol, name, market, type }) => ({ symbol, name, market, type, nxt: null }));
  }

  @Get(':symbol')
  @ApiOperation({ summary: 'Master data of a security (주식기본조회, 상품기본조회); REAL only' })
  @ApiParam({
    name: 'symbol',
    description: 'Domestic code, or a foreign stock such as NAS:AAPL.',
    example: '005930',
  })
  @ApiQuery({
    name: 'account',
    required: false,
    description: 'Whose credentials are used. Default: the first REAL account.',
    example: 'main',
  })
  @ApiOkResponse({ type: StockInfoDto })
  @ApiProblems(...CALL_PROBLEMS, 'INVALID_REQUEST', 'SYMBOL_NOT_FOUND', 'NOT_AVAILABLE_IN_MOCK')
  info(
    @Param('symbol') symbol: string,
    @Query(accountQuery) { account }: QueryOf<typeof ACCOUNT>,
    @CallerSignal() signal: AbortSignal,
  ): Promise<StockInfoDto> {
    const real = this.configuration.accounts.find(({ mode }) => mode === 'REAL');
    return this.quotations.stockInfo(this.configuration.account(account ?? real?.alias), symbol, { signal });
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../common/api-problems';
import { Guarded } from '../common/guarded';
import { matching, ValidQuery, type QueryOf } from '../common/valid-query';
import { KisSymbolDirectory } from '../kis';
import { SymbolDto } from './symbol.dto';

const RULE = 'a name or a code, or part of one, of 1 to 40 characters';
const SEARCH = { q: matching(/^(?=.*\S).{1,40}$/u, RULE) };

const searchQuery = new ValidQuery(SEARCH, ({ q }) => (q === undefined ? `q: ${RULE}` : null));

@ApiTags('symbols')
@Guarded()
@Controller('api/symbols')
export class SymbolsController {
  constructor(private readonly directory: KisSymbolDirectory) {}

  @Get()
  @ApiOperation({ summary: "Symbols by name or code, from KIS's symbol files; best match first, at most 50" })
  @ApiQuery({ name: 'q', description: 'Name or code, or part of one.', example: '삼성' })
  @ApiOkResponse({ type: [SymbolDto] })
  @ApiProblems('INVALID_REQUEST', 'KIS_UNAVAILABLE', 'KIS_TIMEOUT', 'KIS_BAD_RESPONSE')
  async search(@Query(searchQuery) { q = '' }: QueryOf<typeof SEARCH>): Promise<SymbolDto[]> {
    const found = await this.directory.search(q);
    return found.map(({ symbol, name, market, type }) => ({ symbol, name, market, type, nxt: null }));
  }
}

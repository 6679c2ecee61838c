import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '../common/api-description';
import { ApiProblems, ISSUE_PROBLEMS } from '../common/api-problems';
import { Guarded } from '../common/guarded';
import { oneOf, ValidQuery, type QueryOf } from '../common/valid-query';
import { ProblemWithStatus } from '../platform/problem-with-status';
import { KisConfiguration, KisTokenCooldownError, KisTokenService } from '../kis';
import { RefreshedTokenDto, TokenDto } from './token.dto';

const Alias = ApiParam({
  name: 'alias',
  description: 'Name of an account, see /api/accounts.',
  example: 'main',
});

const FORGET = { revoke: oneOf(['true', 'false']) };
const forgetQuery = new ValidQuery(FORGET);

/** Status, refresh and deletion of tokens. No response contains a token. */
@ApiTags('tokens')
@Guarded()
@Controller('api/tokens')
export class TokensController {
  constructor(
    private readonly configuration: KisConfiguration,
    private readonly tokens: KisTokenService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Status of every token' })
  @ApiOkResponse({ type: [TokenDto] })
  @ApiProblems()
  list(): Promise<TokenDto[]> {
    return Promise.all(this.configuration.accounts.map(({ alias }) => this.tokens.getTokenInfo(alias)));
  }

  @Get(':alias')
  @Alias
  @ApiOperation({ summary: 'Status of one token' })
  @ApiOkResponse({ type: TokenDto })
  @ApiProblems('ACCOUNT_NOT_FOUND')
  one(@Param('alias') alias: string): Promise<TokenDto> {
    return this.tokens.getTokenInfo(alias);
  }

  @Post(':alias/refresh')
  @HttpCode(200)
  @Alias
  @ApiOperation({
    summary: 'Requests a new token now',
    description: 'KIS issues one token a minute for an app key; within that minute the response is 409.',
  })
  @ApiOkResponse({ type: RefreshedTokenDto })
  @ApiProblems('ACCOUNT_NOT_FOUND', 'TOKEN_REFRESH_TOO_EARLY', ...ISSUE_PROBLEMS)
  async refresh(@Param('alias') alias: string): Promise<RefreshedTokenDto> {
    try {
      const { outcome, status } = await this.tokens.refresh(alias);
      return { ...status, outcome };
    } catch (error) {
      // For other routes a token that cannot be issued yet is a failure of ours (503); an explicit request that comes too
      // early is a conflict (409).
      throw error instanceof KisTokenCooldownError ? new ProblemWithStatus(409, error) : error;
    }
  }

  @Delete(':alias')
  @HttpCode(204)
  @Alias
  @ApiOperation({ summary: 'Deletes the token, in memory and in the store' })
  @ApiQuery({
    name: 'revoke',
    required: false,
    enum: ['true', 'false'],
    description: 'Revoke it at KIS too.',
  })
  @ApiNoContentResponse({ description: 'The token is deleted; there may have been none.' })
  @ApiProblems('ACCOUNT_NOT_FOUND', 'INVALID_REQUEST', ...ISSUE_PROBLEMS)
  async forget(
    @Param('alias') alias: string,
    @Query(forgetQuery) { revoke }: QueryOf<typeof FORGET>,
  ): Promise<void> {
    await this.tokens.deleteToken(alias, { revoke: revoke === 'true' });
  }
}

import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '../common/api-description';
import { ApiProblems, CALL_PROBLEMS } from '../common/api-problems';
import { CallerSignal } from '../common/caller-signal';
import { Guarded } from '../common/guarded';
import {
  buyingPowerQuery,
  CURRENCIES,
  EXCHANGES,
  overseasMarketQuery,
  type BuyingPowerQuery,
  type OverseasMarketQuery,
} from './account-queries';
import { AccountDto } from './account.dto';
import { AccountsService } from './accounts.service';
import { AssetsDto } from './assets.dto';
import { BalanceDto } from './balance.dto';
import { BuyingPowerDto } from './buying-power.dto';
import { OverseasBalanceDto } from './overseas-balance.dto';

const Alias = ApiParam({
  name: 'alias',
  description: 'Name of an account, see /api/accounts.',
  example: 'main',
});

/** Accounts, their balances, assets and buying power. */
@ApiTags('accounts')
@Guarded()
@Controller('api/accounts')
export class AccountsController {
  constructor(private readonly accounts: AccountsService) {}

  @Get()
  @ApiOperation({ summary: 'All configured accounts' })
  @ApiOkResponse({ type: [AccountDto] })
  @ApiProblems()
  list(): AccountDto[] {
    return this.accounts.list();
  }

  @Get(':alias')
  @Alias
  @ApiOperation({ summary: 'One account' })
  @ApiOkResponse({ type: AccountDto })
  @ApiProblems('ACCOUNT_NOT_FOUND')
  one(@Param('alias') alias: string): AccountDto {
    return this.accounts.one(alias);
  }

  @Get(':alias/balance')
  @Alias
  @ApiOperation({ summary: 'Domestic stock balance (주식잔고조회), all pages' })
  @ApiOkResponse({ type: BalanceDto })
  @ApiProblems(...CALL_PROBLEMS)
  balance(@Param('alias') alias: string, @CallerSignal() signal: AbortSignal): Promise<BalanceDto> {
    return this.accounts.balance(alias, signal);
  }

  @Get(':alias/assets')
  @Alias
  @ApiOperation({
    summary: 'Assets by class (투자계좌자산현황조회)',
    description:
      'REAL accounts only: the brokerage does not offer this call in mock trading, and none is sent.',
  })
  @ApiOkResponse({ type: AssetsDto })
  @ApiProblems(...CALL_PROBLEMS, 'NOT_AVAILABLE_IN_MOCK')
  assets(@Param('alias') alias: string, @CallerSignal() signal: AbortSignal): Promise<AssetsDto> {
    return this.accounts.assets(alias, signal);
  }

  @Get(':alias/buying-power')
  @Alias
  @ApiOperation({
    summary: 'Orderable cash and quantity (매수가능조회)',
    description: 'Without a symbol: amounts only. With a symbol and no price: at the market price.',
  })
  @ApiQuery({ name: 'symbol', required: false, description: 'Domestic stock code.', example: '005930' })
  @ApiQuery({
    name: 'price',
    required: false,
    description: 'Limit price in won; needs a symbol.',
    example: '70000',
  })
  @ApiOkResponse({ type: BuyingPowerDto })
  @ApiProblems(...CALL_PROBLEMS, 'INVALID_REQUEST')
  buyingPower(
    @Param('alias') alias: string,
    @Query(buyingPowerQuery) order: BuyingPowerQuery,
    @CallerSignal() signal: AbortSignal,
  ): Promise<BuyingPowerDto> {
    return this.accounts.buyingPower(alias, order, signal);
  }

  @Get(':alias/overseas-balance')
  @Alias
  @ApiOperation({
    summary: 'Overseas stock balance (해외주식 잔고), all pages',
    description:
      'In REAL mode NASD is all of the US and NAS is Nasdaq alone; in MOCK mode each exchange is separate.',
  })
  @ApiQuery({ name: 'exchange', required: false, enum: EXCHANGES, description: 'Default: NASD.' })
  @ApiQuery({
    name: 'currency',
    required: false,
    enum: CURRENCIES,
    description: 'Default: that of the exchange.',
  })
  @ApiOkResponse({ type: OverseasBalanceDto })
  @ApiProblems(...CALL_PROBLEMS, 'INVALID_REQUEST')
  overseasBalance(
    @Param('alias') alias: string,
    @Query(overseasMarketQuery) market: OverseasMarketQuery,
    @CallerSignal() signal: AbortSignal,
  ): Promise<OverseasBalanceDto> {
    return this.accounts.overseasBalance(alias, market, signal);
  }
}

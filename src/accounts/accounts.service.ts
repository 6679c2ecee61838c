import { Injectable } from '@nestjs/common';
import { KisAccountClient, KisConfiguration, SharedFlights, type KisAccount } from '../kis';
import { overseasMarket, type BuyingPowerQuery, type OverseasMarketQuery } from './account-queries';
import { AccountDto } from './account.dto';
import type { AssetsDto } from './assets.dto';
import type { BalanceDto } from './balance.dto';
import type { BuyingPowerDto } from './buying-power.dto';
import type { OverseasBalanceDto } from './overseas-balance.dto';

/**
 * The accounts by alias. Every method rejects with `KisAccountNotFoundError` for an alias that is not configured
 * and with the `KisError` of the call otherwise; `signal` ends only the wait of its own caller.
 */
@Injectable()
export class AccountsService {
  private readonly balances = new SharedFlights<BalanceDto>();

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly client: KisAccountClient,
  ) {}

  list(): AccountDto[] {
    return this.configuration.accounts.map((account) => AccountDto.of(account));
  }

  one(alias: string): AccountDto {
    return AccountDto.of(this.configuration.account(alias));
  }

  /** Concurrent callers share one response, since they all request the same data. */
  async balance(alias: string, signal: AbortSignal): Promise<BalanceDto> {
    const account = this.configuration.account(alias);
    return this.balances.join(alias, (shared) => this.readBalance(account, shared), signal);
  }

  async assets(alias: string, signal: AbortSignal): Promise<AssetsDto> {
    const account = this.configuration.account(alias);
    return { account: AccountDto.of(account), ...(await this.client.assets(account, { signal })) };
  }

  async buyingPower(alias: string, order: BuyingPowerQuery, signal: AbortSignal): Promise<BuyingPowerDto> {
    const account = this.configuration.account(alias);
    return {
      account: AccountDto.of(account),
      ...(await this.client.buyingPower(account, order, { signal })),
    };
  }

  async overseasBalance(
    alias: string,
    market: OverseasMarketQuery,
    signal: AbortSignal,
  ): Promise<OverseasBalanceDto> {
    const account = this.configuration.account(alias);
    return {
      account: AccountDto.of(account),
      ...(await this.client.overseasBalance(account, overseasMarket(market), { signal })),
    };
  }

  private async readBalance(account: KisAccount, signal: AbortSignal): Promise<BalanceDto> {
    return { account: AccountDto.of(account), ...(await this.client.balance(account, { signal })) };
  }
}

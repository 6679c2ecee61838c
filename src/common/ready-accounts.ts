import { Injectable } from '@nestjs/common';
import { KisConfiguration, KisTokenService, type KisAccount } from '../kis';

/** Selects the account whose credentials are used for market data. */
@Injectable()
export class ReadyAccounts {
  constructor(
    private readonly configuration: KisConfiguration,
    private readonly tokens: KisTokenService,
  ) {}

  /**
   * The named account, otherwise the first that is ready: an account without a token must not keep the API from returning
   * prices.
   */
  for(alias: string | undefined): KisAccount {
    const ready = this.tokens.readiness().tokens.find((token) => token.ready);
    return this.configuration.account(alias ?? ready?.alias);
  }
}

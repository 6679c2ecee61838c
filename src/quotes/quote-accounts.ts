import { Injectable } from '@nestjs/common';
import { KisConfiguration, KisTokenService, type KisAccount } from '../kis';

/** Whose credentials market data is read with. */
@Injectable()
export class QuoteAccounts {
  constructor(
    private readonly configuration: KisConfiguration,
    private readonly tokens: KisTokenService,
  ) {}

  /**
   * The account that is named, else the first that is ready: one that cannot be served at the moment must not keep others
   * from giving a price.
   */
  for(alias: string | undefined): KisAccount {
    const ready = this.tokens.readiness().tokens.find((token) => token.ready);
    return this.configuration.account(alias ?? ready?.alias);
  }
}

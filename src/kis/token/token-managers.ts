import { KisTokenStoreError } from '../kis.errors';
import type { KisConfiguration } from '../kis.options';
import { BrokerageClock } from './brokerage-clock';
import type { TokenServices } from './token-context';
import { TokenManager } from './token-manager';

/**
 * The managers of all accounts: accounts with one credential share a manager, and credentials at one host share its
 * clock.
 */
export class TokenManagers {
  /** One for each credential. */
  readonly all: readonly TokenManager[];
  /** Several aliases may have the same manager. */
  readonly byAlias = new Map<string, TokenManager>();

  constructor(
    private readonly configuration: KisConfiguration,
    services: TokenServices,
  ) {
    const clocks = new Map<string, BrokerageClock>();
    const managers = new Map<string, TokenManager>();
    for (const { alias, credential } of configuration.accounts) {
      const brokerage = clocks.get(credential.origin) ?? new BrokerageClock(services.clock, services.events);
      clocks.set(credential.origin, brokerage);
      const request = configuration.requestPolicy(credential);
      const manager =
        managers.get(credential.id) ??
        new TokenManager(alias, { ...services, credential, request, brokerage });
      managers.set(credential.id, manager);
      this.byAlias.set(alias, manager);
    }
    this.all = [...managers.values()];
  }

  /** @throws KisAccountNotFoundError */
  of(alias: string): TokenManager {
    const manager = this.byAlias.get(alias) ?? this.byAlias.get(this.configuration.account(alias).alias);
    if (!manager) throw new KisTokenStoreError(`No token is kept for "${alias.slice(0, 40)}".`);
    return manager;
  }

  /** The manager of a credential, by its id. */
  ofCredential(id: string): TokenManager | undefined {
    return this.all.find(({ credential }) => credential.id === id);
  }
}

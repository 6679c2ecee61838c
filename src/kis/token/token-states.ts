import type { KisClock } from '../clock';
import { KisTokenStoreError } from '../kis.errors';
import type { KisTokenEvents } from '../kis.events';
import type { KisConfiguration } from '../kis.options';
import { BrokerageClock } from './brokerage-clock';
import { TokenState } from './token-state';

/** The states of all tokens: accounts with one credential share a state, and credentials at one host share its clock. */
export class TokenStates {
  /** One for each credential. */
  readonly all: readonly TokenState[];
  /** Several aliases may have one. */
  readonly byAlias = new Map<string, TokenState>();

  constructor(
    private readonly configuration: KisConfiguration,
    clock: KisClock,
    events: KisTokenEvents,
  ) {
    const clocks = new Map<string, BrokerageClock>();
    const states = new Map<string, TokenState>();
    for (const { alias, credential } of configuration.accounts) {
      const brokerage = clocks.get(credential.origin) ?? new BrokerageClock(clock, events);
      clocks.set(credential.origin, brokerage);
      const request = configuration.requestPolicy(credential);
      const state = states.get(credential.id) ?? new TokenState(alias, credential, request, brokerage);
      states.set(credential.id, state);
      this.byAlias.set(alias, state);
    }
    this.all = [...states.values()];
  }

  /** @throws KisAccountNotFoundError */
  of(alias: string): TokenState {
    const state = this.byAlias.get(alias) ?? this.byAlias.get(this.configuration.account(alias).alias);
    if (!state) throw new KisTokenStoreError(`No token is kept for "${alias.slice(0, 40)}".`);
    return state;
  }

  /** The state of a credential, by its id. */
  ofCredential(id: string): TokenState | undefined {
    return this.all.find(({ credential }) => credential.id === id);
  }
}

import { AccountLogger } from '../account-logger';
import type { KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import { localTime } from './local-time';
import { messageOf } from './message-of';
import type { TokenParts } from './token-parts';
import type { TokenState } from './token-state';

export type SaveOutcome = 'saved' | 'superseded' | 'failed';

/**
 * The store, with patience for its failures: a store that fails is a state of a token here, told once when it begins
 * and once when it ends, not an exception. No failure of a disk may take a valid token away.
 */
export class TokenVault {
  private readonly logger = new AccountLogger('TokenManager');

  constructor(private readonly parts: TokenParts) {}

  /** What the store has; `null` when it cannot be read. Never rejects. */
  async read(state: TokenState): Promise<StoredToken | null> {
    try {
      const stored = await this.parts.store.read(state.credential);
      // A token that stands in the place of ours must not make it forgotten that ours was there.
      const inHand = state.held?.token.fingerprint;
      if (stored.token?.fingerprint === inHand) state.seen = inHand ?? state.seen;
      return stored;
    } catch (error) {
      this.report(state, messageOf(error));
      return null;
    }
  }

  /** Resolves when the store has this token durably, or has not taken it, or has failed. Never rejects. */
  async save(state: TokenState, token: KisToken): Promise<SaveOutcome> {
    const { credential } = state;
    try {
      const outcome = await this.parts.store.save(credential, token);
      this.report(state, null);
      if (outcome === 'saved') {
        state.seen = token.fingerprint;
        state.unsaved = null;
        this.tellSaved(state, token);
      }
      return outcome;
    } catch (error) {
      this.parts.events.emit('saveFailed', { credential, message: messageOf(error) });
      this.report(state, messageOf(error));
      return 'failed';
    }
  }

  /** Remembers a refusal; when the store fails, this process alone knows of it. Never rejects. */
  async reject(state: TokenState, fingerprint: string): Promise<void> {
    try {
      await this.parts.store.reject(state.credential, fingerprint);
    } catch (error) {
      this.report(state, messageOf(error));
    }
  }

  /** Whether somebody has deleted this token from the store since it was there: people do so to force a new one. */
  wasDeleted({ seen }: TokenState, token: KisToken, stored: StoredToken): boolean {
    return stored.absence === 'missing' && seen === token.fingerprint;
  }

  /** @throws KisTokenStoreError */
  async remove(state: TokenState): Promise<void> {
    await this.parts.store.remove(state.credential);
    state.seen = null;
  }

  /** Tries at start whether tokens can be kept, so that a person hears of it before it matters. Never rejects. */
  async probe(state: TokenState): Promise<void> {
    try {
      await this.parts.store.probe();
    } catch (error) {
      this.report(state, messageOf(error));
    }
  }

  private tellSaved({ credential }: TokenState, token: KisToken): void {
    this.parts.events.emit('saved', { credential });
    this.logger.log(credential, 'Token saved successfully');
    this.logger.log(credential, `  - Issued at: ${localTime(token.issuedAt)}`);
    this.logger.log(credential, `  - Expires at: ${localTime(token.expiresAt)}`);
    this.logger.log(credential, `  - Valid for: ${token.lifetimeSeconds} seconds`);
  }

  private report(state: TokenState, problem: string | null): void {
    const { credential, degraded } = state;
    if (problem === degraded) return;
    if (problem !== null) {
      this.logger.warn(credential, `Tokens cannot be stored for now; the one in memory is used. ${problem}`);
    } else {
      this.logger.log(credential, 'Tokens can be stored again.');
    }
    if ((problem === null) !== (degraded === null)) {
      this.parts.events.emit('degraded', { credential, degraded: problem !== null });
    }
    state.degraded = problem;
  }
}

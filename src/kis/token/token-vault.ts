import { Logger } from '@nestjs/common';
import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import { KisTokenStoreError } from '../kis.errors';
import type { KisTokenEvents } from '../kis.events';
import type { KisToken } from './kis-token';
import type { KisTokenStore, StoredToken } from './kis-token.store';
import { localTime } from './local-time';
import { within } from './within';

/** A store that has not answered by now has failed. */
const PATIENCE_MS = 4000;

/**
 * The store as one credential sees it. A store that fails is a state here, told once when it begins and once when it
 * ends, not an exception: no failure of a disk may take a valid token away.
 */
export class TokenVault {
  private readonly logger = new Logger('TokenManager');
  private problem: string | null = null;
  /** Fingerprint of the token that the store was last known to have. */
  private seen: string | null = null;
  /** An operation has gone beyond the patience and is still out: no other is started, for they would pile up. */
  private stuck = false;

  constructor(
    readonly credential: KisCredential,
    private readonly store: KisTokenStore,
    private readonly events: KisTokenEvents,
    private readonly clock: KisClock,
  ) {}

  get kind(): KisTokenStore['kind'] {
    return this.store.kind;
  }

  get place(): string | null {
    return this.store.locate(this.credential);
  }

  /** Why the token is in memory only at the moment; `null` when all is well. */
  get degraded(): string | null {
    return this.problem;
  }

  /** What the store has; `null` when it cannot be read. Never rejects. */
  async read(): Promise<StoredToken | null> {
    try {
      const stored = await this.ask(() => this.store.read(this.credential));
      if (stored.token) this.seen = stored.token.fingerprint;
      return stored;
    } catch (error) {
      this.report(messageOf(error));
      return null;
    }
  }

  /** Resolves with whether the store has this token, or a newer one, durably. Never rejects. */
  async save(token: KisToken): Promise<boolean> {
    try {
      const outcome = await this.ask(() => this.store.save(this.credential, token));
      this.report(null);
      if (outcome === 'saved') this.tellSaved(token);
      this.seen = token.fingerprint;
      return true;
    } catch (error) {
      this.events.emit('saveFailed', { credential: this.credential, message: messageOf(error) });
      this.report(messageOf(error));
      return false;
    }
  }

  /** Remembers a refusal; when the store fails, this process alone knows of it. Never rejects. */
  async reject(fingerprint: string): Promise<void> {
    try {
      await this.ask(() => this.store.reject(this.credential, fingerprint));
    } catch (error) {
      this.report(messageOf(error));
    }
  }

  /** Whether somebody has deleted this token from the store since it was there: people do so to force a new one. */
  wasDeleted(token: KisToken, stored: StoredToken): boolean {
    return stored.absence === 'missing' && this.seen === token.fingerprint;
  }

  /** @throws KisTokenStoreError */
  async remove(): Promise<void> {
    await this.ask(() => this.store.remove(this.credential));
    this.seen = null;
  }

  /** Tries at start whether tokens can be kept, so that a person hears of it before it matters. Never rejects. */
  async probe(): Promise<void> {
    try {
      await this.ask(() => this.store.probe());
    } catch (error) {
      this.report(messageOf(error));
    }
  }

  private async ask<T>(operation: () => Promise<T>): Promise<T> {
    if (this.stuck) throw doesNotAnswer();
    const work = operation();
    const answer = await within(
      work.then((value) => ({ value })),
      PATIENCE_MS,
      this.clock,
    );
    if (answer) return answer.value;
    this.stuck = true;
    const over = (): void => {
      this.stuck = false;
    };
    void work.then(over, over);
    throw doesNotAnswer();
  }

  private tellSaved(token: KisToken): void {
    this.events.emit('saved', { credential: this.credential });
    this.logger.log('Token saved successfully');
    this.logger.log(`  - Issued at: ${localTime(token.issuedAt)}`);
    this.logger.log(`  - Expires at: ${localTime(token.expiresAt)}`);
    this.logger.log(`  - Valid for: ${token.lifetimeSeconds} seconds`);
  }

  private report(problem: string | null): void {
    if (problem === this.problem) return;
    if (problem !== null) {
      this.logger.warn(`The token is kept in memory only for now. ${problem}`);
    } else {
      this.logger.log('Tokens can be stored again.');
    }
    if ((problem === null) !== (this.problem === null)) {
      this.events.emit('degraded', { credential: this.credential, degraded: problem !== null });
    }
    this.problem = problem;
  }
}

function doesNotAnswer(): KisTokenStoreError {
  return new KisTokenStoreError(
    `The place where tokens are kept has not answered for ${PATIENCE_MS / 1000} s. Look at its disk, mount or server.`,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { AccountLogger } from '../account-logger';
import { KisTokenStoreError, type KisErrorCode } from '../kis.errors';
import type { KisToken } from './kis-token';
import type { StoredToken } from './kis-token.store';
import { localTime } from './local-time';
import { messageOf } from './token-errors';
import type { TokenCache } from './token-cache';
import type { TokenContext } from './token-context';

/**
 * The access of one credential to the store. A failing store is a state, reported when it begins and when it ends, and
 * not an exception: no failure of a disk or of Redis may take a valid token away.
 */
export class TokenPersistence {
  private readonly logger = new AccountLogger('TokenManager');
  private problem: StoreProblem | null = null;

  constructor(
    private readonly context: TokenContext,
    private readonly cache: TokenCache,
  ) {}

  /** Why the token is in memory only; `null` when it is stored. */
  get degraded(): string | null {
    return this.problem?.message ?? null;
  }

  /** Why the store cannot be used, and since when; `null` when it can. */
  get lastError(): StoreProblem | null {
    return this.problem;
  }

  /** Writes to the log where the token is stored, and tests that the store can be written. Never rejects. */
  async open(): Promise<void> {
    const { credential, store } = this.context;
    this.logger.log(credential, `Initialized for ${credential.mode.toLowerCase()} mode`);
    const path = store.locate(credential);
    this.logger.log(credential, path ? `Token file: ${path}` : `Tokens are kept in: ${store.kind}`);
    try {
      await store.probe();
    } catch (error) {
      this.report(messageOf(error));
    }
  }

  /** For processes that keep no token in memory. @throws KisTokenStoreError when a token could not be stored. */
  async assertWritable(): Promise<void> {
    try {
      await this.context.store.probe();
    } catch (error) {
      throw new KisTokenStoreError(
        `No token is requested, because it could not be stored. ${messageOf(error)}`,
        { cause: error },
      );
    }
  }

  /** What the store has; `null` when it cannot be read. Never rejects. */
  async read(): Promise<StoredToken | null> {
    try {
      const stored = await this.context.store.read(this.context.credential);
      this.cache.noteFound(stored.token);
      return stored;
    } catch (error) {
      this.report(messageOf(error));
      return null;
    }
  }

  /** Resolves when the store has this token durably, has refused it as outdated, or has failed. Never rejects. */
  async save(token: KisToken): Promise<SaveOutcome> {
    const { credential, events, store } = this.context;
    try {
      const outcome = await store.save(credential, token);
      this.report(null);
      if (outcome === 'saved') {
        this.cache.noteSaved(token);
        this.logSaved(token);
      }
      return outcome;
    } catch (error) {
      events.emit('saveFailed', { credential, message: messageOf(error) });
      this.report(messageOf(error));
      return 'failed';
    }
  }

  /** Records that KIS refuses a token; when the store fails, only this process knows. Never rejects. */
  async reject({ fingerprint }: KisToken): Promise<void> {
    try {
      await this.context.store.reject(this.context.credential, fingerprint);
    } catch (error) {
      this.report(messageOf(error));
    }
  }

  /** @throws KisTokenStoreError */
  async remove(): Promise<void> {
    await this.context.store.remove(this.context.credential);
  }

  logAbsence({ absence }: StoredToken): void {
    if (absence !== 'missing' && absence !== 'no-directory') return;
    const { credential, store } = this.context;
    this.logger.log(credential, store.locate(credential) ? 'No token file found' : 'No stored token found');
  }

  private logSaved(token: KisToken): void {
    const { credential, events } = this.context;
    events.emit('saved', { credential });
    this.logger.log(credential, 'Token saved successfully');
    this.logger.log(credential, `  - Issued at: ${localTime(token.issuedAt)}`);
    this.logger.log(credential, `  - Expires at: ${localTime(token.expiresAt)}`);
    this.logger.log(credential, `  - Valid for: ${token.lifetimeSeconds} seconds`);
  }

  private report(problem: string | null): void {
    const { clock, credential, events } = this.context;
    const before = this.degraded;
    if (problem === before) return;
    this.problem =
      problem === null ? null : { code: 'TOKEN_STORE_FAILED', message: problem, at: new Date(clock.now()) };
    if (problem !== null) {
      const instead = this.cache.usable ? '; the one in memory is used' : '';
      this.logger.warn(credential, `Tokens cannot be stored for now${instead}. ${problem}`);
    } else {
      this.logger.log(credential, 'Tokens can be stored again.');
    }
    if ((problem === null) !== (before === null)) {
      events.emit('degraded', { credential, degraded: problem !== null });
    }
  }
}

/** A failure of the store that has not been overcome. */
interface StoreProblem {
  readonly code: KisErrorCode;
  readonly message: string;
  readonly at: Date;
}

export type SaveOutcome = 'saved' | 'superseded' | 'failed';

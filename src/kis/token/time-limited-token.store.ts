import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import { KisTokenStoreError } from '../kis.errors';
import type { ClaimAnswer, ClaimRequest, ClaimSettlement, KisClaim } from './claim';
import type { KisToken } from './kis-token';
import { KisTokenStore, type StoredToken } from './kis-token.store';

/** Patience is measured in so many pieces: of a standstill of this process no more than one counts. */
const PIECES = 8;
/** A silent store is waited for by this part of the patience, in case its answer is just about to be heard. */
const LAST_CHANCE = 1 / 8;

/** An operation that has not ended in time. */
interface Silence {
  /** Monotonic milliseconds. */
  readonly since: number;
  /** Resolves when it has ended after all. */
  readonly over: Promise<void>;
}

/** The store has not answered. What was wished may be done all the same, now or later. */
export class TokenStoreTimeoutError extends KisTokenStoreError {
  /** @param silentMs for how long it has not answered. */
  constructor(readonly silentMs: number) {
    const seconds = Math.round(silentMs / 1000);
    super(
      `The place where tokens are kept has not answered for ${seconds} s. Look at its disk, mount or server.`,
    );
  }
}

/**
 * A store that keeps nobody waiting for ever: a disk or a mount may hang. Once it has not answered in time, nothing
 * else is asked of it for that credential until it has.
 */
export class TimeLimitedTokenStore extends KisTokenStore {
  /** By the id of the credential. */
  private readonly silences = new Map<string, Silence>();

  constructor(
    private readonly inner: KisTokenStore,
    private readonly clock: KisClock,
    private readonly patienceMs: number,
  ) {
    super();
  }

  get kind(): KisTokenStore['kind'] {
    return this.inner.kind;
  }

  override originOf(token: KisToken): KisTokenStore['kind'] {
    return this.inner.originOf?.(token) ?? this.kind;
  }

  read(credential: KisCredential): Promise<StoredToken> {
    return this.ask(credential.id, () => this.inner.read(credential));
  }

  save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    return this.ask(credential.id, () => this.inner.save(credential, token));
  }

  remove(credential: KisCredential, isOutdatedCopy = false): Promise<void> {
    return this.ask(credential.id, () => this.inner.remove(credential, isOutdatedCopy));
  }

  claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    return this.ask(credential.id, () => this.inner.claim(credential, request));
  }

  settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    return this.ask(credential.id, () => this.inner.settle(credential, claim, settlement));
  }

  reject(credential: KisCredential, fingerprint: string): Promise<void> {
    return this.ask(credential.id, () => this.inner.reject(credential, fingerprint));
  }

  locate(credential: KisCredential): string | null {
    return this.inner.locate(credential);
  }

  probe(): Promise<void> {
    return this.ask('', () => this.inner.probe());
  }

  override watch(listener: (credentialId: string | null) => void): void {
    this.inner.watch?.(listener);
  }

  private async ask<T>(id: string, operation: () => Promise<T>): Promise<T> {
    const silence = this.silences.get(id);
    if (silence && !(await this.endsWithin(silence.over, this.patienceMs * LAST_CHANCE)))
      throw this.silentSince(silence.since);
    const since = this.clock.monotonic();
    const work = operation();
    if (!(await this.endsWithin(work, this.patienceMs))) {
      this.waitNoMore(id, since, work);
      throw this.silentSince(since);
    }
    return work;
  }

  /** Whether it ends so soon, well or not. What a process that stood still finds late is not the store's fault. */
  private endsWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      let cancel = (): void => undefined;
      const wait = (pieces: number): void => {
        cancel = this.clock.after(limitMs / PIECES, () => {
          if (pieces > 1) wait(pieces - 1);
          else resolve(false);
        });
      };
      const end = (): void => {
        cancel();
        resolve(true);
      };
      wait(PIECES);
      work.then(end, end);
    });
  }

  /** Others would pile up. */
  private waitNoMore(id: string, since: number, work: Promise<unknown>): void {
    const end = (): void => {
      this.silences.delete(id);
    };
    this.silences.set(id, { since, over: work.then(end, end) });
  }

  private silentSince(at: number): TokenStoreTimeoutError {
    return new TokenStoreTimeoutError(this.clock.monotonic() - at);
  }
}

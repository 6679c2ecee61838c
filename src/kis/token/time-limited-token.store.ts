import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import { KisTokenStoreError } from '../kis.errors';
import type { ClaimAnswer, ClaimRequest, ClaimSettlement, KisClaim } from './claim-rules';
import type { KisToken } from './kis-token';
import { KisTokenStore, type StoredToken, type TokenRemoval } from './kis-token.store';

/**
 * Puts a time limit on every operation of another store, because a disk or a mount may hang. After a timeout no further
 * operation is begun for that credential until the overdue one has ended, so that they do not pile up.
 */
export class TimeLimitedTokenStore extends KisTokenStore {
  /** By the id of the credential. */
  private readonly overdue = new Map<string, OverdueOperation>();

  constructor(
    private readonly inner: KisTokenStore,
    private readonly clock: KisClock,
    private readonly limitMs: number,
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
    return this.limited(credential.id, () => this.inner.read(credential));
  }

  save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    return this.limited(credential.id, () => this.inner.save(credential, token));
  }

  remove(credential: KisCredential, removal?: TokenRemoval): Promise<void> {
    return this.limited(credential.id, () => this.inner.remove(credential, removal));
  }

  claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    return this.limited(credential.id, () => this.inner.claim(credential, request));
  }

  settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    return this.limited(credential.id, () => this.inner.settle(credential, claim, settlement));
  }

  reject(credential: KisCredential, fingerprint: string): Promise<void> {
    return this.limited(credential.id, () => this.inner.reject(credential, fingerprint));
  }

  override async forgetDeletion(
    credential: KisCredential,
    recorded: number,
    generation: number,
  ): Promise<void> {
    await this.limited(credential.id, async () =>
      this.inner.forgetDeletion?.(credential, recorded, generation),
    );
  }

  locate(credential: KisCredential): string | null {
    return this.inner.locate(credential);
  }

  probe(): Promise<void> {
    return this.limited('', () => this.inner.probe());
  }

  override watch(listener: (credentialId: string | null) => void): void {
    this.inner.watch?.(listener);
  }

  private async limited<T>(id: string, operation: () => Promise<T>): Promise<T> {
    const overdue = this.overdue.get(id);
    if (overdue && !(await this.endsWithin(overdue.ended, this.limitMs * OVERDUE_WAIT)))
      throw this.timeoutOf(overdue.began);
    const began = this.clock.monotonic();
    const work = operation();
    if (!(await this.endsWithin(work, this.limitMs))) {
      this.noteOverdue(id, began, work);
      throw this.timeoutOf(began);
    }
    return work;
  }

  /** Whether the work ends within the limit, with or without an error. */
  private endsWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      let cancel = (): void => undefined;
      const wait = (ticks: number): void => {
        cancel = this.clock.after(limitMs / TICKS, () => {
          if (ticks > 1) wait(ticks - 1);
          else resolve(false);
        });
      };
      const end = (): void => {
        cancel();
        resolve(true);
      };
      wait(TICKS);
      work.then(end, end);
    });
  }

  private noteOverdue(id: string, began: number, work: Promise<unknown>): void {
    const end = (): void => {
      this.overdue.delete(id);
    };
    this.overdue.set(id, { began, ended: work.then(end, end) });
  }

  private timeoutOf(began: number): TokenStoreTimeoutError {
    return new TokenStoreTimeoutError(this.clock.monotonic() - began);
  }
}

/** The store has not answered in time. The operation may still be carried out, now or later. */
export class TokenStoreTimeoutError extends KisTokenStoreError {
  /** @param unansweredMs how long it has not answered. */
  constructor(readonly unansweredMs: number) {
    const seconds = Math.round(unansweredMs / 1000);
    super(`The token store has not answered for ${seconds} s. Check its disk, mount or server.`);
  }
}

/** The time limit is split into this many ticks, so that a stalled event loop uses up at most one. */
const TICKS = 8;
/** A call that finds an overdue operation waits for this share of the limit, in case that is about to end. */
const OVERDUE_WAIT = 1 / 8;

/** An operation that has exceeded the time limit. */
interface OverdueOperation {
  /** Monotonic milliseconds. */
  readonly began: number;
  /** Resolves when it has ended after all. */
  readonly ended: Promise<void>;
}

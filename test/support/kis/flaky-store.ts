import type { KisClock } from '../../../src/kis/clock';
import type { KisCredential } from '../../../src/kis/kis-credential';
import { KisTokenStoreError } from '../../../src/kis/kis.errors';
import type {
  ClaimAnswer,
  ClaimRequest,
  ClaimSettlement,
  KisClaim,
} from '../../../src/kis/token/claim-rules';
import type { KisToken } from '../../../src/kis/token/kis-token';
import { KisTokenStore, type StoredToken, type TokenRemoval } from '../../../src/kis/token/kis-token.store';
import { MemoryKisTokenStore } from '../../../src/kis/token/memory-kis-token.store';

/**
 * `none`; `rejects` everything; `hangs` until another fault is set; `slow`: takes 100 ms for everything; `full`: reads,
 * but cannot write a token; `read-only`: cannot write anything; `forgetful`: says that it has saved, and has not.
 */
export type StoreFault = 'none' | 'rejects' | 'hangs' | 'slow' | 'full' | 'read-only' | 'forgetful';

/** A store in memory whose tokens other programs can change, as they can change files. */
class OverwritableStore extends MemoryKisTokenStore {
  /** Puts a token in place, whatever is there. */
  overwrite(credential: KisCredential, token: KisToken): void {
    this.records(credential).token = token;
  }

  /** Loses the records of a credential, as a server without persistence does when it restarts. */
  lose(credential: KisCredential): void {
    this.byCredential.delete(credential.id);
  }
}

/** A store in memory that fails in the way that a test sets. */
export class FlakyKisTokenStore extends KisTokenStore {
  readonly kind = 'memory';
  /** Operations that were begun. */
  readonly operations: string[] = [];
  /** The store underneath, as another process or a person would reach it. */
  readonly inner: OverwritableStore;
  private current: StoreFault = 'none';
  private hanging: (() => void)[] = [];
  private readonly listeners: ((credentialId: string | null) => void)[] = [];

  constructor(private readonly clock: KisClock) {
    super();
    this.inner = new OverwritableStore(clock);
  }

  set fault(fault: StoreFault) {
    this.current = fault;
    if (fault !== 'hangs') for (const resume of this.hanging.splice(0)) resume();
  }

  read(credential: KisCredential): Promise<StoredToken> {
    return this.perform('read', () => this.inner.read(credential));
  }

  save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    return this.perform('save', () => {
      if (this.current === 'full') throw new KisTokenStoreError('ENOSPC: no space left on device');
      return this.current === 'forgetful' ? Promise.resolve('saved') : this.inner.save(credential, token);
    });
  }

  remove(credential: KisCredential, removal?: TokenRemoval): Promise<void> {
    return this.perform('remove', () => this.inner.remove(credential, removal));
  }

  claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    return this.perform('claim', () => this.inner.claim(credential, request));
  }

  settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    return this.perform('settle', () => this.inner.settle(credential, claim, settlement));
  }

  reject(credential: KisCredential, fingerprint: string): Promise<void> {
    return this.perform('reject', () => this.inner.reject(credential, fingerprint));
  }

  override forgetDeletion(credential: KisCredential, recorded: number, generation: number): Promise<void> {
    return this.perform('forgetDeletion', () => this.inner.forgetDeletion(credential, recorded, generation));
  }

  override watch(listener: (credentialId: string | null) => void): void {
    this.listeners.push(listener);
  }

  /** Tells all who listen that a token of this credential was stored; `null`: of any. */
  announce(credentialId: string | null): void {
    for (const listener of this.listeners) listener(credentialId);
  }

  locate(): null {
    return null;
  }

  probe(): Promise<void> {
    return this.perform('probe', () => this.inner.probe());
  }

  private async perform<T>(name: string, operation: () => Promise<T>): Promise<T> {
    this.operations.push(name);
    if (this.current === 'hangs') await this.resumed();
    if (this.current === 'slow') await this.clock.sleep(100);
    if (this.current === 'read-only' && name !== 'read') throw new KisTokenStoreError('EROFS: read-only');
    if (this.current === 'rejects') throw new KisTokenStoreError('EIO: the disk is broken');
    return operation();
  }

  private resumed(): Promise<void> {
    return new Promise((resolve) => {
      this.hanging.push(resolve);
    });
  }
}

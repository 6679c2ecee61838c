import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import {
  claimAfterDeletion,
  claimWithoutDeletion,
  MemoryClaim,
  type ClaimAnswer,
  type ClaimRequest,
  type ClaimSettlement,
  type KisClaim,
} from './claim-rules';
import type { KisToken } from './kis-token';
import { KisTokenStore, type StoredToken, type TokenRemoval } from './kis-token.store';
import { isRemoved, isSuperseded } from './token-rules';

/** Stores tokens in this process only: for tests, and for programs that may not write files. */
export class MemoryKisTokenStore extends KisTokenStore {
  readonly kind = 'memory';
  protected readonly byCredential = new Map<string, MemoryRecords>();

  constructor(private readonly clock: KisClock) {
    super();
  }

  read(credential: KisCredential): Promise<StoredToken> {
    const records = this.records(credential);
    const { token } = records;
    const { claim, remainingMs } = records.view(this.clock.monotonic());
    return Promise.resolve({ token, absence: token ? null : 'missing', claim, remainingMs });
  }

  save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    const records = this.records(credential);
    const { claim } = records.view(this.clock.monotonic());
    if (isSuperseded(records.token, claim, token)) return Promise.resolve('superseded');
    records.token = token;
    return Promise.resolve('saved');
  }

  remove(credential: KisCredential, removal?: TokenRemoval): Promise<void> {
    const records = this.records(credential);
    records.change((before) => claimAfterDeletion(before, removal?.upTo));
    if (isRemoved(records.token, removal)) records.token = null;
    return Promise.resolve();
  }

  claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    const records = this.records(credential);
    const above = Math.max(request.above, records.token?.generation ?? 0);
    return Promise.resolve(records.take({ ...request, above }, this.clock.monotonic()));
  }

  settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    this.records(credential).settle(claim, settlement, this.clock.monotonic());
    return Promise.resolve();
  }

  reject(credential: KisCredential, fingerprint: string): Promise<void> {
    this.records(credential).change((before) => ({ ...before, rejected: fingerprint }));
    return Promise.resolve();
  }

  override forgetDeletion(credential: KisCredential, recorded: number, generation: number): Promise<void> {
    this.records(credential).change((before) => claimWithoutDeletion(before, recorded, generation));
    return Promise.resolve();
  }

  locate(): null {
    return null;
  }

  probe(): Promise<void> {
    return Promise.resolve();
  }

  protected records(credential: KisCredential): MemoryRecords {
    const known = this.byCredential.get(credential.id);
    if (known) return known;
    const records = new MemoryRecords();
    this.byCredential.set(credential.id, records);
    return records;
  }
}

/** The two records of one credential. */
class MemoryRecords extends MemoryClaim {
  token: KisToken | null = null;
}

import { Logger } from '@nestjs/common';
import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import type { ClaimAnswer, ClaimRequest, ClaimSettlement, KisClaim } from './claim-rules';
import type { KisToken } from './kis-token';
import { KisTokenStore, type StoredToken, type TokenRemoval } from './kis-token.store';
import { isNewerThanShared, isRejectedBy, mergedClaim, wasDeletedFrom } from './replica-rules';
import { TimeLimitedTokenStore } from './time-limited-token.store';
import { isDeleted, removalOf, supersedes } from './token-rules';

/**
 * Keeps every record twice: in a store that several machines share (Redis), and in a local one (files). Every read
 * compares the two and brings the one that is behind up to date: by the newer token, by deletions and by the
 * refusals that either has recorded. While the shared store is unavailable the local one serves this machine, and where
 * a token is needed at once its processes take turns by their local claims; other machines do the same on their own.
 */
export class ReplicatedTokenStore extends KisTokenStore {
  private readonly pairs = new WeakMap<KisClaim, ClaimPair>();
  private readonly local: KisTokenStore;
  /** Tokens that were read from the local store, because the shared one had none or an older one. */
  private readonly readLocally = new WeakSet<KisToken>();

  constructor(
    private readonly shared: KisTokenStore,
    local: KisTokenStore,
    clock: KisClock,
  ) {
    super();
    this.local = new TimeLimitedTokenStore(local, clock, LOCAL_LIMIT_MS);
  }

  get kind(): KisTokenStore['kind'] {
    return this.shared.kind;
  }

  override originOf(token: KisToken): KisTokenStore['kind'] {
    return this.readLocally.has(token) ? this.local.kind : this.kind;
  }

  async read(credential: KisCredential): Promise<StoredToken> {
    const found = await this.readBoth(credential);
    // Read again, because a deletion that was recorded meanwhile is in the shared store first.
    const [shared, local] = (await this.forgotDeletion(credential, found))
      ? await this.readBoth(credential)
      : found;
    if (local.status === 'fulfilled' && local.value.token) this.readLocally.add(local.value.token);
    if (shared.status === 'rejected') return { ...valueOf(local), localOnly: true };
    return local.status === 'rejected'
      ? shared.value
      : this.reconciled(credential, local.value, shared.value);
  }

  async save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    const [shared] = await Promise.allSettled([
      this.shared.save(credential, token),
      this.local.save(credential, token),
    ]);
    return valueOf(shared);
  }

  /** When the shared store fails, nothing is deleted: its token would only come back into the local store. */
  async remove(credential: KisCredential, removal?: TokenRemoval): Promise<void> {
    const [shared, local] = await this.readBoth(credential);
    // Also in the local store up to the generation of the shared claim: the local one may have counted further while the
    // shared store was away, or does so now, and the tokens that come next follow the shared one.
    const decided = removal ?? removalOf(valueOf(shared));
    const localToken = local.status === 'fulfilled' ? local.value.token : null;
    await this.shared.remove(credential, decided);
    await this.local.remove(credential, removal ?? { ...decided, token: localToken });
  }

  /** Takes the local claim first, among the processes of this machine, then the shared one, among all machines. */
  async claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    const replacedAt = request.replaces ? await this.localReplacedAt(credential) : null;
    let local: ClaimAnswer | null = null;
    let localError: unknown = null;
    try {
      local = await this.local.claim(credential, request);
    } catch (error) {
      localError = error;
    }
    if (local && !local.won) return local;
    const release = async (): Promise<void> => {
      if (local) await this.local.settle(credential, local.claim, { ...UNUSED, replacedAt }).catch(ignored);
    };
    try {
      const above = Math.max(request.above, (local?.claim.generation ?? 0) - 1);
      const shared = await this.shared.claim(credential, { ...request, above });
      if (shared.won) this.pairs.set(shared.claim, { local: local?.claim ?? null, shared: shared.claim });
      else await release();
      return shared;
    } catch (error) {
      if (local && request.localAllowed) {
        this.pairs.set(local.claim, { local: local.claim, shared: null });
        return { ...local, localOnly: true };
      }
      await release();
      throw localError ?? error;
    }
  }

  async settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    const { local, shared } = this.pairs.get(claim) ?? { local: claim, shared: claim };
    const [ofShared, ofLocal] = await Promise.allSettled([
      shared && this.shared.settle(credential, shared, settlement),
      local && this.local.settle(credential, local, settlement),
    ]);
    valueOf(shared ? ofShared : ofLocal);
  }

  async reject(credential: KisCredential, fingerprint: string): Promise<void> {
    const [shared, local] = await Promise.allSettled([
      this.shared.reject(credential, fingerprint),
      this.local.reject(credential, fingerprint),
    ]);
    if (local.status === 'rejected') valueOf(shared);
  }

  locate(): null {
    return null;
  }

  async probe(): Promise<void> {
    const [shared, local] = await Promise.allSettled([this.shared.probe(), this.local.probe()]);
    if (local.status === 'rejected') {
      new Logger('TokenManager').warn(
        `This machine keeps no copy of its tokens for the time that the shared store is away. ${String(local.reason)}`,
      );
    }
    valueOf(shared);
  }

  override watch(listener: (credentialId: string | null) => void): void {
    this.shared.watch?.(listener);
  }

  /** Copies the newer record of each kind into the other store, and returns what holds for both. */
  private async reconciled(
    credential: KisCredential,
    local: StoredToken,
    shared: StoredToken,
  ): Promise<StoredToken> {
    await this.copyRejections(credential, local, shared);
    const claim = mergedClaim(local, shared);
    const { remainingMs, assumed = false } = local.remainingMs > shared.remainingMs ? local : shared;
    const merged = { ...shared, claim, remainingMs, assumed };
    if (local.token && isNewerThanShared(local.token, local.claim, { ...shared, claim })) {
      await this.shared.save(credential, local.token).catch(ignored);
      return { ...merged, token: local.token, absence: null };
    }
    const isOutdated = local.token !== null && wasDeletedFrom(shared, local.token, local.claim);
    if (isOutdated) await this.local.remove(credential, { token: local.token, upTo: null }).catch(ignored);
    if (!shared.token || isDeleted(shared.token, shared.claim)) return merged;
    if (!local.token || isOutdated || supersedes(shared.token, local.token)) {
      await this.local.save(credential, shared.token).catch(ignored);
    }
    return merged;
  }

  /**
   * Every deletion is recorded in the shared store first. When only the local one records that the shared token was
   * deleted, the shared store has lost its data and counts anew, and the record does not apply to this token.
   *
   * @returns whether the record was to be taken back.
   */
  private async forgotDeletion(credential: KisCredential, [shared, local]: BothStores): Promise<boolean> {
    if (shared.status === 'rejected' || local.status === 'rejected') return false;
    const { token, claim } = shared.value;
    if (!token || isDeleted(token, claim) || !isDeleted(token, local.value.claim)) return false;
    const { deletedGeneration } = local.value.claim;
    // After a timeout it may still be carried out, so both are read again in any case.
    await this.local.forgetDeletion?.(credential, deletedGeneration, token.generation).catch(ignored);
    return true;
  }

  /** A refusal may be recorded in one of the stores only. */
  private async copyRejections(
    credential: KisCredential,
    local: StoredToken,
    shared: StoredToken,
  ): Promise<void> {
    if (
      shared.token &&
      isRejectedBy(local.claim, shared.token) &&
      !isRejectedBy(shared.claim, shared.token)
    ) {
      await this.shared.reject(credential, shared.token.fingerprint).catch(ignored);
    }
    if (local.token && isRejectedBy(shared.claim, local.token) && !isRejectedBy(local.claim, local.token)) {
      await this.local.reject(credential, local.token.fingerprint).catch(ignored);
    }
  }

  private readBoth(credential: KisCredential): Promise<BothStores> {
    return Promise.allSettled([this.shared.read(credential), this.local.read(credential)]);
  }

  private async localReplacedAt(credential: KisCredential): Promise<number | null> {
    const local = await this.local.read(credential).catch(() => null);
    return local?.claim.replacedAt ?? null;
  }
}

/** A local disk that hangs must not delay what the shared store can answer. */
const LOCAL_LIMIT_MS = 1000;
/** Returns a claim as if it had not been taken. */
const UNUSED = { cooldownMs: 0, failure: null, unused: true } as const;

/** What was read of both stores. */
type BothStores = readonly [
  shared: PromiseSettledResult<StoredToken>,
  local: PromiseSettledResult<StoredToken>,
];

/** The claims that one won claim consists of; `null` where the replica failed. */
interface ClaimPair {
  readonly local: KisClaim | null;
  readonly shared: KisClaim | null;
}

function valueOf<T>(outcome: PromiseSettledResult<T>): T {
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

/** The other store has the record, and the next read copies it again. */
function ignored(): undefined {
  return undefined;
}

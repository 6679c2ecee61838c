import { Logger } from '@nestjs/common';
import type { KisClock } from '../clock';
import type { KisCredential } from '../kis-credential';
import type { ClaimAnswer, ClaimRequest, ClaimSettlement, KisClaim } from './claim';
import type { KisToken } from './kis-token';
import { KisTokenStore, type StoredToken } from './kis-token.store';
import { TimeLimitedTokenStore } from './time-limited-token.store';
import { isDeleted, isGuarded, supersedes } from './token-rules';

/** A disk that hangs is no reason to do without what the machines share. */
const LOCAL_PATIENCE_MS = 1000;

/** The claims that one turn consists of; `null` where none was to be had. */
interface ClaimPair {
  readonly here: KisClaim | null;
  readonly there: KisClaim | null;
}

/**
 * A store that several machines share, backed by one on this machine. Everything is kept in both, and every look brings
 * the one that is behind up to date: by the newer of two tokens, and by what either knows of refusals. While the shared
 * one is away this machine reads its own, and where a token is really needed its processes take turns by their own
 * claims; what the rest of the world does then is not known here.
 */
export class ReplicatedTokenStore extends KisTokenStore {
  private readonly pairs = new WeakMap<KisClaim, ClaimPair>();
  private readonly local: KisTokenStore;
  /** Tokens that were read from the local store, because the shared one had none or an older one. */
  private readonly foundHere = new WeakSet<KisToken>();

  constructor(
    private readonly shared: KisTokenStore,
    local: KisTokenStore,
    clock: KisClock,
  ) {
    super();
    this.local = new TimeLimitedTokenStore(local, clock, LOCAL_PATIENCE_MS);
  }

  get kind(): KisTokenStore['kind'] {
    return this.shared.kind;
  }

  override originOf(token: KisToken): KisTokenStore['kind'] {
    return this.foundHere.has(token) ? this.local.kind : this.kind;
  }

  async read(credential: KisCredential): Promise<StoredToken> {
    const [there, here] = await Promise.allSettled([
      this.shared.read(credential),
      this.local.read(credential),
    ]);
    if (here.status === 'fulfilled' && here.value.token) this.foundHere.add(here.value.token);
    if (there.status === 'rejected') return valueOf(here);
    return here.status === 'rejected' ? there.value : this.reconciled(credential, there.value, here.value);
  }

  async save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    const [there] = await Promise.allSettled([
      this.shared.save(credential, token),
      this.local.save(credential, token),
    ]);
    return valueOf(there);
  }

  async remove(credential: KisCredential, isOutdatedCopy = false): Promise<void> {
    const removals = await Promise.allSettled([
      this.shared.remove(credential, isOutdatedCopy),
      this.local.remove(credential, isOutdatedCopy),
    ]);
    removals.forEach(valueOf);
  }

  /** First among the processes of this machine, then among all: who has the turn there has it here too. */
  async claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    const replacedAt = request.replaces ? await this.replacedAtHere(credential) : null;
    let here: ClaimAnswer | null = null;
    let problemHere: unknown = null;
    try {
      here = await this.local.claim(credential, request);
    } catch (error) {
      problemHere = error;
    }
    if (here && !here.won) return here;
    const giveBack = async (): Promise<void> => {
      if (here) await this.local.settle(credential, here.claim, { ...UNUSED, replacedAt }).catch(ignored);
    };
    try {
      const above = Math.max(request.above, (here?.claim.generation ?? 0) - 1);
      const there = await this.shared.claim(credential, { ...request, above });
      if (there.won) this.pairs.set(there.claim, { here: here?.claim ?? null, there: there.claim });
      else await giveBack();
      return there;
    } catch (error) {
      if (here && request.alone) {
        this.pairs.set(here.claim, { here: here.claim, there: null });
        return here;
      }
      await giveBack();
      throw problemHere ?? error;
    }
  }

  async settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    const { here, there } = this.pairs.get(claim) ?? { here: claim, there: claim };
    const [ofShared, ofLocal] = await Promise.allSettled([
      there && this.shared.settle(credential, there, settlement),
      here && this.local.settle(credential, here, settlement),
    ]);
    valueOf(there ? ofShared : ofLocal);
  }

  async reject(credential: KisCredential, fingerprint: string): Promise<void> {
    const [there, here] = await Promise.allSettled([
      this.shared.reject(credential, fingerprint),
      this.local.reject(credential, fingerprint),
    ]);
    if (here.status === 'rejected') valueOf(there);
  }

  locate(): null {
    return null;
  }

  async probe(): Promise<void> {
    const [there, here] = await Promise.allSettled([this.shared.probe(), this.local.probe()]);
    if (here.status === 'rejected') {
      new Logger('TokenManager').warn(
        `This machine keeps no copy of its tokens for the time that the shared store is away. ${String(here.reason)}`,
      );
    }
    valueOf(there);
  }

  override watch(listener: (credentialId: string | null) => void): void {
    this.shared.watch?.(listener);
  }

  private async reconciled(
    credential: KisCredential,
    there: StoredToken,
    here: StoredToken,
  ): Promise<StoredToken> {
    await this.spreadRefusals(credential, there, here);
    const claim = mergedClaim(here, there);
    const merged = { ...there, claim, remainingMs: Math.max(there.remainingMs, here.remainingMs) };
    if (here.token && isNews(here.token, { ...there, claim })) {
      await this.shared.save(credential, here.token).catch(ignored);
      return { ...merged, token: here.token, absence: null };
    }
    const isOutdated = here.token !== null && wasDeleted(here.token, there);
    if (isOutdated) await this.local.remove(credential, true).catch(ignored);
    if (there.token && (!here.token || isOutdated || supersedes(there.token, here.token))) {
      await this.local.save(credential, there.token).catch(ignored);
    }
    return merged;
  }

  /** Either may have been told alone that KIS refuses the token that the other keeps. */
  private async spreadRefusals(
    credential: KisCredential,
    there: StoredToken,
    here: StoredToken,
  ): Promise<void> {
    if (
      there.token &&
      there.token.fingerprint !== there.claim.rejected &&
      isKnownBy(here.claim, there.token)
    ) {
      await this.shared.reject(credential, there.token.fingerprint).catch(ignored);
    }
    if (here.token && here.token.fingerprint !== here.claim.rejected && isKnownBy(there.claim, here.token)) {
      await this.local.reject(credential, here.token.fingerprint).catch(ignored);
    }
  }

  private async replacedAtHere(credential: KisCredential): Promise<number | null> {
    const here = await this.local.read(credential).catch(() => null);
    return here?.claim.replacedAt ?? null;
  }
}

const UNUSED = { cooldownMs: 0, failure: null, unused: true } as const;

/** Whether a token of this machine belongs into the shared store. */
function isNews(token: KisToken, there: StoredToken): boolean {
  if (isKnownBy(there.claim, token) || there.absence === 'undecryptable') return false;
  if (wasDeleted(token, there)) return false;
  if (!there.token) return true;
  return isKnownBy(there.claim, there.token) || isGuarded(token, there.claim, there.token);
}

/**
 * Whether somebody has deleted the token that this machine still has: the shared store knows of the attempt that
 * brought it, or of a later one, and has none, or says so. A store that has lost everything knows of no attempt.
 */
function wasDeleted(token: KisToken, { absence, claim }: StoredToken): boolean {
  const isGone = absence === 'missing' && token.generation > 0 && token.generation <= claim.generation;
  return isGone || isDeleted(token, claim);
}

/**
 * The claim of all, but whether somebody asks just now is what the longer of both says: a process of this machine takes
 * its turn here first.
 */
function mergedClaim(here: StoredToken, there: StoredToken): KisClaim {
  const rejected = isKnownBy(here.claim, there.token) ? here.claim.rejected : there.claim.rejected;
  const { open, lastError } = (here.remainingMs > there.remainingMs ? here : there).claim;
  return { ...there.claim, rejected, open, lastError };
}

/** Whether it is known there that KIS refuses this token. */
function isKnownBy(claim: KisClaim, token: KisToken | null): boolean {
  return token !== null && claim.rejected === token.fingerprint;
}

function valueOf<T>(outcome: PromiseSettledResult<T>): T {
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

/** The other store has it, and the next look brings this one up to date. */
function ignored(): undefined {
  return undefined;
}

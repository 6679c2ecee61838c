import type { KisClock } from '../../src/kis/clock';
import type { KisCredential } from '../../src/kis/kis-credential';
import { KisTokenStoreError } from '../../src/kis/kis.errors';
import type { KisTokenPolicy } from '../../src/kis/kis.options';
import {
  claimAfterDeletion,
  claimWithoutDeletion,
  openClaim,
  settledClaim,
  waitFor,
} from '../../src/kis/token/claim-rules';
import type {
  ClaimAnswer,
  ClaimRequest,
  ClaimSettlement,
  ClaimView,
  KisClaim,
} from '../../src/kis/token/claim-rules';
import { ClaimReader, encodeClaim } from '../../src/kis/token/claim-codec';
import { encodeTokenFile } from '../../src/kis/token/token-codec';
import type { KisToken } from '../../src/kis/token/kis-token';
import { KisTokenStore, type StoredToken, type TokenRemoval } from '../../src/kis/token/kis-token.store';
import { isRemoved, isSuperseded, removalOf } from '../../src/kis/token/token-rules';
import { within } from '../../src/kis/token/caller-wait';
import type { SimulatedProcess } from './simulated-machine';
import type { SimulatedStorage } from './simulated-storage';
import type { StorageLink } from './storage-link';

interface SimulatedStoreParts {
  readonly kind: 'file' | 'redis';
  readonly storage: SimulatedStorage;
  readonly link: StorageLink;
  readonly process: SimulatedProcess;
  /** By which claims in this storage end: that of the machine, or the server's own. */
  readonly clock: KisClock;
  readonly policy: KisTokenPolicy;
  /** A client gives up after this, but the operation may still be carried out later. */
  readonly timeoutMs: number;
}

/** A storage as one process sees it. Every change is one step, as under the kernel's lock or in a script. */
export class SimulatedStore extends KisTokenStore {
  readonly kind: 'file' | 'redis';
  readonly storage: SimulatedStorage;
  readonly link: StorageLink;
  private readonly claims: ClaimReader;

  constructor(private readonly parts: SimulatedStoreParts) {
    super();
    this.kind = parts.kind;
    this.storage = parts.storage;
    this.link = parts.link;
    this.claims = new ClaimReader(parts.clock);
  }

  read(credential: KisCredential): Promise<StoredToken> {
    return this.ask(() => ({ ...this.readToken(credential), ...this.readClaim() }), false);
  }

  save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    return this.ask(() => {
      const { token: stored } = this.readToken(credential);
      const { claim } = this.readClaim();
      if (isSuperseded(stored, claim, token)) return 'superseded';
      this.storage.tokenText = encodeTokenFile(token);
      this.storage.saved(token, this.name, stored !== null && stored.fingerprint === claim.rejected);
      return 'saved';
    });
  }

  /** In three steps, as the stores do it: between them other processes act, and this one may be stopped. */
  async remove(credential: KisCredential, removal?: TokenRemoval): Promise<void> {
    const decided = removal ?? removalOf(await this.read(credential));
    await this.ask(() => {
      this.recordDeletion(decided.upTo);
    });
    await this.ask(() => {
      if (isRemoved(this.readToken(credential).token, decided)) this.storage.put(null);
    });
  }

  claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    return this.ask(() => {
      const before = this.readClaim();
      const remainingMs = waitFor(before, request);
      if (remainingMs > 0) return { claim: before.claim, remainingMs, won: false };
      const stored = this.readToken(credential).token?.generation ?? 0;
      const claim = openClaim(before.claim, { ...request, above: Math.max(request.above, stored) });
      this.writeClaim(claim, request.holdMs);
      this.storage.claimed(claim, this.name, request.holdMs, request.forced ?? false);
      return { won: true, claim, remainingMs: request.holdMs };
    });
  }

  settle(_credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    return this.ask(() => {
      const settled = settledClaim(this.readClaim().claim, claim, settlement);
      if (!settled) return;
      this.writeClaim(settled, settlement.cooldownMs);
      this.storage.settled(this.name, claim, settlement.cooldownMs);
    });
  }

  reject(_credential: KisCredential, fingerprint: string): Promise<void> {
    return this.ask(() => {
      const before = this.readClaim();
      this.writeClaim({ ...before.claim, rejected: fingerprint }, before.remainingMs);
    });
  }

  override async forgetDeletion(
    _credential: KisCredential,
    recorded: number,
    generation: number,
  ): Promise<void> {
    if (this.kind !== 'file') return;
    await this.ask(() => {
      const { claim, remainingMs } = this.readClaim();
      const after = claimWithoutDeletion(claim, recorded, generation);
      if (after) this.writeClaim(after, remainingMs);
    });
  }

  locate(): string | null {
    return this.kind === 'file' ? '~/KIS/tokens/token_PSworld_mock.json' : null;
  }

  probe(): Promise<void> {
    return this.ask(() => undefined);
  }

  /** Whether the storage could be reached ever since, and lost nothing. */
  wasReachableSince(since: number): boolean {
    return this.link.healthySince <= since && this.storage.lostAt <= since;
  }

  private get name(): string {
    return this.parts.process.name;
  }

  private async ask<T>(work: () => T, writes = true): Promise<T> {
    const { process, link, timeoutMs } = this.parts;
    const asked = process.call(
      () => ({ value: link.carry(work, writes) }),
      (run) => {
        link.pass(run);
      },
    );
    if (timeoutMs === Infinity) return (await asked).value;
    const answer = await within(asked, timeoutMs, process.clock);
    if (!answer) throw new KisTokenStoreError('No answer.');
    return answer.value;
  }

  private readToken(credential: KisCredential): Pick<StoredToken, 'token' | 'absence'> {
    const reading = this.storage.tokenFile(credential, this.parts.policy);
    if (reading === null) return { token: null, absence: 'missing' };
    if ('token' in reading) return { token: reading.token, absence: null };
    return { token: null, absence: 'whose' in reading ? 'foreign' : 'damaged' };
  }

  private readClaim(): ClaimView {
    return this.claims.read('claim', this.storage.claimFile);
  }

  private recordDeletion(upTo: number | null): void {
    const { claim, remainingMs } = this.readClaim();
    const deleted = claimAfterDeletion(claim, upTo);
    if (deleted) this.writeClaim(deleted, remainingMs);
    if (upTo !== null) this.storage.deleted(upTo);
  }

  private writeClaim(claim: KisClaim, lengthMs: number): void {
    const { clock } = this.parts;
    this.storage.claimFile = {
      bytes: Buffer.from(encodeClaim(claim, lengthMs, clock)),
      changedAt: clock.now(),
    };
  }
}

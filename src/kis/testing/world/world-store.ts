import type { KisCredential } from '../../kis-credential';
import { KisTokenStoreError } from '../../kis.errors';
import type { KisTokenPolicy } from '../../kis.options';
import { openClaim, settledClaim, waitFor } from '../../token/claim';
import type { ClaimAnswer, ClaimRequest, ClaimSettlement, ClaimView, KisClaim } from '../../token/claim';
import type { FoundFile } from '../../token/file/careful-open';
import { ClaimReader, encodeClaimFile } from '../../token/file/claim-file';
import { decodeTokenFile, encodeTokenFile, type TokenFileReading } from '../../token/file/token-file';
import type { KisToken } from '../../token/kis-token';
import { KisTokenStore, type StoredToken } from '../../token/kis-token.store';
import { isGuarded } from '../../token/token-rules';
import type { History } from './history';
import type { WorldProcess } from './world-machine';

/** A directory of token files that several processes share: the texts are those of real files. */
export class WorldDirectory {
  tokenText: string | null = null;
  claimFile: FoundFile | null = null;
  /** True time of the last save by one of our processes. */
  savedAt = 0;
  /** Nothing can be written: a full or read-only disk. */
  unwritable = false;
  private lastReading: { readonly text: string; readonly reading: TokenFileReading } | null = null;

  /** What the token file says; `null` when there is none. The same text is not read twice. */
  tokenFile(credential: KisCredential, policy: KisTokenPolicy): TokenFileReading | null {
    const { tokenText } = this;
    if (tokenText === null) return null;
    if (this.lastReading?.text !== tokenText) {
      this.lastReading = { text: tokenText, reading: decodeTokenFile(tokenText, credential, policy) };
    }
    return this.lastReading.reading;
  }
}

/** The file store as one process sees it, on a model directory. Every change is one step, as under the kernel's lock. */
export class WorldFileStore extends KisTokenStore {
  readonly kind = 'file';
  private readonly claims: ClaimReader;

  constructor(
    private readonly directory: WorldDirectory,
    private readonly policy: KisTokenPolicy,
    private readonly process: WorldProcess,
    private readonly history: History,
  ) {
    super();
    this.claims = new ClaimReader(process.clock);
  }

  read(credential: KisCredential): Promise<StoredToken> {
    return this.process.call(() => ({ ...this.readToken(credential), ...this.readClaim() }));
  }

  save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    return this.process.call(() => {
      this.mustBeWritable();
      if (isGuarded(this.readToken(credential).token, this.readClaim().claim, token)) return 'superseded';
      this.directory.tokenText = encodeTokenFile(token);
      this.directory.savedAt = this.process.world.time;
      this.history.saved(token);
      return 'saved';
    });
  }

  remove(): Promise<void> {
    return this.process.call(() => {
      this.mustBeWritable();
      this.directory.tokenText = null;
    });
  }

  claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    return this.process.call(() => {
      const before = this.readClaim();
      const remainingMs = waitFor(before, request);
      if (remainingMs > 0) return { claim: before.claim, remainingMs, won: false };
      this.mustBeWritable();
      const stored = this.readToken(credential).token?.generation ?? 0;
      const claim = openClaim(before.claim, { ...request, above: Math.max(request.above, stored) });
      this.writeClaim(claim, request.holdMs);
      this.history.claimed(claim, this.process.name);
      return { won: true, claim, remainingMs: request.holdMs };
    });
  }

  settle(_credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    return this.process.call(() => {
      this.mustBeWritable();
      const settled = settledClaim(this.readClaim().claim, claim, settlement);
      if (settled) this.writeClaim(settled, settlement.cooldownMs);
    });
  }

  reject(_credential: KisCredential, fingerprint: string): Promise<void> {
    return this.process.call(() => {
      this.mustBeWritable();
      const before = this.readClaim();
      this.writeClaim({ ...before.claim, rejected: fingerprint }, before.remainingMs);
    });
  }

  locate(): string {
    return '~/KIS/tokens/token_PSworld_mock.json';
  }

  probe(): Promise<void> {
    return this.process.call(() => {
      this.mustBeWritable();
    });
  }

  private readToken(credential: KisCredential): Pick<StoredToken, 'token' | 'absence'> {
    const reading = this.directory.tokenFile(credential, this.policy);
    if (reading === null) return { token: null, absence: 'missing' };
    if ('token' in reading) return { token: reading.token, absence: null };
    return { token: null, absence: 'whose' in reading ? 'foreign' : 'damaged' };
  }

  private readClaim(): ClaimView {
    return this.claims.read('claim', this.directory.claimFile);
  }

  private writeClaim(claim: KisClaim, lengthMs: number): void {
    const bytes = Buffer.from(encodeClaimFile(claim, lengthMs, this.process.clock));
    this.directory.claimFile = { bytes, changedAt: this.process.clock.now() };
  }

  private mustBeWritable(): void {
    if (this.directory.unwritable) throw new KisTokenStoreError('The disk is full.');
  }
}

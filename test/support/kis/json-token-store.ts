import { Injectable } from '@nestjs/common';
import {
  claimAfterDeletion,
  claimFrom,
  isRemoved,
  isSuperseded,
  KisClock,
  KisConfiguration,
  KisTokenStore,
  NO_CLAIM,
  openClaim,
  settledClaim,
  TokenCodec,
  waitFor,
  type ClaimAnswer,
  type ClaimRequest,
  type ClaimSettlement,
  type ClaimView,
  type KisClaim,
  type KisCredential,
  type KisToken,
  type StoredToken,
  type TokenRemoval,
} from '../../../src/kis';

/** A token store as an application might write it, with rows of JSON, to run the contract suite on. */

interface Row {
  token: string;
  claim: string;
  /** Monotonic milliseconds. */
  until: number;
}

/** Stands for the database of an application. */
export class Rows extends Map<string, Row> {}

/**
 * A token store as an application writes one, with nothing but what the library exports. Each method reads and writes
 * without a pause in between, which stands for a transaction.
 */
@Injectable()
export class JsonTokenStore extends KisTokenStore {
  readonly kind = 'json';
  private readonly codec: TokenCodec;

  constructor(
    private readonly rows: Rows,
    private readonly clock: KisClock,
    { tokenPolicy, tokenCipher }: KisConfiguration,
  ) {
    super();
    this.codec = new TokenCodec(tokenPolicy, tokenCipher);
  }

  read(credential: KisCredential): Promise<StoredToken> {
    return Promise.resolve(this.stored(credential));
  }

  save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    const stored = this.stored(credential);
    if (isSuperseded(stored.token, stored.claim, token)) return Promise.resolve('superseded');
    this.change(credential, { token: this.codec.encode(token, credential) });
    return Promise.resolve('saved');
  }

  remove(credential: KisCredential, removal?: TokenRemoval): Promise<void> {
    const stored = this.stored(credential);
    const claim = claimAfterDeletion(stored.claim, removal?.upTo);
    this.change(credential, {
      ...(isRemoved(stored.token, removal) && { token: '' }),
      ...(claim && { claim: JSON.stringify(claim) }),
    });
    return Promise.resolve();
  }

  claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    const { token } = this.stored(credential);
    const view = this.view(credential);
    const waitMs = waitFor(view, request);
    if (waitMs > 0) return Promise.resolve({ ...view, won: false, remainingMs: waitMs });
    const above = Math.max(request.above, token?.generation ?? 0);
    const taken = openClaim(view.claim, { ...request, above });
    this.keep(credential, taken, request.holdMs);
    return Promise.resolve({ won: true, claim: taken, remainingMs: request.holdMs });
  }

  settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    const settled = settledClaim(this.view(credential).claim, claim, settlement);
    if (settled) this.keep(credential, settled, settlement.cooldownMs);
    return Promise.resolve();
  }

  reject(credential: KisCredential, fingerprint: string): Promise<void> {
    const { claim, remainingMs } = this.view(credential);
    this.keep(credential, { ...claim, rejected: fingerprint }, remainingMs);
    return Promise.resolve();
  }

  locate(): null {
    return null;
  }

  probe(): Promise<void> {
    return Promise.resolve();
  }

  private stored(credential: KisCredential): StoredToken {
    const { token } = this.row(credential);
    const view = this.view(credential);
    if (token === '') return { ...view, token: null, absence: 'missing' };
    const reading = this.codec.decode(token, credential);
    return 'token' in reading
      ? { ...view, token: reading.token, absence: null }
      : { ...view, token: null, absence: 'damaged' };
  }

  private view(credential: KisCredential): ClaimView {
    const { claim, until } = this.row(credential);
    const record = claim === '' ? NO_CLAIM : claimFrom(JSON.parse(claim));
    const remainingMs = Math.max(0, until - this.clock.monotonic());
    return record
      ? { claim: record, remainingMs }
      : { claim: { ...NO_CLAIM, open: true }, remainingMs, assumed: true };
  }

  private keep(credential: KisCredential, claim: KisClaim, lengthMs: number): void {
    this.change(credential, { claim: JSON.stringify(claim), until: this.clock.monotonic() + lengthMs });
  }

  private change(credential: KisCredential, change: Partial<Row>): void {
    this.rows.set(credential.id, { ...this.row(credential), ...change });
  }

  private row({ id }: KisCredential): Row {
    return this.rows.get(id) ?? { token: '', claim: '', until: 0 };
  }
}

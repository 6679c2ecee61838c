import type { KisClock } from '../../clock';
import { withAlias } from '../../account-logger';
import type { KisCredential } from '../../kis-credential';
import { Notices } from '../../files/notices';
import { KisTokenStoreError } from '../../kis.errors';
import { NO_CLAIM, claimAfterDeletion, openClaim, settledClaim, waitFor } from '../claim-rules';
import type { ClaimAnswer, ClaimRequest, ClaimSettlement, ClaimView, KisClaim } from '../claim-rules';
import { claimFrom } from '../claim-codec';
import type { KisToken } from '../kis-token';
import { KisTokenStore, type StoredToken, type TokenRemoval } from '../kis-token.store';
import type { TokenCodec, TokenReading } from '../token-codec';
import { isRemoved, isSuperseded, removalOf } from '../token-rules';
import type { RedisRecords, RedisTokenRecords } from './redis-records';

/**
 * Stores tokens and claims in Redis, for programs on several machines. The rules are the same pure functions as in all
 * stores; each change is a compare-and-set by a script on the server, and the end of a claim is measured by the
 * server's clock. New tokens are announced to all processes.
 */
export class RedisKisTokenStore extends KisTokenStore {
  readonly kind = 'redis';
  private readonly notices = new Notices();

  constructor(
    private readonly records: RedisTokenRecords,
    private readonly codec: TokenCodec,
    private readonly clock: KisClock,
  ) {
    super();
  }

  async read(credential: KisCredential): Promise<StoredToken> {
    const records = await this.records.read(credential);
    const stored = this.decoded(records, credential);
    const { token, outdated } = stored;
    // A process that was faster has already written it in the current form.
    if (token && outdated !== null && (await this.put(credential, records, token))) {
      const text = `The token in ${this.place} is stored again: ${outdated}.`;
      this.notices.report(credential.id, withAlias(credential, text));
    }
    return stored;
  }

  save(credential: KisCredential, token: KisToken): Promise<'saved' | 'superseded'> {
    return this.changing<'saved' | 'superseded'>(credential, async (records) => {
      const { token: stored, claim } = this.decoded(records, credential);
      if (isSuperseded(stored, claim, token)) return 'superseded';
      return (await this.put(credential, records, token)) ? 'saved' : null;
    });
  }

  async remove(credential: KisCredential, removal?: TokenRemoval): Promise<void> {
    const decided = removal ?? removalOf(this.decoded(await this.records.read(credential), credential));
    // First, so that a concurrent save sees it; after a failure in between the token counts as deleted.
    await this.changeClaim(credential, null, (before) => claimAfterDeletion(before, decided.upTo));
    await this.changing(credential, async (records) => {
      const { token, absence } = this.decoded(records, credential);
      if (absence === 'missing' || !isRemoved(token, decided)) return 'left';
      return (await this.records.removeToken(credential, records.token)) ? 'removed' : null;
    });
  }

  claim(credential: KisCredential, request: ClaimRequest): Promise<ClaimAnswer> {
    return this.changing<ClaimAnswer>(credential, async (records) => {
      const before = claimIn(records);
      const remainingMs = waitFor(before, request);
      if (remainingMs > 0) return { ...before, won: false, remainingMs };
      const stored = this.decoded(records, credential).token?.generation ?? 0;
      const claim = openClaim(before.claim, { ...request, above: Math.max(request.above, stored) });
      const won = await this.records.swapClaim(credential, {
        expected: records.claim,
        record: JSON.stringify(claim),
        lengthMs: request.holdMs,
      });
      return won ? { won: true, claim, remainingMs: request.holdMs } : null;
    });
  }

  settle(credential: KisCredential, claim: KisClaim, settlement: ClaimSettlement): Promise<void> {
    return this.changeClaim(credential, settlement.cooldownMs, (before) =>
      settledClaim(before, claim, settlement),
    );
  }

  reject(credential: KisCredential, fingerprint: string): Promise<void> {
    return this.changeClaim(credential, null, (before) => ({ ...before, rejected: fingerprint }));
  }

  locate(): null {
    return null;
  }

  probe(): Promise<void> {
    return this.records.testWrite();
  }

  override watch(listener: (credentialId: string | null) => void): void {
    this.records.listen(listener);
  }

  private async changeClaim(
    credential: KisCredential,
    lengthMs: number | null,
    change: (before: KisClaim) => KisClaim | null,
  ): Promise<void> {
    await this.changing(credential, async (records) => {
      const after = change(claimIn(records).claim);
      if (!after) return 'left';
      const swap = { expected: records.claim, record: JSON.stringify(after), lengthMs };
      return (await this.records.swapClaim(credential, swap)) ? 'changed' : null;
    });
  }

  private put(
    credential: KisCredential,
    { token: expected, claim }: RedisRecords,
    token: KisToken,
  ): Promise<boolean> {
    const text = this.codec.encode(token, credential);
    const keepMs = Math.max(0, token.expiresAt - this.clock.now()) + TOKEN_KEPT_BEYOND_MS;
    return this.records.swapToken(credential, { expected, claim, text, keepMs });
  }

  private decoded(
    records: RedisRecords,
    credential: KisCredential,
  ): StoredToken & { outdated: string | null } {
    const rest = { ...claimIn(records), outdated: null };
    if (records.token === '') return { token: null, absence: 'missing', ...rest };
    const reading = this.codec.decode(records.token, credential);
    if ('token' in reading) return { ...rest, ...reading, absence: null };
    const [absence, why] = absenceOf(reading);
    this.notices.report(
      credential.id,
      withAlias(credential, `The token in ${this.place} cannot be used: ${why}. The next token replaces it.`),
    );
    return { token: null, absence, ...rest };
  }

  private get place(): string {
    return `Redis at ${this.records.place}`;
  }

  private async changing<T>(credential: KisCredential, change: Change<T>): Promise<T> {
    for (let tries = 0; tries < SWAP_TRIES; tries += 1) {
      const outcome = await change(await this.records.read(credential));
      if (outcome !== null) return outcome;
    }
    throw new KisTokenStoreError(
      `What is stored in ${this.place} changes faster than it can be read. ` +
        'If it happens repeatedly, check whether another program uses the same keys.',
    );
  }
}

/** A swap fails when another process was faster, which does not happen that often in a row. */
const SWAP_TRIES = 50;
/** Redis keeps a token beyond its end, for machines whose clock is wrong, and for its generation. */
const TOKEN_KEPT_BEYOND_MS = 48 * 3_600_000;

/** Changes the records: resolves with the result, or with `null` when another process changed them in between. */
type Change<T> = (records: RedisRecords) => Promise<T | null>;

/** Of a damaged record the end is still obeyed, because it is stored separately. */
function claimIn({ claim: record, remainingMs }: RedisRecords): ClaimView {
  if (record === '') return { claim: NO_CLAIM, remainingMs };
  const claim = claimFrom(parsed(record));
  return claim ? { claim, remainingMs } : { claim: { ...NO_CLAIM, open: true }, remainingMs, assumed: true };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function absenceOf(
  reading: Exclude<TokenReading, { readonly token: KisToken }>,
): [absence: 'damaged' | 'foreign' | 'undecryptable', why: string] {
  if ('undecryptable' in reading) return ['undecryptable', reading.undecryptable];
  if ('whose' in reading) return ['foreign', `it belongs to ${reading.whose}`];
  return ['damaged', reading.damage];
}

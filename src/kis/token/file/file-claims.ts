import { join } from 'node:path';
import type { KisClock } from '../../clock';
import type { FoundFile } from '../../files/careful-open';
import { BRIEF_LOCK_TIMEOUT_MS, type LocalDirectory } from '../../files/local-directory';
import type { FoundRecord } from '../../files/state-records';
import type { KisCredential } from '../../kis-credential';
import { KisTokenStoreError } from '../../kis.errors';
import { NO_CLAIM, type ClaimView, type KisClaim } from '../claim-rules';
import { ClaimReader, encodeClaim } from '../claim-codec';

/** The claims of a token directory: one record for each credential. */
export class FileClaims {
  private readonly reader: ClaimReader;
  private readonly earlier: EarlierClaims;
  /** By the name of the record, as it was last read. */
  private readonly lastFound = new Map<string, FoundRecord>();

  constructor(
    private readonly directory: LocalDirectory,
    private readonly clock: KisClock,
  ) {
    this.reader = new ClaimReader(clock);
    this.earlier = new EarlierClaims(directory);
  }

  async read(credential: KisCredential): Promise<CurrentClaim> {
    const name = recordName(credential);
    const found = await this.directory.readRecord(name);
    const view = await this.current(credential, found, found.text === null, 0);
    return { ...view, record: { name, text: found.text } };
  }

  /**
   * The claim, for a caller that needs the token: where the record cannot be read at once, as this process last read it,
   * or none. A token can be used without its claim, which only decides who requests the next one. Never rejects.
   */
  async readAtOnce(credential: KisCredential): Promise<ClaimView> {
    const name = recordName(credential);
    const found = await this.directory
      .readRecord(name, BRIEF_LOCK_TIMEOUT_MS)
      .catch(() => this.lastFound.get(name));
    if (!found) return NO_VIEW;
    this.lastFound.set(name, found);
    return this.current(credential, found, found.text === null, 0);
  }

  /**
   * Changes the claim by compare-and-set: of the processes that have read the same claim, one changes it.
   * @param decide may be called again with a newer claim; only the last decision counts.
   * @param usualHoldMs duration of the caller's own claims: a lost claim is assumed to last at least as long. Given
   *   when a claim is taken; then claims of programs of an earlier version count, too.
   * @throws KisTokenStoreError with `retryAt` when a claim is taken while one that cannot be read may hold.
   */
  async change<T>(
    credential: KisCredential,
    decide: (before: ClaimView) => ClaimDecision<T>,
    usualHoldMs = 0,
  ): Promise<T> {
    const { answer, change } = await this.directory.updateRecord(
      recordName(credential),
      async (found) => {
        const withEarlier = usualHoldMs > 0 || found.text === null;
        const step = decide(await this.current(credential, found, withEarlier, usualHoldMs));
        const next = step.change && encodeClaim(step.change.claim, step.change.lengthMs, this.clock);
        return { answer: step, next };
      },
      () => this.clock.now(),
    );
    if (change) await this.earlier.remove(credential);
    return answer;
  }

  /** The newest claim, with the time until all known claims have ended: only then the next one may be taken. */
  private async current(
    credential: KisCredential,
    { text, changedAt, lostAt, unreadable }: FoundRecord,
    withEarlier: boolean,
    usualHoldMs: number,
  ): Promise<ClaimView> {
    const record = recordName(credential);
    const views: ClaimView[] = [];
    const add = (name: string, bytes: Buffer, at: number): void => {
      views.push(this.reader.read(name, { bytes, changedAt: at }, usualHoldMs));
    };
    if (text !== null) add(record, Buffer.from(text), changedAt);
    if (lostAt !== null) add(`${record} lost`, Buffer.alloc(0), lostAt);
    const lost = views.at(-1);
    if (unreadable !== null && usualHoldMs > 0 && lost && lost.remainingMs > 0)
      throw this.mayHold(unreadable, lost.remainingMs);
    const earlier = withEarlier ? await this.earlier.read(credential) : [];
    for (const { name, file } of earlier) add(name, file.bytes, file.changedAt);
    return combined(views);
  }

  private mayHold(unreadable: string, remainingMs: number): KisTokenStoreError {
    const seconds = Math.ceil(remainingMs / 1000);
    return new KisTokenStoreError(
      `${unreadable}. Another process may have requested a token that this one cannot see, so the next request is due ` +
        `in ${seconds} s.`,
      { retryAt: new Date(this.clock.now() + remainingMs) },
    );
  }
}

/** What a process decides about the current claim; `change` is `null` when it is to stay. */
export interface ClaimDecision<T> {
  readonly answer: T;
  readonly change: ClaimChange | null;
}

/** The current claim, and its record in the database; `text` is `null` when there is none. */
export interface CurrentClaim extends ClaimView {
  readonly record: { readonly name: string; readonly text: string | null };
}

const NO_VIEW: ClaimView = { claim: NO_CLAIM, remainingMs: 0 };

/** Name of the record of a claim in the database. */
function recordName(credential: KisCredential): string {
  return `claim/${credential.id}`;
}

/** A claim to be written, and its duration from then on. */
interface ClaimChange {
  readonly claim: KisClaim;
  readonly lengthMs: number;
}

function combined(views: readonly ClaimView[]): ClaimView {
  const [first = NO_VIEW] = views;
  const newest = views.reduce(
    (one, other) => (other.claim.generation > one.claim.generation ? other : one),
    first,
  );
  const longest = views.reduce((one, other) => (other.remainingMs > one.remainingMs ? other : one), newest);
  return { ...longest, claim: { ...newest.claim, open: longest.claim.open } };
}

/** What earlier versions have stored for one credential. */
interface EarlierNames {
  /** A claim that was changed under `lock`. */
  readonly claim: string;
  readonly lock: string;
  /** A directory of numbered claims; the highest counts. */
  readonly claims: string;
  /** Permits of calls. */
  readonly pace: string;
}

export function earlierNames({ fileStem, id }: KisCredential): EarlierNames {
  const own = `.token_${fileStem}_${id.slice(0, 8)}`;
  return {
    claim: `${own}.claim`,
    lock: `${own}.lock`,
    claims: `${own}.claims`,
    pace: `${own}.pace`,
  };
}

/** A claim as an earlier version has stored it. */
interface EarlierClaim {
  readonly name: string;
  readonly file: FoundFile;
}

/** The claims of earlier versions, in files. Programs of such a version may still write them. */
class EarlierClaims {
  /** Ids of the credentials whose earlier files were removed. */
  private readonly removed = new Set<string>();

  constructor(private readonly directory: LocalDirectory) {}

  async read(credential: KisCredential): Promise<EarlierClaim[]> {
    const { claim, claims } = earlierNames(credential);
    const names = [claim, await this.highestNumbered(claims)];
    const found = await Promise.all(names.map((name) => this.readOne(name)));
    return found.filter((each) => each !== null);
  }

  /** Their state is part of the current claim now, so they must not be obeyed any more. */
  async remove(credential: KisCredential): Promise<void> {
    if (this.removed.has(credential.id)) return;
    this.removed.add(credential.id);
    await this.directory.remove(Object.values(earlierNames(credential)));
  }

  private async highestNumbered(claims: string): Promise<string | null> {
    const found = await this.directory.list(claims).catch(() => []);
    const numbers = found.filter((name) => /^\d+$/.test(name)).map(Number);
    return numbers.length > 0 ? join(claims, Math.max(...numbers).toString()) : null;
  }

  /** `null` for a claim that cannot be read or belongs to another user: it is not obeyed. */
  private async readOne(name: string | null): Promise<EarlierClaim | null> {
    const file = name === null ? null : await this.directory.readFile(name).catch(() => null);
    return name === null || file === null ? null : { name, file };
  }
}

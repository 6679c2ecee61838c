import { join } from 'node:path';
import type { KisClock } from '../../clock';
import type { FoundFile } from '../../files/careful-open';
import type { LocalDirectory } from '../../files/local-directory';
import type { FoundRecord } from '../../files/state-records';
import { NO_CLAIM, type ClaimView, type KisClaim } from '../claim';
import { ClaimReader, encodeClaim } from '../claim-record';
import type { EarlierNames, FileNames } from './file-names';

/** A claim as it is to be written, and how long it is to hold from then on. */
interface ClaimChange {
  readonly claim: KisClaim;
  readonly lengthMs: number;
}

/** What a process makes of the claim that stands; `change` is `null` when it is to stay. */
export interface ClaimStep<T> {
  readonly answer: T;
  readonly change: ClaimChange | null;
}

/** A claim that stands, and the text of its record; `null`: there is no record. */
export interface StandingClaim extends ClaimView {
  readonly text: string | null;
}

const NO_VIEW: ClaimView = { claim: NO_CLAIM, remainingMs: 0 };

/** The claims of a token directory: one record for each credential. */
export class FileClaims {
  private readonly reader: ClaimReader;
  private readonly earlier: EarlierClaims;

  constructor(
    private readonly directory: LocalDirectory,
    private readonly clock: KisClock,
  ) {
    this.reader = new ClaimReader(clock);
    this.earlier = new EarlierClaims(directory);
  }

  async read(names: FileNames): Promise<StandingClaim> {
    const found = await this.directory.readRecord(names.claim);
    return { ...(await this.standing(names, found, found.text === null, 0)), text: found.text };
  }

  /**
   * Changes a claim as one step among all processes: of all that saw the same claim, one changes it.
   * @param decide may be called again with a newer claim; only the last answer counts.
   * @param usualHoldMs how long the caller's own claims hold: one that was lost is taken to be no shorter. Given by
   *   whoever takes a claim; then those of programs of an earlier version count too.
   */
  async change<T>(
    names: FileNames,
    decide: (before: ClaimView) => ClaimStep<T>,
    usualHoldMs = 0,
  ): Promise<T> {
    const { answer, change } = await this.directory.updateRecord(
      names.claim,
      async (found) => {
        const withEarlier = usualHoldMs > 0 || found.text === null;
        const step = decide(await this.standing(names, found, withEarlier, usualHoldMs));
        const next = step.change && encodeClaim(step.change.claim, step.change.lengthMs, this.clock);
        return { answer: step, next };
      },
      () => this.clock.now(),
    );
    if (change) await this.earlier.remove(names);
    return answer;
  }

  /** The newest claim; nobody may take the next one before all that are known have ended. */
  private async standing(
    names: FileNames,
    { text, changedAt, lostAt }: FoundRecord,
    withEarlier: boolean,
    usualHoldMs: number,
  ): Promise<ClaimView> {
    const views: ClaimView[] = [];
    const add = (name: string, bytes: Buffer, at: number): void => {
      views.push(this.reader.read(name, { bytes, changedAt: at }, usualHoldMs));
    };
    if (text !== null) add(names.claim, Buffer.from(text), changedAt);
    if (lostAt !== null) add(`${names.claim} lost`, Buffer.alloc(0), lostAt);
    const earlier = withEarlier ? await this.earlier.read(names) : [];
    for (const { name, file } of earlier) add(name, file.bytes, file.changedAt);
    return together(views);
  }
}

function together(views: readonly ClaimView[]): ClaimView {
  const [first = NO_VIEW] = views;
  const newest = views.reduce(
    (one, other) => (other.claim.generation > one.claim.generation ? other : one),
    first,
  );
  const longest = views.reduce((one, other) => (other.remainingMs > one.remainingMs ? other : one), newest);
  return { claim: { ...newest.claim, open: longest.claim.open }, remainingMs: longest.remainingMs };
}

/** A claim as an earlier version has stored it. */
interface EarlierClaim {
  readonly name: string;
  readonly file: FoundFile;
}

/** The claims of earlier versions, which kept them in files; programs that still run one may write them even now. */
class EarlierClaims {
  /** Names of claim records whose earlier files are gone. */
  private readonly removed = new Set<string>();

  constructor(private readonly directory: LocalDirectory) {}

  async read({ earlier }: FileNames): Promise<EarlierClaim[]> {
    const names = [earlier.claim, await this.highestNumbered(earlier)];
    const found = await Promise.all(names.map((name) => this.readOne(name)));
    return found.filter((each) => each !== null);
  }

  /** They have been taken over: nobody is to obey them again. */
  async remove({ claim, earlier }: FileNames): Promise<void> {
    if (this.removed.has(claim)) return;
    this.removed.add(claim);
    await this.directory.remove(Object.values(earlier));
  }

  private async highestNumbered({ claims }: EarlierNames): Promise<string | null> {
    const found = await this.directory.list(claims).catch(() => []);
    const numbers = found.filter((name) => /^\d+$/.test(name)).map(Number);
    return numbers.length > 0 ? join(claims, Math.max(...numbers).toString()) : null;
  }

  /** What cannot be read, or belongs to another user, is not obeyed. */
  private async readOne(name: string | null): Promise<EarlierClaim | null> {
    const file = name === null ? null : await this.directory.readFile(name).catch(() => null);
    return name === null || file === null ? null : { name, file };
  }
}

import type { KisClaim } from '../../token/claim';
import type { KisToken } from '../../token/kis-token';
import type { World } from './world';

export interface IssueAtKis {
  /** True time of arrival, epoch milliseconds. */
  readonly at: number;
  readonly by: string;
  /** Whether KIS answered with a token, and with which. */
  readonly accessToken: string | null;
}

/** What happened in a world, and what of it should not have: judged from outside, by true time. */
export class History {
  readonly issues: IssueAtKis[] = [];
  readonly violations: string[] = [];
  private newestSaved = 0;
  private newestClaim = 0;
  /** True time at which each process last won a claim. */
  private readonly claimedAt = new Map<string, number>();

  constructor(
    private readonly world: World,
    private readonly start: number,
  ) {}

  /** `at` as seconds since the beginning of the story. */
  when(at: number = this.world.time): string {
    return `${((at - this.start) / 1000).toFixed(3)} s`;
  }

  violated(what: string): void {
    this.violations.push(`${this.when()}: ${what}`);
  }

  saved(token: KisToken): void {
    if (token.generation < this.newestSaved) {
      this.violated(`generation ${token.generation} was saved over ${this.newestSaved}`);
    }
    this.newestSaved = Math.max(this.newestSaved, token.generation);
  }

  claimed(claim: KisClaim, by: string): void {
    if (claim.generation <= this.newestClaim)
      this.violated(`${by} got claim ${claim.generation} a second time`);
    this.newestClaim = claim.generation;
    this.claimedAt.set(by, this.world.time);
  }

  /** When this process got the turn in which it asks. */
  turnOf(by: string): number {
    return this.claimedAt.get(by) ?? 0;
  }

  /** A person emptied the store: counting begins again. */
  forgotten(): void {
    this.newestSaved = 0;
  }

  issueArrived(issue: IssueAtKis, intervalMs: number): void {
    const last = this.issues.at(-1);
    this.issues.push(issue);
    if (last && issue.at - last.at < intervalMs) {
      this.violated(`${issue.by} asked ${((issue.at - last.at) / 1000).toFixed(3)} s after ${last.by}`);
    }
  }
}

import { machineOf } from './process-pool';
import type { Arrival, Action, History, Issue, Refusal, Observation, Span } from './history';

/** Checks the recorded history of a chaos run against the rules of tokens and calls. */

/** A token this close to its end is not handed out by the library; a second for the way and the clocks. */
const MARGIN_MS = 10_000;
const GRAIN_MS = 1000;
/** A sweep that has to save something waits this long for a stopped process that holds the lock. */
const STORE_TIMEOUT_MS = 4000;
/** Callers of one moment share one look into the store; and a look takes its time. */
const SHARED_LOOK_MS = 350;

type Got = Extract<Action, { did: 'get' }>;
type Failed = Extract<Action, { did: 'fail' }>;

export interface Gap {
  readonly key: string;
  readonly gapMs: number;
  readonly by: string;
  readonly after: string;
  /** The two were on different machines, and what these share was away or had lost the claim. */
  readonly excused: boolean;
}

const CALL_NOT_ANSWERED = 'KIS_TIMEOUT GET ';

/** Finds violations in what all processes wrote down, as sentences. */
export class Checker {
  /** Between token requests for a key that follow each other. */
  readonly gaps: readonly Gap[];
  private readonly observations: readonly Observation[];
  /** By machine and key. */
  private readonly observationsOf: ReadonlyMap<string, readonly Observation[]>;

  constructor(private readonly history: History) {
    this.observations = [...history.observations].sort((one, other) => one.at - other.at);
    this.observationsOf = grouped(this.observations, placeOf);
    const keys = new Set(history.arrivals.map(({ key }) => key));
    this.gaps = [...keys].flatMap((key) => this.gapsOf(key));
  }

  violations(): string[] {
    const { actions } = this.history;
    const refusals = grouped(this.history.refusals, ({ by }) => by);
    const inActions = [...actions].flatMap(([name, life]) => {
      const process = new ProcessRecord(name, life, refusals.get(name) ?? []);
      return life.flatMap((action) => {
        if (action.did === 'get') return this.wrongToken(process, action);
        return action.did === 'fail' ? this.needlessFailure(process, action) : [];
      });
    });
    return [...this.shortGaps(), ...this.wrongObservations(), ...inActions];
  }

  private shortGaps(): string[] {
    const short = this.gaps.filter(({ gapMs, excused }) => !excused && gapMs < this.history.intervalMs);
    return short.map(({ key, gapMs, by, after }) => `${key}: ${by} asked KIS ${gapMs} ms after ${after}`);
  }

  private gapsOf(key: string): Gap[] {
    const { arrivals } = this.history;
    const ofKey = arrivals.filter((arrival) => arrival.key === key).sort((a, b) => a.at - b.at);
    return ofKey.flatMap((arrival, index) => {
      const before = ofKey[index - 1];
      if (!before) return [];
      const excused = this.couldNotKnow(before, arrival);
      return [{ key, gapMs: arrival.at - before.at, by: arrival.by, after: before.by, excused }];
    });
  }

  /** Between machines the interval is kept as far as they reach what they share; on a machine always. */
  private couldNotKnow(before: Arrival, after: Arrival): boolean {
    if (machineOf(before.by) === machineOf(after.by)) return false;
    const claimedAt = before.at - this.history.requestTimeoutMs;
    return this.history.outages.some(({ from, to }) => from <= after.at && to >= claimedAt);
  }

  /** Damaged tokens, and older ones where newer ones were; but one that has ended or was refused may give way to any. */
  private wrongObservations(): string[] {
    const newest = new Map<string, Observation>();
    return this.observations.flatMap((observation) => {
      const { machine, key } = observation;
      if (observation.saw === 'damage') return [`${key}: damaged token on ${machine}, ${observation.what}`];
      const place = placeOf(observation);
      const before = newest.get(place);
      newest.set(place, observation);
      if (observation.saw !== 'token' || before?.saw !== 'token') return [];
      const back = observation.generation < before.generation && !this.wasOver(before.token, observation.at);
      return back ? [`${place}: generation ${observation.generation} after ${before.generation}`] : [];
    });
  }

  private wasOver(token: string, at: number): boolean {
    const issue = this.history.issues.get(token);
    return Math.min(issue?.killedAt ?? Infinity, issue?.expiresAt ?? Infinity) < at;
  }

  /** A token that was handed out has to be good, and not one that is known to be refused or long replaced. */
  private wrongToken(process: ProcessRecord, got: Got): string[] {
    const who = `${got.key}: ${process.name} handed out`;
    const issue = this.history.issues.get(got.token);
    if (!issue) return [`${who} a token that KIS never issued`];
    const leftMs = issue.expiresAt - got.from;
    if (leftMs < MARGIN_MS - GRAIN_MS) return [`${who} a token ${leftMs} ms before its end`];
    const refused = process.refusals.find(({ token }) => token === got.token);
    if (refused && this.isLate(process, refused.at, got.from, GRAIN_MS)) {
      return [`${who} a token ${got.from - refused.at} ms after it was refused to it`];
    }
    const newerAt = this.newerSince(issue, process.machine, got);
    if (
      newerAt !== null &&
      this.isLate(process, newerAt, got.from, this.history.sweepMs + STORE_TIMEOUT_MS + GRAIN_MS)
    ) {
      return [`${who} a token ${got.from - newerAt} ms after a newer one was stored`];
    }
    return [];
  }

  /** Since when only tokens that were issued after this one were stored; a file that was lost begins anew. */
  private newerSince({ key, issuedAt }: Issue, machine: string, { from }: Got): number | null {
    const { issues } = this.history;
    const seen = this.observationsOf.get(placeOf({ machine, key })) ?? [];
    let since: number | null = null;
    for (let index = seen.findLastIndex(({ at }) => at < from); index >= 0; index -= 1) {
      const observation = seen[index];
      const isNewer =
        observation?.saw === 'token' && (issues.get(observation.token)?.issuedAt ?? 0) > issuedAt;
      if (!isNewer) break;
      since = observation.at;
    }
    return since;
  }

  /** Whether more than `allowedMs` of this process's own time, in which it did not stand still, had passed. */
  private isLate(process: ProcessRecord, since: number, at: number, allowedMs: number): boolean {
    const from = Math.max(since, process.startedAt);
    // While what machines share is away, every look waits for it in vain.
    const heldUpMs = process.stoodMs(from, at) + overlapMs(this.history.outages, from, at);
    return at - from - heldUpMs > allowedMs;
  }

  /** A failure is needless where the process ran and a good token was stored or in its hands. */
  private needlessFailure(process: ProcessRecord, failed: Failed): string[] {
    if (process.stoodMs(failed.from - GRAIN_MS, failed.at) > 0) return [];
    // It had its token: on a busy machine the answer itself takes too long.
    if (failed.why.startsWith(CALL_NOT_ANSWERED)) return [];
    const stored = this.storedFor(process.machine, failed);
    const last = process.lastGot(failed.key, failed.from);
    const held = last !== undefined && this.isInHand(last, failed.at) ? last : undefined;
    const good = [stored, held].find((token) => token !== undefined && this.isGoodUntil(token, failed.at));
    return good === undefined
      ? []
      : [`${failed.key}: ${process.name} failed although there was a good token: ${failed.why}`];
  }

  /** A process has one token: a newer one takes its place, and leaves nothing when KIS refuses it. */
  private isInHand(token: string, at: number): boolean {
    const { issues } = this.history;
    const { key, issuedAt } = issues.get(token) ?? { key: '', issuedAt: 0 };
    return ![...issues.values()].some(
      (other) => other.key === key && other.issuedAt > issuedAt && other.killedAt <= at,
    );
  }

  private isGoodUntil(token: string, at: number): boolean {
    const issue = this.history.issues.get(token);
    return issue !== undefined && issue.killedAt > at && issue.expiresAt - at > MARGIN_MS + GRAIN_MS;
  }

  /** The token that was stored throughout a caller's wait, and when the store had last been read before. */
  private storedFor(machine: string, { key, from, at }: Failed): string | undefined {
    const last = this.observationsOf
      .get(placeOf({ machine, key }))
      ?.findLast((observation) => observation.at <= at);
    return last?.saw === 'token' && last.at <= from - SHARED_LOOK_MS ? last.token : undefined;
  }
}

/** One run of a process, from its own notes. */
class ProcessRecord {
  readonly startedAt: number;
  private readonly stood: readonly Span[];
  private readonly got: ReadonlyMap<string, readonly Got[]>;

  constructor(
    readonly name: string,
    actions: readonly Action[],
    readonly refusals: readonly Refusal[],
  ) {
    this.startedAt = actions.find(({ did }) => did === 'start')?.at ?? 0;
    this.stood = actions.filter((action) => action.did === 'stand').map(({ from, at }) => ({ from, to: at }));
    this.got = grouped(
      actions.filter((action) => action.did === 'get'),
      ({ key }) => key,
    );
  }

  get machine(): string {
    return machineOf(this.name);
  }

  /** For how long it stood still between two moments. */
  stoodMs(from: number, to: number): number {
    return overlapMs(this.stood, from, to);
  }

  /** The last token that it handed out for a key before a moment. */
  lastGot(key: string, before: number): string | undefined {
    return this.got.get(key)?.findLast(({ at }) => at <= before)?.token;
  }
}

function overlapMs(spans: readonly Span[], from: number, to: number): number {
  return spans.reduce((sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0);
}

function placeOf({ machine, key }: Pick<Observation, 'machine' | 'key'>): string {
  return `${key} on ${machine}`;
}

function grouped<T>(all: readonly T[], by: (each: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const group = groups.get(by(each));
    if (group) group.push(each);
    else groups.set(by(each), [each]);
  }
  return groups;
}

import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** The actions that a process records. Times are epoch milliseconds of the one machine on which all run. */
export type Action =
  /** It is up. */
  | { readonly did: 'start'; readonly at: number }
  /** A caller that asked at `from` got this token at `at`. */
  | {
      readonly did: 'get';
      readonly key: string;
      readonly from: number;
      readonly at: number;
      readonly token: string;
    }
  /** A call to KIS was answered. */
  | { readonly did: 'call'; readonly key: string; readonly from: number; readonly at: number }
  /** A caller or a call got an error. */
  | {
      readonly did: 'fail';
      readonly key: string;
      readonly from: number;
      readonly at: number;
      readonly why: string;
    }
  /** It stood still: stopped, blocked, or without a processor. */
  | { readonly did: 'stand'; readonly from: number; readonly at: number };

/** What an observer saw in the token files of a machine. */
export type Observation = { readonly machine: string; readonly key: string; readonly at: number } & (
  | { readonly saw: 'token'; readonly token: string; readonly generation: number }
  | { readonly saw: 'nothing' }
  | { readonly saw: 'damage'; readonly what: string }
);

/** A token request as it arrived at KIS. */
export interface Arrival {
  readonly key: string;
  readonly by: string;
  readonly at: number;
  /** How it was answered: `token`, or what went wrong. */
  readonly answer: string;
}

/** A token as KIS knows it. */
export interface Issue {
  readonly key: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** From then on KIS refuses it. */
  readonly killedAt: number;
}

/** A call that KIS refused for its token. */
export interface Refusal {
  readonly by: string;
  readonly token: string;
  readonly at: number;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** All that happened, for the checker. */
export interface History {
  readonly intervalMs: number;
  readonly sweepMs: number;
  readonly requestTimeoutMs: number;
  /** By name of the process; a process is one life. */
  readonly actions: ReadonlyMap<string, readonly Action[]>;
  readonly observations: readonly Observation[];
  readonly arrivals: readonly Arrival[];
  /** By fingerprint. */
  readonly issues: ReadonlyMap<string, Issue>;
  readonly refusals: readonly Refusal[];
  /** When what several machines share could not be reached, or had lost what it knew; none for one machine. */
  readonly outages: readonly Span[];
}

/** What injected faults leave in a token file: reading it is no error of the library. */
export const TORN_ON_PURPOSE = '{"access_token":"torn on purpose';

/** Written line by line, so that a process that is killed has noted everything up to then. */
export function note(path: string, entry: Action | Observation): void {
  appendFileSync(path, `${JSON.stringify(entry)}\n`);
}

/** What was noted; a last line that was cut off by a kill is left out. */
export function notesIn<T extends Action | Observation>(path: string): T[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as T);
}

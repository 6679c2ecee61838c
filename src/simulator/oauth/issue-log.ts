import { type Reply, jsonObject, textOf } from '../message';
import { tokenHash } from '../secrecy';

/** One tokenP request, whatever its outcome. */
export interface IssueRecord {
  /** Brokerage time of its arrival, in epoch milliseconds. */
  readonly at: number;
  /** HTTP status of the answer; 0 while there is none, and where a fault swallowed it. */
  readonly status: number;
  /** `error_code` of a refusal, the name of a fault, empty for an issue. */
  readonly code: string;
  /** Hash that distinguishes tokens without revealing them; null where none was issued. */
  readonly tokenHash: string | null;
}

/** Enters the outcome of a token request; `swallowedBy` is the fault that kept the answer back. */
export type CloseIssue = (reply: Reply, swallowedBy: string | null) => void;

/** A key of KIS has 36 characters; of longer ones the beginning is kept. */
const LONGEST_KEY = 40;
/** More keys than any test uses. Beyond that a client sends invented keys, and the oldest are dropped. */
const MOST_KEYS = 10_000;

/**
 * Every tokenP request, by app key: evidence for or against "one a minute". The requests of a key are dropped by a
 * reset only, and a request counts from its arrival, also when its answer is lost.
 */
export class IssueLog {
  private readonly byKey = new Map<string, IssueRecord[]>();

  of(appKey: string): readonly IssueRecord[] {
    return this.byKey.get(appKey) ?? [];
  }

  get appKeys(): readonly string[] {
    return [...this.byKey.keys()];
  }

  clear(): void {
    this.byKey.clear();
  }

  open(body: string, at: number): CloseIssue {
    const appKey = textOf(jsonObject(body)?.['appkey']).slice(0, LONGEST_KEY);
    const record: IssueRecord = { at, status: 0, code: '', tokenHash: null };
    const records = this.byKey.get(appKey) ?? [];
    this.byKey.set(appKey, records);
    const [oldest = ''] = this.byKey.keys();
    if (this.byKey.size > MOST_KEYS) this.byKey.delete(oldest);
    records.push(record);
    return (reply, swallowedBy) => {
      const token = textOf(jsonObject(reply.body.toString())?.['access_token']);
      Object.assign(record, {
        status: swallowedBy === null ? reply.status : 0,
        code: swallowedBy ?? reply.code,
        tokenHash: token === '' ? null : tokenHash(token),
      });
    };
  }
}

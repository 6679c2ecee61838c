import { type HeaderPair, type IncomingCall, type KisHost } from './message';

/** One request as the brokerage saw it, and how it was answered. */
export interface LoggedRequest {
  /** Brokerage time of its arrival, in epoch milliseconds. */
  readonly at: number;
  readonly host: KisHost;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names and values as sent, in the order of the wire. */
  readonly headers: readonly HeaderPair[];
  readonly body: string;
  readonly trId: string;
  /** HTTP status of the answer; 0 while there is none, and where a fault swallowed it. */
  readonly status: number;
  /** `msg_cd` or `error_code` of the answer, or the name of the fault. */
  readonly code: string;
}

/** Enters the outcome of a request into its record. */
export type CloseEntry = (outcome: { readonly status: number; readonly code: string }) => void;

const CAPACITY = 10_000;
/** Characters of all entries together. */
const CAPACITY_CHARACTERS = 20_000_000;

/** What reached the brokerage, oldest first. The oldest of many are forgotten. */
export class RequestLog {
  private readonly entries: LoggedRequest[] = [];
  /** Of each entry. */
  private readonly sizes: number[] = [];
  private size = 0;

  /** Every request on record, oldest first. */
  get all(): readonly LoggedRequest[] {
    return this.entries;
  }

  get length(): number {
    return this.entries.length;
  }

  /** The requests for a path such as "/oauth2/tokenP". */
  to(path: string): readonly LoggedRequest[] {
    return this.entries.filter((entry) => entry.path === path);
  }

  /** The requests with a transaction id such as "VTTC8434R". */
  withTrId(trId: string): readonly LoggedRequest[] {
    return this.entries.filter((entry) => entry.trId === trId);
  }

  clear(): void {
    this.forget(this.entries.length);
  }

  /** Puts a request on record. For the simulator itself. */
  open(call: IncomingCall): CloseEntry {
    const entry = {
      at: call.at,
      host: call.host,
      method: call.method,
      path: call.path,
      query: Object.fromEntries(new URLSearchParams(call.queryString)),
      headers: call.rawHeaders,
      body: call.body,
      trId: call.headers.get('tr_id'),
      status: 0,
      code: '',
    };
    this.entries.push(entry);
    this.sizes.push(sizeOf(call));
    this.size += sizeOf(call);
    // A tenth at once, because shifting a long list for every new entry would be slow.
    while (this.entries.length > CAPACITY || this.size > CAPACITY_CHARACTERS)
      this.forget(Math.ceil(this.entries.length / 10));
    return (outcome) => {
      Object.assign(entry, { status: outcome.status, code: outcome.code });
    };
  }

  private forget(count: number): void {
    this.entries.splice(0, count);
    for (const size of this.sizes.splice(0, count)) this.size -= size;
  }
}

function sizeOf({ path, queryString, rawHeaders, body }: IncomingCall): number {
  const headers = rawHeaders.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  // The query is kept in parts.
  return path.length + 2 * queryString.length + headers + body.length;
}

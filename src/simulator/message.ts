/** Which of the two hosts of KIS: 실전투자 or 모의투자. */
export type KisHost = 'real' | 'mock';

/** A request as it came in, read to its end. */
export interface IncomingCall {
  readonly host: KisHost;
  /** Brokerage time of its arrival, in epoch milliseconds. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly queryString: string;
  readonly query: Fields;
  readonly headers: Fields;
  /** Names and values as sent, in the order of the wire. */
  readonly rawHeaders: readonly HeaderPair[];
  readonly body: string;
}

export type HeaderPair = readonly [name: string, value: string];

/** An answer, ready for the wire except for `Date`, `Content-Length` and what HTTP itself adds. */
export interface Reply {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: string | Buffer;
  /** The result for the log: `msg_cd`, `error_code` or similar. */
  readonly code: string;
}

/**
 * Named values of a request. KIS clients differ in the case of names: the official samples send `tr_id` and
 * `CTX_AREA_FK100`, the official AI extension `Tr_Id`, python-kis `ctx_area_fk100`. All are understood.
 */
export class Fields {
  private readonly values = new Map<string, string>();

  constructor(pairs: Iterable<readonly [string, string]>) {
    for (const [name, value] of pairs) {
      const key = name.toLowerCase();
      if (!this.values.has(key)) this.values.set(key, value);
    }
  }

  has(name: string): boolean {
    return this.values.has(name.toLowerCase());
  }

  /** The value, or an empty string where there is none. */
  get(name: string): string {
    return this.values.get(name.toLowerCase()) ?? '';
  }
}

/** The members of a JSON object, or null where the text is something else. */
export function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** A member as text: KIS accepts numbers as strings and ignores everything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function jsonReply(status: number, body: unknown, code: string): Reply {
  return {
    status,
    headers: [['Content-Type', 'application/json; charset=utf-8']],
    body: JSON.stringify(body),
    code,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { Injectable } from '@nestjs/common';
import { KisClock } from '../clock';
import type { KisAccount } from '../kis-account';
import { KisBadResponseError, KisNotAvailableInMockError } from '../kis.errors';
import type { KisReadCall } from '../protocol/kis-calls';
import type { WireRecord } from '../protocol/wire';
import { Deadline, notInTime } from './deadline';
import { KisHttpService } from './kis-http.service';
import { kisRequest } from './kis-request';
import { SharedFlights } from './shared-flights';

/**
 * The read calls of KIS.
 *
 * Identical concurrent reads become one call to KIS: same app key, mode, call, parameters and page. Answers and
 * failures are never reused after they have arrived.
 */
@Injectable()
export class KisApiClient {
  private readonly flights = new SharedFlights<KisPage>();

  constructor(
    private readonly http: KisHttpService,
    private readonly clock: KisClock,
  ) {}

  /**
   * Reads one page of a call.
   *
   * @param params in the order in which they are sent.
   * @throws KisNotAvailableInMockError when the mode does not offer the call; nothing is sent then. KisApiError when KIS
   * refuses; KisTimeoutError, KisUnavailableError, KisBadResponseError, KisRateLimitedError; the errors of the token
   * service.
   */
  async read(
    account: KisAccount,
    call: KisReadCall,
    params: Readonly<Record<string, string>>,
    options: KisPageOptions = {},
  ): Promise<KisPage> {
    const trId = call.trId[account.mode];
    if (trId === null) {
      throw new KisNotAvailableInMockError(
        `KIS does not offer ${call.title} in mock trading (모의투자), so nothing was sent. Use an account with trading mode REAL.`,
      );
    }
    const query = queryOf(call, params, options.continuation);
    // An urgent read does not share a call with one that is not urgent.
    const marks = `${options.continuation ? 'N' : ''}${options.urgent ? '!' : ''}`;
    const key = [account.credential.id, trId, call.path, query, marks].join(' ');
    return this.within(call, options, (signal) =>
      this.flights.join(key, (shared) => this.fetch(account, call, trId, query, options, shared), signal),
    );
  }

  /** The time limit of one caller; the call that it shares with others has one of its own. */
  private async within<T>(
    call: KisReadCall,
    { timeoutMs, signal }: KisReadOptions,
    work: (signal: AbortSignal | undefined) => Promise<T>,
  ): Promise<T> {
    if (timeoutMs === undefined) return work(signal);
    const deadline = new Deadline(this.clock, timeoutMs, signal, () => notInTime(call.title, timeoutMs));
    try {
      return await work(deadline.signal);
    } finally {
      deadline.release();
    }
  }

  private async fetch(
    account: KisAccount,
    call: KisReadCall,
    trId: string,
    query: URLSearchParams,
    { continuation, urgent = false }: KisPageOptions,
    signal: AbortSignal,
  ): Promise<KisPage> {
    const { data, headers } = await this.http.axiosRef.get<WireRecord>(
      call.path,
      kisRequest(
        { account: account.alias, trId, continued: continuation !== undefined, urgent },
        { params: query, signal },
      ),
    );
    const body = Object.fromEntries(Object.entries(data).map(([key, value]) => [key.toLowerCase(), value]));
    const next = call.continuation && isFollowed(call, headers['tr_cont']) ? nextPage(call, body) : null;
    const mayBeLast = next === null || String(headers['tr_cont']).trim() === 'F';
    return { body, receivedAt: new Date(this.clock.now()), next, mayBeLast };
  }
}

/** Where the next page begins: opaque, to be sent back unchanged. */
export type KisContinuation = readonly [string, string];

/** Time limit, abort signal and precedence of a read. */
export interface KisReadOptions {
  /** Rejects this caller with the signal's reason; others that wait for the same answer are not affected. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Rejects this caller with KisTimeoutError after so many milliseconds: for everything together, with all pages, waits
   * and retries. Default: 60 seconds, or three times the request timeout if that is longer.
   */
  readonly timeoutMs?: number | undefined;
  /** Gets its permit before reads that are not urgent; for reads that an order waits for. */
  readonly urgent?: boolean | undefined;
}

/** Which page is read, and how long its caller waits. */
export interface KisPageOptions extends KisReadOptions {
  /** From the page before; without it the first page is read. */
  readonly continuation?: KisContinuation | undefined;
}

/** One page. It may be shared with other callers, so it must not be changed. */
export interface KisPage {
  /** As KIS sent it, but the keys of the outermost level are in lower case (the portal writes some in capitals). */
  readonly body: WireRecord;
  /** When it arrived. */
  readonly receivedAt: Date;
  /** The next page, `null` on the last one. */
  readonly next: KisContinuation | null;
  /** It may be the last although it has a `next`: mock trading sends `F` with last pages, too. */
  readonly mayBeLast: boolean;
}

/** 100 or 200 characters (KIS portal), to be sent back in the query. */
function isContext(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 500;
}

/** Serialized like the official samples do: spaces as `+`. */
function queryOf(
  call: KisReadCall,
  params: Readonly<Record<string, string>>,
  continuation: KisContinuation = ['', ''],
): URLSearchParams {
  const query = new URLSearchParams(params);
  call.continuation?.sent.forEach((name, index) => {
    query.set(name, continuation[index] ?? '');
  });
  return query;
}

/** `M` and `F`: another page follows; `D` and `E`: this is the last; none or empty: the call has no pages. */
function isFollowed(call: KisReadCall, trCont: unknown): boolean {
  const mark = typeof trCont === 'string' ? trCont.trim() : '';
  if (/^[MF]$/.test(mark)) return true;
  if (/^[DE]?$/.test(mark)) return false;
  throw new KisBadResponseError(
    `The header tr_cont of ${call.title} does not say whether another page follows. None of the data was used; try again later.`,
  );
}

/** KIS fills the context on the last page too, so only the header shows whether there is more. */
function nextPage(call: KisReadCall, body: WireRecord): KisContinuation | null {
  if (!call.continuation) return null;
  const [first, second] = call.continuation.received.map((name) => body[name]);
  if (isContext(first) && isContext(second)) return [first, second];
  throw new KisBadResponseError(
    `KIS says that ${call.title} has another page, but not where it begins (${call.continuation.received.join(', ')}). Try again later.`,
  );
}

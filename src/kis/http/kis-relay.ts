import { Injectable } from '@nestjs/common';
import type { KisAccount } from '../kis-account';
import type { KisCredential } from '../kis-credential';
import { KisConfiguration } from '../kis.options';
import type { WireResponse } from '../transport/exchange-result';
import type { KisCall } from './kis-call';
import { KisCaller } from './kis-caller';
import { failureOf } from './kis-failures';
import { KisClock } from '../clock';

/**
 * Passes requests of other programs on to KIS, byte for byte except for the credentials: within the rate limit, with
 * the account's token, which is replaced when KIS refuses it, and with retries where these are safe. Responses are
 * returned unchanged.
 */
@Injectable()
export class KisRelay {
  /** By credential. */
  private readonly origins = new Map<string, URL>();

  constructor(
    private readonly configuration: KisConfiguration,
    private readonly caller: KisCaller,
    private readonly clock: KisClock,
  ) {}

  /**
   * Resolves with KIS's last response, also when that is a refusal.
   * @throws KisError when there was none, or when nothing was sent; the reason of the signal.
   */
  async pass(account: KisAccount, request: KisRelayedRequest, signal?: AbortSignal): Promise<WireResponse> {
    const call = this.call(account, request, signal);
    const answer = await this.caller.answerTo(call);
    if (answer.wire) return answer.wire;
    if (answer.kind === 'ok') throw new Error('A response without its bytes.');
    throw failureOf(answer, call, this.clock.now());
  }

  /** The call for a program's request. */
  call(account: KisAccount, request: KisRelayedRequest, signal?: AbortSignal): KisCall {
    const { method, path, trId, body } = request;
    const { timeoutMs, deadlineMs } = this.configuration.requestPolicy(account.credential);
    const url = this.originOf(account.credential);
    const { continued, rawHeaders } = headOf(request, url.host);
    return {
      account,
      method,
      url,
      trId,
      continued,
      headers: {},
      verbatim: { path, rawHeaders },
      body: body.length > 0 ? body : undefined,
      signal,
      timeoutMs,
      deadlineMs,
    };
  }

  private originOf({ id, origin }: KisCredential): URL {
    const known = this.origins.get(id) ?? new URL(origin);
    this.origins.set(id, known);
    return known;
  }
}

/** A request of another program, made for KIS, which is to be passed on to it. */
export interface KisRelayedRequest {
  /** In upper case. */
  readonly method: string;
  /** Path and query, byte for byte. */
  readonly path: string;
  /** Names and values by turns, as they arrived; with the program's own credentials. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
  /** `tr_id`; empty where there is none. */
  readonly trId: string;
}

/** Headers that concern a connection and not what is sent over it (RFC 9110 section 7.6.1). */
const OF_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** The headers to send, whose names keep their case and their order; and whether they request a following page. */
function headOf(
  { method, rawHeaders, body }: KisRelayedRequest,
  host: string,
): { readonly rawHeaders: readonly string[]; readonly continued: boolean } {
  const kept: string[] = [];
  let [hasHost, hasLength, continued] = [false, false, false];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    const lower = name.toLowerCase();
    if (lower === 'host') {
      hasHost = true;
      kept.push(name, host);
    } else if (lower === 'content-length') {
      hasLength = true;
      kept.push(name, String(body.length));
    } else if (!OF_CONNECTION.has(lower)) kept.push(name, value);
    if (lower === 'tr_cont') continued ||= value.trim() === 'N';
  }
  if (!hasLength && (body.length > 0 || (method !== 'GET' && method !== 'HEAD')))
    kept.push('Content-Length', String(body.length));
  return { rawHeaders: hasHost ? kept : ['Host', host, ...kept], continued };
}

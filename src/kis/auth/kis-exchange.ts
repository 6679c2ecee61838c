import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { OnApplicationShutdown } from '@nestjs/common';
import axios, {
  AxiosHeaders,
  type InternalAxiosRequestConfig,
  isAxiosError,
  type RawAxiosRequestHeaders,
} from 'axios';
import type { KisClock } from '../clock';
import { punctualAgents, type PunctualAgents } from './punctual-agents';

/** Names this program to KIS, which accepts any name. */
const USER_AGENT = 'nestjs-kis';

/** Shorter than servers usually keep an idle connection: an order must not be written to one that is closing. */
const IDLE_CONNECTION_MS = 4_000;

export interface KisExchangeLimits {
  /** An answer longer than this, unpacked, is broken. */
  readonly maxAnswerBytes: number;
  /** Whether connections are used again. If not, each is made for one request, and used within its time only. */
  readonly keepAlive: boolean;
}

export interface KisExchangeRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: RawAxiosRequestHeaders;
  readonly body?: unknown;
  /** For the whole exchange, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface KisExchangeAnswer {
  readonly kind: 'answered';
  readonly status: number;
  readonly text: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How an exchange ended. A failure is a result, so that the caller says in its own words what it means. */
export type KisExchangeResult =
  | KisExchangeAnswer
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unreachable'; readonly cause: Error; readonly reason: string }
  | { readonly kind: 'broken'; readonly cause: Error };

/**
 * One request to the brokerage and its answer, whatever the HTTP status: no interceptor, no retry, no redirect, no
 * proxy; bounded in time and size. Safe for any number of concurrent requests.
 */
export class KisExchange implements OnApplicationShutdown {
  /** axios's way to the network without the rest of axios, which the caller's own instance is. */
  private readonly http = axios.getAdapter('http');
  private readonly settings: Partial<InternalAxiosRequestConfig>;
  private readonly agents: readonly HttpAgent[];

  constructor(
    private readonly clock: KisClock,
    limits: KisExchangeLimits,
  ) {
    const connections = { keepAlive: true, timeout: IDLE_CONNECTION_MS };
    this.agents = limits.keepAlive ? [new HttpAgent(connections), new HttpsAgent(connections)] : [];
    const [httpAgent, httpsAgent] = this.agents;
    this.settings = {
      httpAgent,
      httpsAgent,
      maxRedirects: 0,
      proxy: false,
      maxContentLength: limits.maxAnswerBytes,
      responseType: 'text',
      validateStatus: () => true,
    };
  }

  /** Rejects with the signal's reason when that aborts, and for nothing else. */
  async send(request: KisExchangeRequest): Promise<KisExchangeResult> {
    request.signal?.throwIfAborted();
    const ending = new AbortController();
    const end = (): void => {
      ending.abort();
    };
    request.signal?.addEventListener('abort', end, { once: true });
    // axios's own time limit restarts with every byte; this one bounds the whole exchange.
    const cancel = this.clock.later(request.timeoutMs, end);
    const punctual =
      this.agents.length === 0
        ? punctualAgents(this.clock, this.clock.monotonic() + request.timeoutMs)
        : null;
    try {
      return await this.exchange(request, ending.signal, punctual);
    } catch (error) {
      request.signal?.throwIfAborted();
      return ending.signal.aborted ? { kind: 'timeout' } : failureFrom(error);
    } finally {
      punctual?.close();
      cancel();
      request.signal?.removeEventListener('abort', end);
    }
  }

  /** Closes the connections. It is the last step of a shutdown: until then requests in flight are answered. */
  onApplicationShutdown(): void {
    for (const agent of this.agents) agent.destroy();
  }

  private async exchange(
    request: KisExchangeRequest,
    signal: AbortSignal,
    punctual: PunctualAgents | null,
  ): Promise<KisExchangeAnswer> {
    const response = await this.http({
      ...this.settings,
      ...(punctual ? { httpAgent: punctual.httpAgent, httpsAgent: punctual.httpsAgent } : {}),
      method: request.method,
      url: request.url.href,
      headers: new AxiosHeaders({ 'User-Agent': USER_AGENT, ...request.headers }),
      data: request.body,
      signal,
    });
    return {
      kind: 'answered',
      status: response.status,
      text: String(response.data),
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
    };
  }
}

function failureFrom(error: unknown): KisExchangeResult {
  const cause = error instanceof Error ? error : new Error(String(error));
  const code = (cause as NodeJS.ErrnoException).code ?? cause.name;
  // A failure after the headers, or while reading them, is a damaged answer; before them there was no answer.
  const damaged =
    code === 'ERR_BAD_RESPONSE' || code.startsWith('HPE_') || (isAxiosError(error) && error.response);
  return damaged ? { kind: 'broken', cause } : { kind: 'unreachable', cause, reason: code };
}

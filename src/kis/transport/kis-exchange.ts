import type { OnApplicationShutdown } from '@nestjs/common';
import {
  request as httpRequest,
  type Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline, Readable } from 'node:stream';
import { onAbort } from '../abort-listeners';
import type { KisClock } from '../clock';
import { connectionAgents, type ConnectionAgents, type ConnectionRequest } from './connection-agents';
import { failureFrom, readAnswer, type KisExchangeResult } from './exchange-result';
import type { Proxy } from './proxy';
import { ProxyRules } from './proxy-rules';
import type { ConnectionAttempt } from './proxy-tunnel';

/** The head of a request that is passed on: nothing is added, reordered or spelled differently. */
export interface VerbatimHead {
  /** Path and query, byte for byte. */
  readonly path: string;
  /** Alternating names and values, with `Host` and the length of the body. */
  readonly rawHeaders: readonly string[];
}

export interface KisExchangeRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  /** Sent instead of `headers`, and of the path and query of `url`. */
  readonly verbatim?: VerbatimHead | undefined;
  readonly body?: string | Uint8Array | Readable | undefined;
  /** For the whole exchange, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface KisExchangeLimits {
  /** An answer longer than this, compressed or not, counts as broken. */
  readonly maxAnswerBytes: number;
  /** Whether connections are reused. Otherwise each request opens a new one. */
  readonly keepAlive: boolean;
}

/**
 * One request to the brokerage and its answer, whatever the HTTP status: no interceptor, no retry, no redirect; through
 * the proxy of the rules and no other; bounded in time and size; nothing is sent after its timeout, even if the process
 * was stopped or the machine suspended. Safe for any number of concurrent requests.
 */
export class KisExchange implements OnApplicationShutdown {
  private readonly agents: ConnectionAgents;

  constructor(
    private readonly clock: KisClock,
    private readonly limits: KisExchangeLimits,
    proxies = new ProxyRules(),
  ) {
    this.agents = connectionAgents(limits.keepAlive, proxies);
  }

  /** Rejects with the signal's reason when that aborts, and for nothing else. */
  send(request: KisExchangeRequest): Promise<KisExchangeResult> {
    const { signal } = request;
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    return new RunningExchange(request, this.limits.maxAnswerBytes, this.clock).run(this.agents);
  }

  /** Closes the connections. The last step of a shutdown: until then requests in flight are answered. */
  onApplicationShutdown(): void {
    this.agents.http.destroy();
    this.agents.https.destroy();
  }
}

/** Headers of every request. KIS accepts any user agent; the official samples accept these two encodings. */
const OWN_HEADERS = { 'User-Agent': 'nestjs-kis', 'Accept-Encoding': 'gzip, deflate' };

/** One exchange in progress, and whether any of it has been sent. */
export class RunningExchange {
  private readonly connecting = new Set<ConnectionAttempt>();
  private readonly sendBefore: { readonly monotonic: number; readonly wall: number };
  private request: ClientRequest | null = null;
  private isSent = false;
  private isAnswering = false;

  constructor(
    private readonly wanted: KisExchangeRequest,
    private readonly maxAnswerBytes: number,
    private readonly clock: KisClock,
  ) {
    const { timeoutMs } = wanted;
    this.sendBefore = { monotonic: clock.monotonic() + timeoutMs, wall: clock.now() + timeoutMs };
  }

  /** Rejects with the reason of the request's signal, and for nothing else. */
  run(agents: ConnectionAgents): Promise<KisExchangeResult> {
    const { signal, timeoutMs } = this.wanted;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        cancelTimeout();
        removeListener?.();
      };
      const settle = (result: KisExchangeResult): void => {
        end();
        resolve(result);
      };
      const giveUp = (): void => {
        end();
        reject(signal?.reason as Error);
        this.abandon();
      };
      const cancelTimeout = this.clock.later(timeoutMs, () => {
        settle({ kind: 'timeout', sent: this.isSent });
        this.abandon();
      });
      const removeListener = signal && onAbort(signal, giveUp);
      this.start(agents, settle);
    });
  }

  private start(agents: ConnectionAgents, settle: (result: KisExchangeResult) => void): void {
    const fail = (cause: Error): void => {
      settle(failureFrom(cause, { sent: this.isSent, answering: this.isAnswering }));
      this.abandon();
    };
    try {
      const request = this.open(agents);
      this.request = request;
      request.once('socket', () => {
        if (this.isLate()) {
          settle({ kind: 'timeout', sent: false });
          this.abandon();
        } else this.write(request);
      });
      request.once('response', (response: IncomingMessage) => {
        this.isAnswering = true;
        readAnswer(response, this.maxAnswerBytes, settle);
      });
      request.on('error', fail);
    } catch (error) {
      fail(error as Error);
    }
  }

  private open({ http, https, proxies }: ConnectionAgents): ClientRequest {
    const { url } = this.wanted;
    const proxy = proxies.for(url);
    if (url.protocol === 'https:') return httpsRequest(this.options(https, proxy));
    if (proxy === null) return httpRequest(this.options(http, null));
    return proxy.isSecure
      ? httpsRequest(this.optionsThrough(https, proxy))
      : httpRequest(this.optionsThrough(http, proxy));
  }

  /** Built in one step and without `url`, which Node.js would parse for each request. */
  private options(agent: HttpAgent, tunnel: Proxy | null): ConnectionRequest {
    const { method, url, verbatim } = this.wanted;
    const { hostname, port } = url;
    return {
      agent,
      method,
      hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
      port,
      path: verbatim ? verbatim.path : url.pathname + url.search,
      headers: verbatim ? verbatim.rawHeaders : this.headers(),
      attempt: { connecting: this.connecting, tunnel },
    };
  }

  /** Plain HTTP takes no tunnel: the proxy gets the whole URL and sends the request on (RFC 9112 section 3.2.2). */
  private optionsThrough(agent: HttpAgent, proxy: Proxy): ConnectionRequest {
    const { url, verbatim } = this.wanted;
    const place = { ...this.options(agent, null), hostname: proxy.hostname, port: proxy.port };
    if (verbatim) {
      const headers = [...verbatim.rawHeaders, ...Object.entries(proxy.headers).flat()];
      return { ...place, headers, path: url.origin + verbatim.path };
    }
    const headers = { ...this.headers(), Host: url.host, ...proxy.headers };
    return { ...place, headers, path: url.href };
  }

  private headers(): OutgoingHttpHeaders {
    return { ...OWN_HEADERS, ...this.wanted.headers };
  }

  /**
   * A process that is stopped while it connects proceeds when it is continued, before any timer can end the exchange,
   * and would send a request that timed out long ago. Both clocks count, because the monotonic one may stop while the
   * machine is suspended.
   */
  private isLate(): boolean {
    return this.clock.monotonic() >= this.sendBefore.monotonic || this.clock.now() >= this.sendBefore.wall;
  }

  /** Nothing is written before this, not even a header: the agents assign established connections only. */
  private write(request: ClientRequest): void {
    this.isSent = true;
    const { body } = this.wanted;
    if (body instanceof Readable) pipeline(body, request, () => undefined);
    else request.end(body);
  }

  private abandon(): void {
    const { body } = this.wanted;
    this.request?.destroy();
    for (const socket of this.connecting) socket.destroy(new Error('The attempt to connect was given up.'));
    if (body instanceof Readable) body.destroy();
  }
}

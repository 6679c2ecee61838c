import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type OutgoingHttpHeaders,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pipeline, Readable } from 'node:stream';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { KisClock } from '../clock';
import { failureFrom, readAnswer, type KisExchangeResult } from './exchange-result';
import { punctualAgents, type ExchangeAgents } from './punctual-agents';

/** What goes with every request. KIS accepts any name of a program; the official samples unpack these two. */
const OWN_HEADERS = { 'User-Agent': 'nestjs-kis', 'Accept-Encoding': 'gzip, deflate' };

/** Shorter than servers usually keep an idle connection: an order must not be written to one that is closing. */
const IDLE_CONNECTION_MS = 4_000;

type Settle = (result: KisExchangeResult) => void;

export interface KisExchangeLimits {
  /** An answer longer than this, packed or unpacked, is broken. */
  readonly maxAnswerBytes: number;
  /** Whether connections are used again. If not, each is made for one request, and used within its time only. */
  readonly keepAlive: boolean;
}

export interface KisExchangeRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array | Readable | undefined;
  /** For the whole exchange, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One request to the brokerage and its answer, whatever the HTTP status: no interceptor, no retry, no redirect, no
 * proxy; bounded in time and size. Safe for any number of concurrent requests.
 */
export class KisExchange implements OnApplicationShutdown {
  /** The connections that are kept. */
  private readonly agents: ExchangeAgents | null;

  constructor(
    private readonly clock: KisClock,
    private readonly limits: KisExchangeLimits,
  ) {
    const connections = { keepAlive: true, timeout: IDLE_CONNECTION_MS };
    this.agents = limits.keepAlive
      ? { http: new HttpAgent(connections), https: new HttpsAgent(connections) }
      : null;
  }

  /** Rejects with the signal's reason when that aborts, and for nothing else. */
  async send(request: KisExchangeRequest): Promise<KisExchangeResult> {
    request.signal?.throwIfAborted();
    if (this.agents) return this.exchange(request, this.agents);
    const punctual = punctualAgents(this.clock, request.timeoutMs);
    try {
      return await this.exchange(request, punctual);
    } finally {
      punctual.close();
    }
  }

  /** Closes the connections. It is the last step of a shutdown: until then requests in flight are answered. */
  onApplicationShutdown(): void {
    this.agents?.http.destroy();
    this.agents?.https.destroy();
  }

  private exchange(request: KisExchangeRequest, agents: ExchangeAgents): Promise<KisExchangeResult> {
    const { signal, timeoutMs } = request;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        cancel();
        signal?.removeEventListener('abort', giveUp);
      };
      const settle = (result: KisExchangeResult): void => {
        end();
        resolve(result);
      };
      const giveUp = (): void => {
        end();
        reject(signal?.reason as Error);
        sent?.destroy();
      };
      const cancel = this.clock.later(timeoutMs, () => {
        settle({ kind: 'timeout' });
        sent?.destroy();
      });
      signal?.addEventListener('abort', giveUp, { once: true });
      const sent = this.open(request, agents, settle);
    });
  }

  /** Sends the request; `null` when it cannot even be made. */
  private open(request: KisExchangeRequest, agents: ExchangeAgents, settle: Settle): ClientRequest | null {
    const { method, url, body } = request;
    const headers = { ...OWN_HEADERS, ...request.headers };
    let answering = false;
    try {
      const sent =
        url.protocol === 'https:'
          ? httpsRequest(url, { method, headers, agent: agents.https })
          : httpRequest(url, { method, headers, agent: agents.http });
      sent.once('response', (response) => {
        answering = true;
        void readAnswer(response, this.limits.maxAnswerBytes).then(settle);
      });
      sent.on('error', (cause) => {
        settle(failureFrom(cause, answering));
      });
      if (body instanceof Readable) pipeline(body, sent, () => undefined);
      else sent.end(body);
      return sent;
    } catch (error) {
      settle(failureFrom(error as Error, answering));
      return null;
    }
  }
}

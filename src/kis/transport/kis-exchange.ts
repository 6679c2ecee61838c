import type { OnApplicationShutdown } from '@nestjs/common';
import type { KisClock } from '../clock';
import { connectionAgents, type ConnectionAgents } from './connection-agents';
import type { KisExchangeRequest } from './exchange-request';
import type { KisExchangeResult } from './exchange-result';
import { ProxyRules } from './proxy-rules';
import { RunningExchange } from './running-exchange';

export interface KisExchangeLimits {
  /** An answer longer than this, packed or unpacked, is broken. */
  readonly maxAnswerBytes: number;
  /** Whether connections are used again. If not, each is made for one request. */
  readonly keepAlive: boolean;
}

/**
 * One request to the brokerage and its answer, whatever the HTTP status: no interceptor, no retry, no redirect;
 * through the proxy of the rules and no other; bounded in time and size; nothing is sent after its time, even if the
 * process was stopped or the machine suspended meanwhile. Safe for any number of concurrent requests.
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
  async send(request: KisExchangeRequest): Promise<KisExchangeResult> {
    request.signal?.throwIfAborted();
    return new RunningExchange(request, this.limits.maxAnswerBytes, this.clock).run(this.agents);
  }

  /** Closes the connections. It is the last step of a shutdown: until then requests in flight are answered. */
  onApplicationShutdown(): void {
    this.agents.http.destroy();
    this.agents.https.destroy();
  }
}

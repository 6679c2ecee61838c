import { SystemKisClock } from '../clock';
import { KisBadResponseError, KisTimeoutError, KisUnavailableError } from '../kis.errors';
import { nameAsOption, type KisOptionNaming } from '../option-names';
import { connectionAdvice } from './connection-advice';
import { KisExchange } from './kis-exchange';
import type { ProxyRules } from './proxy-rules';

/** The result of a successful connection test. */
export interface Reachability {
  /** From the start of the connection to the answer. */
  readonly tookMs: number;
  /** How far the brokerage's clock is ahead of this machine's; `null` when its answer has no `Date`. */
  readonly skewSeconds: number | null;
}

/**
 * Tests the connection to a KIS host in the same way as calls are sent: any answer shows that name resolution, network,
 * proxy and TLS work. Sends neither key nor token.
 *
 * @throws KisUnavailableError, KisTimeoutError, KisBadResponseError, with the remedy
 */
export async function reachKis(
  origin: string,
  proxies: ProxyRules,
  nameOption: KisOptionNaming = nameAsOption,
): Promise<Reachability> {
  const clock = new SystemKisClock();
  const exchange = new KisExchange(clock, { maxAnswerBytes: 1_000_000, keepAlive: false }, proxies);
  const began = clock.monotonic();
  try {
    const url = new URL(origin);
    const result = await exchange.send({ method: 'HEAD', url, headers: {}, timeoutMs: TIMEOUT_MS });
    switch (result.kind) {
      case 'answered': {
        const at = Date.parse(result.headers.date ?? '');
        const skewSeconds = Number.isFinite(at) ? Math.round((at - clock.now()) / 1000) : null;
        return { tookMs: Math.round(clock.monotonic() - began), skewSeconds };
      }
      case 'timeout':
        throw new KisTimeoutError(
          `${origin} did not answer within ${TIMEOUT_MS / 1000} s. Check the network, a firewall and the configured address.`,
        );
      case 'unreachable':
        throw new KisUnavailableError(
          `${origin} cannot be reached (${result.reason}). ${connectionAdvice(result.cause, (option) => nameOption(option, null))}`,
          { cause: result.cause },
        );
      case 'broken':
        throw new KisBadResponseError(
          `${origin} answered with something that is not HTTP. Check the configured address and what listens there.`,
          { cause: result.cause },
        );
    }
  } finally {
    exchange.onApplicationShutdown();
  }
}

const TIMEOUT_MS = 10_000;

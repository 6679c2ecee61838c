import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { SystemKisClock } from '../clock';
import { KisTimeoutError, KisUnavailableError } from '../kis.errors';

const PATIENCE_MS = 10_000;

export interface Reachability {
  readonly tookMs: number;
  /** How far the brokerage's clock is ahead of this machine's; `null` when it does not tell. */
  readonly skewSeconds: number | null;
}

/**
 * Knocks at a KIS host: any answer counts, for it shows that name, network and TLS work. Sends neither key nor token.
 * @throws KisUnavailableError, KisTimeoutError
 */
export function reachKis(origin: string): Promise<Reachability> {
  const clock = new SystemKisClock();
  const request = origin.startsWith('https:') ? httpsRequest : httpRequest;
  const began = clock.monotonic();
  return new Promise((resolve, reject) => {
    const knock = request(origin, { method: 'HEAD', signal: AbortSignal.timeout(PATIENCE_MS) }, (answer) => {
      answer.resume();
      const at = Date.parse(answer.headers.date ?? '');
      const skewSeconds = Number.isFinite(at) ? Math.round((at - clock.now()) / 1000) : null;
      resolve({ tookMs: Math.round(clock.monotonic() - began), skewSeconds });
    });
    knock.on('error', (cause: NodeJS.ErrnoException) => {
      const late = cause.name === 'AbortError' || cause.name === 'TimeoutError';
      reject(
        late
          ? new KisTimeoutError(
              `${origin} did not answer within ${PATIENCE_MS / 1000} s. Check the network.`,
              { cause },
            )
          : new KisUnavailableError(
              `${origin} cannot be reached (${cause.code ?? cause.name}). Check the network, a firewall or KIS_BASE_URL.`,
              { cause },
            ),
      );
    });
    knock.end();
  });
}

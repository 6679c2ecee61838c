import { Agent, get } from 'node:http';
import type { AppConfig } from '../config/app-config';
import { isLoopback } from '../config/network';

const TIMEOUT_MS = 1000;
const LONGEST_BODY = 20_000;
/** Addresses that mean "all of this machine", and one at which such a server can be reached. */
const REACHED_AT: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

/** The response of the program that listens at HOST and PORT, which may be a different one. */
export interface ServiceResponse {
  readonly origin: string;
  readonly status: number;
  /** The body, which is JSON. */
  readonly body: unknown;
}

/** Calls the service that runs with these settings; `null` without one, or when the response is not JSON. */
export async function responseOfService(
  { host, port }: AppConfig,
  path: string,
): Promise<ServiceResponse | null> {
  const origin = `http://${REACHED_AT[host] ?? (host.includes(':') ? `[${host}]` : host)}:${port}`;
  try {
    const { status, text } = await read(`${origin}${path}`);
    return { origin, status, body: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

/**
 * The address of the simulator that the running service has started; `null` when no service with these settings runs,
 * or it runs without a simulator. An address that is not on this machine is ignored.
 */
export async function runningSimulator(config: AppConfig): Promise<string | null> {
  if (config.simulator === null) return null;
  const response = await responseOfService(config, '/simulator');
  return response?.status === 200 ? simulatorIn(response.body) : null;
}

/** Not `fetch`, which would send a request to this machine through a proxy when Node's own proxy switch is on. */
function read(url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = { agent: new Agent(), signal: AbortSignal.timeout(TIMEOUT_MS) };
    const request = get(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > LONGEST_BODY) response.destroy(new Error('The response is too long.'));
      });
      response.on('error', reject).on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    request.on('error', reject);
  });
}

function simulatorIn(body: unknown): string | null {
  const url: unknown = typeof body === 'object' && body !== null && 'url' in body ? body.url : null;
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  const { protocol, hostname, origin } = new URL(url);
  return protocol === 'http:' && isLoopback(hostname) && origin === url ? url : null;
}

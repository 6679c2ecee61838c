import { Agent, get } from 'node:http';
import type { AppConfig } from '../config/app-config';
import { isLoopback } from '../config/network';

const TIMEOUT_MS = 1000;
const LONGEST_ANSWER = 1000;
/** Addresses that mean "all of this machine", and one at which such a server can be reached. */
const REACHED_AT: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

/**
 * In the demo, the address of the simulator that the running service brought along; `null` when no service with these
 * settings runs, or it runs without one. Only an address of this machine is believed.
 */
export async function runningSimulator({ host, port, simulator }: AppConfig): Promise<string | null> {
  if (simulator === null) return null;
  const name = REACHED_AT[host] ?? (host.includes(':') ? `[${host}]` : host);
  try {
    return simulatorIn(JSON.parse(await textAt(`http://${name}:${port}/simulator`)));
  } catch {
    return null; // Nobody listens, or it is another program.
  }
}

/** Not by `fetch`, which would ask a proxy for an address of this machine when Node's own proxy switch is on. */
function textAt(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { agent: new Agent(), signal: AbortSignal.timeout(TIMEOUT_MS) };
    const request = get(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > LONGEST_ANSWER) response.destroy(new Error('The answer is too long.'));
      });
      response.on('error', reject).on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`HTTP ${response.statusCode ?? 0}`));
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

import { Agent, get } from 'node:http';
import { OrderMemory } from './order/order-memory';

const TIMEOUT_MS = 1000;
const LONGEST_PAGE = 100_000;

/**
 * Whether a simulator listens at this port of this machine that keeps its orders in this file. Two of them would write
 * over each other there. Resolves with `false` for any other program, and for one that does not answer within a second.
 */
export async function keepsOrdersIn(path: string, port: number): Promise<boolean> {
  try {
    const page = JSON.parse(await read(`http://127.0.0.1:${port}/__sim`)) as { readonly book?: unknown };
    return page.book === new OrderMemory(path).name;
  } catch {
    return false;
  }
}

/** Not `fetch`, which would send a request to this machine through a proxy when Node's own proxy switch is on. */
function read(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { agent: new Agent(), signal: AbortSignal.timeout(TIMEOUT_MS) };
    const request = get(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > LONGEST_PAGE) response.destroy(new Error('This is not the page of a simulator.'));
      });
      response.on('error', reject).on('end', () => {
        resolve(text);
      });
    });
    request.on('error', reject);
  });
}

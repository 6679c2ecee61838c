import { isIP } from 'node:net';
import { type IncomingCall, type Reply, jsonReply } from '../message';

/** What a browser says when it asks for a page of this simulator, or for the person who has typed the address. */
const OWN_SITES = ['', 'same-origin', 'none'];

/**
 * The answer to a control that a browser sends for a page of another site, or for a name of somebody else that leads
 * to this machine (DNS rebinding); `null` when the control may be used. Programs send neither header. The calls of KIS
 * are open to everybody: they have keys, as at KIS.
 */
export function refusedControl({ headers }: IncomingCall): Reply | null {
  const host = headers.get('host');
  if (!isOwnName(host)) {
    return refusal(421, 'The controls are not served under this name: use http://127.0.0.1 with the port.');
  }
  const origin = headers.get('origin');
  const isForeign = !OWN_SITES.includes(headers.get('sec-fetch-site'));
  if (!isForeign && (origin === '' || origin.toLowerCase() === `http://${host.toLowerCase()}`)) return null;
  return refusal(403, 'The controls are refused to pages of other sites: use a program, such as curl.');
}

/** Rebinding takes a name; an address leads nowhere else. */
function isOwnName(host: string): boolean {
  const [, bracketed, plain = ''] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(host) ?? [];
  const name = (bracketed ?? plain).toLowerCase();
  return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost');
}

function refusal(status: number, error: string): Reply {
  return jsonReply(status, { error }, '');
}

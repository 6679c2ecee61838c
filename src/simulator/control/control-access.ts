import { isIP } from 'node:net';
import { type IncomingCall, type Reply, jsonReply } from '../message';

/** Refuses requests that a browser sends on behalf of another site. */

/** `Sec-Fetch-Site` of programs (none), of the simulator's own page, and of an address that a person has typed. */
const OWN_SITES = ['', 'same-origin', 'none'];

/**
 * The response to a control that a browser sends for a page of another site, or under a foreign name that leads
 * to this machine (DNS rebinding); `null` when the control may be used. Programs send neither header.
 */
export function refusedControl({ headers }: IncomingCall): Reply | null {
  const host = headers.get('host');
  if (!isOwnName(host)) {
    return refusal(421, 'The controls are not served under this name: use http://127.0.0.1 with the port.');
  }
  const origin = headers.get('origin');
  const isOwn = origin === '' || origin.toLowerCase() === `http://${host.toLowerCase()}`;
  if (isOwn && !isFromAnotherSite(headers)) return null;
  return refusal(403, 'The controls are refused to pages of other sites: use a program, such as curl.');
}

/**
 * The response to a call of KIS that a browser sends for a page of another site; `null` for everything else. The demo
 * keys are no secret: such a page could use up the one token request of the minute.
 */
export function refusedCall({ headers }: IncomingCall): Reply | null {
  if (!isFromAnotherSite(headers)) return null;
  return refusal(403, 'Calls are refused to pages of other sites: use a program.');
}

function isFromAnotherSite(headers: IncomingCall['headers']): boolean {
  return !OWN_SITES.includes(headers.get('sec-fetch-site'));
}

/** DNS rebinding needs a name; an IP address always leads here. */
function isOwnName(host: string): boolean {
  const [, bracketed, plain = ''] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(host) ?? [];
  const name = (bracketed ?? plain).toLowerCase();
  return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost');
}

function refusal(status: number, error: string): Reply {
  return jsonReply(status, { error }, '');
}

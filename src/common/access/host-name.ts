import { isIP } from 'node:net';

/** A name or an address with an optional port, as in a `Host` header (RFC 9110, 7.2). */
const AUTHORITY = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}))(?::\d{0,5})?$/i;

/**
 * The name in a `Host` header in canonical form: without port and final dot, in lower case, IPv6 in brackets and its
 * shortest form. `null` if it is not a valid host.
 */
export function hostNameIn(authority: string): string | null {
  const [, address, name] = AUTHORITY.exec(authority) ?? [];
  if (address !== undefined) return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname : null;
  return name === undefined ? null : name.toLowerCase().replace(/\.$/, '');
}

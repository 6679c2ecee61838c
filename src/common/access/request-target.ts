import type { IncomingMessage } from 'node:http';
import { hostNameIn } from './host-name';

/** The host that a request is addressed to, or what is wrong with its headers. */
export type RequestTarget =
  { readonly fault: null; readonly name: string | null } | { readonly fault: string; readonly name: null };

/** The address of a request in absolute form, as for a proxy: `GET http://name/path`. */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;

/**
 * The host that a request is addressed to. There must be exactly one, in the `Host` header and in a request target in
 * absolute form (RFC 9112, 3.2). `null` for HTTP/1.0, where it is optional. Node exposes only the first of several
 * headers.
 */
export function requestTarget({ rawHeaders, httpVersion, url = '' }: IncomingMessage): RequestTarget {
  const hosts = rawHeaders.filter((_, index) => index % 2 === 1 && isHost(rawHeaders[index - 1]));
  if (hosts.length > 1) return { fault: 'There are several Host headers. Send one.', name: null };
  if (hosts.length === 0 && httpVersion !== '1.0')
    return { fault: 'The Host header is missing. HTTP/1.1 requires one.', name: null };
  const [, authority] = ABSOLUTE_FORM.exec(url) ?? [];
  const [name = null, other] = new Set(
    [...hosts, ...(authority === undefined ? [] : [authority])].map(hostNameIn),
  );
  if (other !== undefined) return { fault: 'Host header and address name different hosts.', name: null };
  if (name === null && hosts.length > 0)
    return { fault: 'The Host header does not contain a host name.', name: null };
  return { fault: null, name };
}

function isHost(name: string | undefined): boolean {
  return name?.toLowerCase() === 'host';
}

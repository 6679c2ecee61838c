import type { IncomingMessage } from 'node:http';
import { hostNameIn } from './host-name';

const HOST = 'host';

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
  let host: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (!isHost(rawHeaders[index])) continue;
    if (host !== undefined) return { fault: 'There are several Host headers. Send one.', name: null };
    host = rawHeaders[index + 1] ?? '';
  }
  if (host === undefined && httpVersion !== '1.0')
    return { fault: 'The Host header is missing. HTTP/1.1 requires one.', name: null };
  const name = host === undefined ? null : hostNameIn(host);
  const authority = url.startsWith('/') ? undefined : ABSOLUTE_FORM.exec(url)?.[1];
  const named = authority === undefined ? name : hostNameIn(authority);
  if (host !== undefined && named !== name)
    return { fault: 'Host header and address name different hosts.', name: null };
  if (host !== undefined && name === null)
    return { fault: 'The Host header does not contain a host name.', name: null };
  return { fault: null, name: named };
}

function isHost(name: string | undefined): boolean {
  return name?.length === HOST.length && name.toLowerCase() === HOST;
}

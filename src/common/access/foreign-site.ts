import type { IncomingHttpHeaders } from 'node:http';

/** Values of `Sec-Fetch-Site` for requests of our own pages and for typed addresses. */
const OWN_SITES: ReadonlySet<string | undefined> = new Set([undefined, 'same-origin', 'none']);

/**
 * Whether a browser sends a request for a page of another site (Fetch Metadata; RFC 6454). `same-site` counts as
 * foreign too, since another port of this machine is another program. Clients other than browsers send neither header.
 *
 * @param isOwnName whether a name is one under which a proxy serves this API while it changes the `Host` header
 */
export function isForeignSite(headers: IncomingHttpHeaders, isOwnName: (name: string) => boolean): boolean {
  const { origin, host = '' } = headers;
  const site = headers['sec-fetch-site'];
  if (!OWN_SITES.has(site)) return true;
  if (origin === undefined || isSameOrigin(origin, host)) return false;
  return !(site === 'same-origin' && URL.canParse(origin) && isOwnName(new URL(origin).hostname));
}

/** The scheme may differ, because a proxy may terminate TLS. */
function isSameOrigin(origin: string, host: string): boolean {
  const [, scheme, theirs = ''] = /^(https?:)\/\/([^/\s@]+)$/i.exec(origin) ?? [];
  const [page, here] = [`${scheme}//${theirs}`, `${scheme}//${host}`];
  return (
    scheme !== undefined &&
    URL.canParse(page) &&
    URL.canParse(here) &&
    new URL(page).host === new URL(here).host
  );
}

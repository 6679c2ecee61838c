import type { IncomingHttpHeaders } from 'node:http';

/** What a browser says when it asks on behalf of our own pages, or of the person who has typed the address. */
const OWN_SITES: ReadonlySet<string | undefined> = new Set([undefined, 'same-origin', 'none']);

/**
 * Whether a browser sends a request on behalf of a page that is not ours (Fetch Metadata; RFC 6454). Another port of
 * this machine is another program: `same-site` is foreign too. Programs other than browsers send neither header.
 *
 * @param isOwnName whether a name is one under which this API is served by a proxy that changes the `Host` header
 */
export function isForeignSite(headers: IncomingHttpHeaders, isOwnName: (name: string) => boolean): boolean {
  const { origin, host = '' } = headers;
  const site = headers['sec-fetch-site'];
  if (!OWN_SITES.has(site)) return true;
  if (origin === undefined || isSameOrigin(origin, host)) return false;
  return !(site === 'same-origin' && URL.canParse(origin) && isOwnName(new URL(origin).hostname));
}

/** The scheme may differ: it is a proxy that speaks https. */
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

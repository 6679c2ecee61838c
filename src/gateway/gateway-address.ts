import type { KisTradingMode } from '../kis';

/** The paths of the gateway at the address of the API. */
export const PREFIXES: Readonly<Record<KisTradingMode, string>> = { REAL: '/kis/real', MOCK: '/kis/mock' };

/** A request target as a client writes it for an HTTP proxy (RFC 9112 section 3.2.2). */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)/i;

/** The part of a request target that names the host; `null` in the usual form, which starts with the path. */
export function authorityIn(target: string): string | null {
  return target.startsWith('/') ? null : (ABSOLUTE_FORM.exec(target)?.[1] ?? null);
}

/** A request target without scheme and host. */
export function originForm(target: string): string {
  return target.startsWith('/') ? target : rooted(target.replace(ABSOLUTE_FORM, ''));
}

/** Trading mode, and path as at KIS, of a request target at the address of the API; `null` when it is not below a prefix. */
export function routeOf(target: string): { readonly mode: KisTradingMode; readonly path: string } | null {
  const url = originForm(target);
  if (!url.startsWith('/kis/')) return null;
  for (const mode of ['REAL', 'MOCK'] as const) {
    const prefix = PREFIXES[mode];
    const rest = url.startsWith(prefix) ? url.slice(prefix.length) : null;
    if (rest !== null && /^([/?]|$)/.test(rest)) return { mode, path: rooted(rest) };
  }
  return null;
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

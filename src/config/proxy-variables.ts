import { Proxy, ProxyRules } from '../kis';
import type { VariableReader } from './variable-reader';

/** The variables, as for curl: the lower-case name takes precedence. */
const HTTPS = ['https_proxy', 'HTTPS_PROXY'];
const HTTP = ['http_proxy', 'HTTP_PROXY'];
const ALL = ['all_proxy', 'ALL_PROXY'];
const EXCEPT = ['no_proxy', 'NO_PROXY'];

const RULE =
  'must be http://host:port or https://host:port of an HTTP proxy, with user:password@ before the host if it requires a login; SOCKS is not supported.';

interface Found {
  readonly name: string;
  readonly value: string;
}

/** The proxies to KIS; `null` for direct connections. */
export function readProxies(reader: VariableReader): ProxyRules | null {
  const https = usable(reader, firstSet(reader, HTTPS)) ?? fallback(reader);
  const http = usable(reader, firstSet(reader, HTTP));
  if (https === null && http === null) return null;
  return new ProxyRules({
    https: https ?? '',
    http: http ?? '',
    except: firstSet(reader, EXCEPT)?.value ?? '',
  });
}

function usable(reader: VariableReader, found: Found | null): string | null {
  if (found === null || isProxy(found.value)) return found?.value ?? null;
  reader.problem(found.name, RULE);
  return null;
}

/** Desktops set ALL_PROXY for all programs, often to SOCKS, which must not prevent a start. */
function fallback(reader: VariableReader): string | null {
  const found = firstSet(reader, HTTPS) ? null : firstSet(reader, ALL);
  if (found === null || isProxy(found.value)) return found?.value ?? null;
  reader.warn(
    found.name,
    'names no HTTP proxy, and no other kind is supported: connections to KIS are direct. For a proxy, set HTTPS_PROXY.',
  );
  return null;
}

function isProxy(value: string): boolean {
  try {
    return new Proxy(value).place !== '';
  } catch {
    return false;
  }
}

function firstSet(reader: VariableReader, names: readonly string[]): Found | null {
  for (const name of names) {
    const value = reader.text(name);
    if (value !== null) return { name, value };
  }
  return null;
}

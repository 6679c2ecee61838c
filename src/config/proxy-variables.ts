import { Proxy, ProxyRules } from '../kis';
import type { VariableReader } from './variable-reader';

/** Which variables are read, as by curl: the small spelling counts first. */
const HTTPS = ['https_proxy', 'HTTPS_PROXY'];
const HTTP = ['http_proxy', 'HTTP_PROXY'];
const ALL = ['all_proxy', 'ALL_PROXY'];
const EXCEPT = ['no_proxy', 'NO_PROXY'];

const RULE =
  'must be http://host:port or https://host:port of an HTTP proxy, with user:password@ before the host where it wants them; SOCKS is not supported.';

interface Found {
  readonly name: string;
  readonly value: string;
}

/** The way out to KIS; `null` when it is direct. */
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

/** Desktops set it for all programs, often to SOCKS: no reason not to start. */
function fallback(reader: VariableReader): string | null {
  const found = firstSet(reader, HTTPS) ? null : firstSet(reader, ALL);
  if (found === null || isProxy(found.value)) return found?.value ?? null;
  reader.warn(
    found.name,
    'names no HTTP proxy, and no other kind is supported: KIS is connected to directly. For a proxy set HTTPS_PROXY.',
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

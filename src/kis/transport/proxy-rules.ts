import { BlockList, isIP } from 'node:net';
import { Proxy } from './proxy';

/** Which proxy a request uses, if any. Immutable. */
export class ProxyRules {
  private readonly byProtocol: Readonly<Record<string, Proxy | null>>;
  private readonly except: NoProxy;

  /** @throws KisInvalidRequestError for a proxy that cannot be one. */
  constructor({ https = '', http = '', except = '' }: ProxyOptions = {}) {
    this.byProtocol = {
      'https:': https === '' ? null : new Proxy(https),
      'http:': http === '' ? null : new Proxy(http),
    };
    this.except = new NoProxy(except);
  }

  /**
   * The proxy for a URL; `null`: connect directly. An address of this machine is reached only through a proxy that is
   * on this machine too: any other proxy could not connect to it, and would read the request.
   */
  for(url: URL): Proxy | null {
    const proxy = this.byProtocol[url.protocol] ?? null;
    if (proxy === null || this.except.matches(url)) return null;
    return isLoopback(url.hostname) && !isLoopback(proxy.hostname) ? null : proxy;
  }

  /** The secrets in the URLs, for the redactor. */
  get passwords(): string[] {
    return Object.values(this.byProtocol)
      .map((proxy) => proxy?.password ?? '')
      .filter((password) => password !== '');
  }
}

/** Which proxies are used, in the form of the usual variables; empty or missing: none. */
export interface ProxyOptions {
  /** As `HTTPS_PROXY`: for `https://` addresses, so for KIS. */
  readonly https?: string;
  /** As `HTTP_PROXY`: for `http://` addresses, which are on this machine. */
  readonly http?: string;
  /** As `NO_PROXY`: hosts that are connected to directly. */
  readonly except?: string;
}

/**
 * `NO_PROXY` by the rules of curl: names separated by commas or blanks; a name matches itself and all its subdomains, with
 * or without a dot before it; addresses and networks (`10.0.0.0/8`) match addresses; `*` alone matches everything.
 * Beyond curl a name may have a port (`host:9443`), as other programs support it.
 */
class NoProxy {
  private readonly everything: boolean;
  private readonly addresses = new BlockList();
  private readonly names: readonly { readonly host: string; readonly port: string | null }[];

  constructor(text: string) {
    const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
    this.everything = entries.length === 1 && entries[0] === '*';
    this.names = entries.filter((entry) => !this.addAddress(entry)).map(nameIn);
  }

  matches(url: URL): boolean {
    if (this.everything) return true;
    const host = bare(url.hostname);
    const version = isIP(host);
    if (version !== 0 && this.addresses.check(host, version === 6 ? 'ipv6' : 'ipv4')) return true;
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    return this.names.some(
      (name) =>
        (name.port === null || name.port === port) &&
        (host === name.host || (version === 0 && host.endsWith(`.${name.host}`))),
    );
  }

  /** Whether it was an address or a network. */
  private addAddress(entry: string): boolean {
    const [address = '', prefix, ...rest] = entry.split('/');
    const host = bare(address);
    const version = isIP(host);
    if (version === 0 || rest.length > 0) return false;
    const family = version === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) {
      this.addresses.addAddress(host, family);
      return true;
    }
    if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (version === 6 ? 128 : 32)) return false;
    this.addresses.addSubnet(host, Number(prefix), family);
    return true;
  }
}

function nameIn(entry: string): { host: string; port: string | null } {
  const match = /^(.*?)(?::(\d+))?$/.exec(entry);
  return { host: bare(match?.[1] ?? entry).replace(/^\./, ''), port: match?.[2] ?? null };
}

/** Without brackets and a dot at the end, in lower case. */
function bare(host: string): string {
  return host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

function isLoopback(hostname: string): boolean {
  const host = bare(hostname);
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    (isIP(host) === 4 && host.startsWith('127.'))
  );
}

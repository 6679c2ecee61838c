import type { KisConfiguration } from './kis.options';
import { TRADING_MODES } from './protocol/trading-mode';

/** An address to which keys and tokens are sent. */
export interface KisDestination {
  /** Scheme, host and port. */
  readonly origin: string;
  /** The accounts whose keys and tokens go there. */
  readonly aliases: readonly string[];
  /** Whether it is one of the brokerage's own hosts. */
  readonly isKis: boolean;
  /** The proxy on the way, without its login; `null`: none. */
  readonly proxy: string | null;
}

/** Whether an address is one of the brokerage's own hosts, of whichever mode. */
export function isKisHost(url: string): boolean {
  const { origin } = new URL(url);
  return Object.values(TRADING_MODES).some((mode) => [mode.origin, mode.websocketOrigin].includes(origin));
}

/** A destination in words, for logs: address, accounts and proxy. */
export function describeDestination({ origin, aliases, proxy }: KisDestination): string {
  return `${origin} for ${aliases.join(', ')}, ${proxy === null ? 'directly' : `through the proxy ${proxy}`}`;
}

/** Where keys and tokens are sent, each address once. */
export function destinationsOf({ accounts, proxies }: KisConfiguration): KisDestination[] {
  const origins = [...new Set(accounts.map(({ credential }) => credential.origin))];
  return origins.map((origin) => ({
    origin,
    aliases: accounts.filter(({ credential }) => credential.origin === origin).map(({ alias }) => alias),
    isKis: isKisHost(origin),
    proxy: proxies.for(new URL(origin))?.place ?? null,
  }));
}

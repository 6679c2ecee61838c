import { isIPv6 } from 'node:net';

/** This many wrong keys within this time … */
const MOST_TRIES = 10;
const WITHIN_MS = 60_000;
/** … and the address gets 429 for this long. */
const BLOCKED_MS = 60_000;
/** A client with more addresses than this evicts the counts of others, and still gets only ten tries a minute for each. */
const MOST_ADDRESSES = 10_000;

/** Monotonic milliseconds. */
interface Tries {
  readonly at: readonly number[];
  readonly blockedUntil: number;
}

/** Counts wrong keys by client address, so that a key cannot be found by guessing. */
export class WrongKeys {
  private readonly byAddress = new Map<string, Tries>();

  /** @param now monotonic milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Milliseconds for which the address still gets 429; 0 when it does not. */
  blockedForMs(address: string): number {
    return Math.max(0, (this.byAddress.get(networkOf(address))?.blockedUntil ?? 0) - this.now());
  }

  /** Counts one more wrong key. */
  add(address: string): void {
    const now = this.now();
    const network = networkOf(address);
    const known = this.byAddress.get(network);
    const at = [...(known?.at.filter((time) => now - time < WITHIN_MS) ?? []), now];
    const tries =
      at.length < MOST_TRIES ? { at, blockedUntil: 0 } : { at: [], blockedUntil: now + BLOCKED_MS };
    this.byAddress.delete(network);
    this.byAddress.set(network, tries);
    this.forgetOldest();
  }

  private forgetOldest(): void {
    if (this.byAddress.size <= MOST_ADDRESSES) return;
    for (const oldest of this.byAddress.keys()) {
      this.byAddress.delete(oldest);
      return;
    }
  }
}

/** Loopback addresses, IPv6 and IPv4, the latter also in IPv4-mapped form. */
const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

/** Addresses that usually belong to one client: all of loopback, and an IPv6 network (/64). */
function networkOf(address: string): string {
  if (LOOPBACK.test(address)) return 'loopback';
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...(tail ? tail.split(':') : [])];
  return all.slice(0, 4).join(':');
}

import { isIPv6 } from 'node:net';

/** So many wrong keys within so long a time … */
const MOST_TRIES = 10;
const WITHIN_MS = 60_000;
/** … and nobody at the address is listened to for this long. */
const BLOCKED_MS = 60_000;
/** Who has more addresses than this overwrites the counts of others, and still waits a minute for each ten tries. */
const MOST_ADDRESSES = 10_000;

/** Monotonic milliseconds. */
interface Tries {
  readonly at: readonly number[];
  readonly blockedUntil: number;
}

/** Counts wrong keys by the address that they come from, so that a key cannot be found by trying. */
export class WrongKeys {
  private readonly byAddress = new Map<string, Tries>();

  /** @param now monotonic milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** For how many milliseconds the address is not listened to; 0 when it is. */
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

/** Whoever has one IPv6 address usually has the whole /64 around it. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...(tail ? tail.split(':') : [])];
  return all.slice(0, 4).join(':');
}

import { inspect } from 'node:util';
import { fingerprintOf } from '../masking';

/**
 * An access token and its dates; immutable. Printing one, as text, JSON or in a debugger, never shows the token:
 * read {@link accessToken} or {@link authorization}.
 */
export class KisToken {
  readonly tokenType: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  /** Epoch milliseconds; the earliest of the expiries that KIS stated. */
  readonly expiresAt: number;
  /** When the scheduled job is to renew it; epoch milliseconds. */
  readonly refreshAt: number;
  readonly generation: number;
  readonly owner: string;
  readonly uptime: TokenUptime | null;
  /** Identifies the token without revealing it: 16 hexadecimal characters of a hash. */
  readonly fingerprint: string;
  readonly #accessToken: string;
  /** The value of the `authorization` header: `Bearer eyJ0…`. Made once, because every request needs it. */
  readonly #authorization: string;

  constructor(parts: KisTokenParts) {
    this.#accessToken = parts.accessToken;
    this.#authorization = `${parts.tokenType} ${parts.accessToken}`;
    this.tokenType = parts.tokenType;
    this.issuedAt = parts.issuedAt;
    this.expiresAt = parts.expiresAt;
    this.refreshAt = parts.refreshAt;
    this.generation = parts.generation;
    this.owner = parts.owner;
    this.uptime = parts.uptime ?? null;
    this.fingerprint = fingerprintOf(parts.accessToken);
    Object.freeze(this);
  }

  /** The token itself: a secret. */
  get accessToken(): string {
    return this.#accessToken;
  }

  /** The value of the `authorization` header, `Bearer eyJ0…`: a secret. */
  get authorization(): string {
    return this.#authorization;
  }

  /** Its whole life in seconds, as `expires_in` has it. */
  get lifetimeSeconds(): number {
    return Math.max(0, Math.round((this.expiresAt - this.issuedAt) / 1000));
  }

  /**
   * Whether less than `bufferSeconds` are left at `now` (default: the platform's clock). A token with exactly the
   * buffer left is not expired yet.
   */
  isExpired(bufferSeconds = 300, now: Date = new Date()): boolean {
    return this.expiresAt - now.getTime() < bufferSeconds * 1000;
  }

  /** When KIS stops accepting it. */
  getExpiryDatetime(): Date {
    return new Date(this.expiresAt);
  }

  with(change: Partial<KisTokenParts>): KisToken {
    return new KisToken({
      accessToken: this.#accessToken,
      tokenType: this.tokenType,
      issuedAt: this.issuedAt,
      expiresAt: this.expiresAt,
      refreshAt: this.refreshAt,
      generation: this.generation,
      owner: this.owner,
      uptime: this.uptime,
      ...change,
    });
  }

  toJSON(): Record<string, unknown> {
    return {
      fingerprint: this.fingerprint,
      generation: this.generation,
      issuedAt: isoOrNull(this.issuedAt),
      expiresAt: isoOrNull(this.expiresAt),
    };
  }

  toString(): string {
    return `KisToken(${this.fingerprint} until ${isoOrNull(this.expiresAt) ?? 'unknown'})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** A token with less left is not served: the call could reach KIS too late. */
export const TOKEN_MARGIN_MS = 10_000;

/** The end of a token by a clock that cannot be set; see `KisClock.monotonic`. */
export interface TokenUptime {
  /** The boot of the machine that `endsAt` counts from: on another one it is meaningless. */
  readonly bootId: string;
  /** Monotonic milliseconds. */
  readonly endsAt: number;
}

/** The parts from which a {@link KisToken} is built; times in epoch milliseconds. */
export interface KisTokenParts {
  /** The token itself. */
  readonly accessToken: string;
  /** As KIS named it: `Bearer`. */
  readonly tokenType: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** When the scheduled job is to renew it; epoch milliseconds. */
  readonly refreshAt: number;
  /** Rises with each token of a credential; 0 for a token that another program stored. */
  readonly generation: number;
  /** {@link KisCredential.id} of the credential that the token belongs to. */
  readonly owner: string;
  /** `null`, the default: not known. */
  readonly uptime?: TokenUptime | null;
}

function isoOrNull(epochMs: number): string | null {
  return Number.isFinite(epochMs) ? new Date(epochMs).toISOString() : null;
}

import { maskAccountNumbers } from './account-numbers';
import { SecretParts, type SecretKind } from './secret-parts';
import { redactShapes } from './secret-shapes';

/** The secrets that a {@link Redactor} must never let through as a whole. */
export interface KnownSecrets {
  /** App secrets, passwords and the like. */
  readonly secrets: readonly string[];
  /** At most ten characters of each may be shown. */
  readonly appKeys: readonly string[];
  /** At most four digits of each may be shown. */
  readonly accountNumbers: readonly string[];
}

/** Two, because the previous token may still appear in answers on their way. */
const REMEMBERED = 2;

/**
 * Redacts secrets, tokens, keys and account numbers in text that leaves the process: those in use, of which at most ten
 * characters in a row remain (four digits of an account number), and anything else with their shape. One instance
 * serves a whole process; further secrets may be added at any time. Printing it shows nothing.
 */
export class Redactor {
  readonly #lasting = new Map<string, SecretKind>();
  readonly #current = new Map<string, readonly string[]>();
  readonly #accountNumbers = new Set<string>();
  /** Created on first use, so that programs that print nothing never pay for it. */
  #parts: SecretParts | null = null;
  /** Number of forgotten tokens that are still among the parts. */
  #outdated = 0;

  constructor(known?: KnownSecrets) {
    if (known) this.know(known);
  }

  /** Adds secrets that stay in use. */
  know({ secrets, appKeys, accountNumbers }: KnownSecrets): void {
    for (const secret of secrets) this.#keep('secret', secret);
    for (const appKey of appKeys) this.#keep('app key', appKey);
    for (const number of accountNumbers) this.#accountNumbers.add(number);
  }

  /** Adds a token under a name. The last two of each name are remembered. */
  knowToken(name: string, token: string): void {
    const known = this.#current.get(name) ?? [];
    if (known.includes(token)) return;
    this.#current.set(name, [token, ...known].slice(0, REMEMBERED));
    this.#parts?.add('token', token);
    this.#outdated += known.length < REMEMBERED ? 0 : 1;
    if (this.#outdated > this.#current.size) this.#parts = null;
  }

  redact(text: string): string {
    this.#parts ??= this.#collect();
    return redactShapes(maskAccountNumbers(this.#parts.redact(text), this.#accountNumbers));
  }

  #keep(kind: SecretKind, secret: string): void {
    this.#lasting.set(secret, kind);
    this.#parts?.add(kind, secret);
  }

  #collect(): SecretParts {
    const parts = new SecretParts();
    this.#outdated = 0;
    for (const token of [...this.#current.values()].flat()) parts.add('token', token);
    for (const [secret, kind] of this.#lasting) parts.add(kind, secret);
    return parts;
  }
}

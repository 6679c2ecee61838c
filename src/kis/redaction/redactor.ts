import { maskAccountNumbers } from './account-numbers';
import { SecretParts, type SecretKind } from './secret-parts';
import { redactShapes } from './secret-shapes';

/** What must never be printed as a whole. */
export interface KnownSecrets {
  readonly secrets: readonly string[];
  readonly appKeys: readonly string[];
  readonly accountNumbers: readonly string[];
}

/** The token before the current one may still be in answers that are under way. */
const REMEMBERED = 2;

/**
 * Takes secrets, tokens, keys and account numbers out of text that leaves the process: those that are in use, of
 * which at most ten characters in a row stay (four digits of an account number), and whatever else has their shape.
 * One instance serves a whole process; it may be told of further secrets at any time. Printing it shows nothing.
 */
export class Redactor {
  readonly #lasting = new Map<string, SecretKind>();
  readonly #current = new Map<string, readonly string[]>();
  readonly #accountNumbers = new Set<string>();
  /** Made when it is first needed: programs that print nothing never pay for it. */
  #parts: SecretParts | null = null;
  /** Tokens that are still among the parts, although they are remembered no more. */
  #outdated = 0;

  constructor(known?: KnownSecrets) {
    if (known) this.know(known);
  }

  /** Secrets that stay in use. */
  know({ secrets, appKeys, accountNumbers }: KnownSecrets): void {
    for (const secret of secrets) this.#keep('secret', secret);
    for (const appKey of appKeys) this.#keep('app key', appKey);
    for (const number of accountNumbers) this.#accountNumbers.add(number);
  }

  /** A token that takes the place of the last one with this name. Of each name the last two are remembered. */
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

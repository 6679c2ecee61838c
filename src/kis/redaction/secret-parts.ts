import { maskAppKey } from '../masking';

/** No more characters in a row of a key, a secret or a token are ever shown. */
const LONGEST_SHOWN = 10;
/** A part of this length reveals its secret; every longer part contains one. */
const PART = LONGEST_SHOWN + 1;
/** A shorter secret would redact ordinary words in every text, and protects nothing anyway. */
const SHORTEST = 6;

export type SecretKind = 'app key' | 'secret' | 'token';

const REPLACEMENTS = { 'app key': '…', secret: '[secret]', token: '[token]' } as const;

/** Finds secrets in a text, whole, cut short at either end, and as they are written in URLs and JSON. */
export class SecretParts {
  /** The replacement of a run that begins with this part. */
  private readonly parts = new Map<string, string>();
  private readonly short = new Map<string, string>();

  add(kind: SecretKind, secret: string): void {
    for (const spelling of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]))
      this.addSpelling(kind, spelling);
  }

  redact(text: string): string {
    let left = text;
    for (const [secret, replacement] of this.short) left = left.replaceAll(secret, () => replacement);
    return this.parts.size === 0 ? left : this.withoutParts(left);
  }

  private addSpelling(kind: SecretKind, secret: string): void {
    const beginning = kind === 'app key' ? maskAppKey(secret) : REPLACEMENTS[kind];
    if (secret.length < PART) {
      if (secret.length >= SHORTEST) this.short.set(secret, beginning);
      return;
    }
    for (let at = 0; at + PART <= secret.length; at += 1) {
      this.parts.set(secret.slice(at, at + PART), at === 0 ? beginning : REPLACEMENTS[kind]);
    }
  }

  private withoutParts(text: string): string {
    let redacted = '';
    let done = 0;
    for (let at = 0; at + PART <= text.length; at += 1) {
      const replacement = this.parts.get(text.slice(at, at + PART));
      if (replacement === undefined) continue;
      redacted += text.slice(done, at) + replacement;
      done = this.endOfRun(text, at);
      at = done - 1;
    }
    return done === 0 ? text : redacted + text.slice(done);
  }

  /** Where the part of a secret that begins here ends. */
  private endOfRun(text: string, begin: number): number {
    let end = begin + PART;
    while (end < text.length && this.parts.has(text.slice(end + 1 - PART, end + 1))) end += 1;
    return end;
  }
}

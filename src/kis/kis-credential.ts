import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { fingerprintOf, maskAppKey } from './masking';
import { nameAsOption, type KisNamedOption } from './option-names';
import type { KisTradingMode } from './protocol/trading-mode';
import { Redactor } from './redaction/redactor';

export interface KisCredentialParts {
  readonly mode: KisTradingMode;
  /** Where calls go: scheme, host and port. */
  readonly baseUrl: string;
  readonly appKey: string;
  readonly appSecret: string;
  /** What the token belongs to; the origin of `baseUrl` unless the address is not the identity. */
  readonly realm?: string;
  /** Redacts the secrets of this process; default: those of this credential only. */
  readonly redactor?: Redactor;
  /** The account that log lines name; default: none, because there is no other. */
  readonly alias?: string;
  /** What messages call an option of its account; default: the name of the option. */
  readonly nameOption?: (option: KisNamedOption) => string;
}

/**
 * One app key at one KIS host: what a token belongs to. Two credentials never share a token; two accounts with
 * the same credential do. Printing one shows ten characters of the key and nothing of the secret.
 */
export class KisCredential {
  readonly mode: KisTradingMode;
  readonly origin: string;
  /** 64 hexadecimal characters; equal exactly when mode, host and app key are equal. Reveals nothing about the key. */
  readonly id: string;
  /** The part of a file name that identifies the credential: `PStoMm5NMd_mock`. */
  readonly fileStem: string;
  /** Distinguishes this secret from another one of the same key, without revealing it. */
  readonly secretFingerprint: string;
  /** Redacts this secret, its tokens and all others in use from messages of KIS. */
  readonly redactor: Redactor;
  /** The account that log lines name; `null` where there is only one. */
  readonly alias: string | null;
  /** What messages call an option of its account. */
  readonly nameOption: (option: KisNamedOption) => string;
  readonly #appKey: string;
  readonly #appSecret: string;

  constructor(parts: KisCredentialParts) {
    this.mode = parts.mode;
    this.origin = new URL(parts.baseUrl).origin;
    this.#appKey = parts.appKey;
    this.#appSecret = parts.appSecret;
    this.alias = parts.alias ?? null;
    this.nameOption = parts.nameOption ?? ((option) => nameAsOption(option, this.alias));
    this.fileStem = `${parts.appKey.slice(0, 10).replace(/[^A-Za-z0-9-]/g, '_')}_${parts.mode.toLowerCase()}`;
    this.secretFingerprint = fingerprintOf(parts.appSecret);
    this.redactor = parts.redactor ?? new Redactor();
    this.redactor.know({ secrets: [parts.appSecret], appKeys: [parts.appKey], accountNumbers: [] });
    const keyHash = createHash('sha256').update(parts.appKey).digest('hex');
    this.id = createHash('sha256')
      .update(JSON.stringify([parts.mode, parts.realm ?? this.origin, keyHash]))
      .digest('hex');
  }

  get appKey(): string {
    return this.#appKey;
  }

  get appSecret(): string {
    return this.#appSecret;
  }

  get maskedAppKey(): string {
    return maskAppKey(this.#appKey);
  }

  toJSON(): Record<string, string> {
    return { mode: this.mode, origin: this.origin, appKey: this.maskedAppKey };
  }

  [inspect.custom](): string {
    return `KisCredential(${this.maskedAppKey} ${this.mode} ${this.origin})`;
  }
}

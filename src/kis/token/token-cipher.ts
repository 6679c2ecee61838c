import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import type { KisCredential } from '../kis-credential';
import { KisInvalidRequestError } from '../kis.errors';

/**
 * Encrypts tokens at rest: AES-256-GCM with a fresh nonce each time, bound to the credential, so that neither a changed
 * text nor one of another credential can be decrypted. Without a key texts are not encrypted.
 */
export class TokenCipher {
  readonly #encryptionKey: CipherKey | null;
  readonly #decryptionKeys: readonly CipherKey[];

  /**
   * @param keys base64 of 32 bytes; several separated by commas: the first encrypts, all of them decrypt. Nothing
   * before the first comma: encrypted tokens are read, but tokens are written without encryption. Empty: no encryption.
   * @throws KisInvalidRequestError for anything else.
   */
  constructor(keys = '') {
    const parts = keys.split(',').map((part) => part.trim());
    this.#decryptionKeys = parts.filter((part) => part !== '').map(keyFrom);
    this.#encryptionKey = parts[0] === '' ? null : (this.#decryptionKeys[0] ?? null);
  }

  /** Whether what is written is encrypted. */
  get encrypts(): boolean {
    return this.#encryptionKey !== null;
  }

  toJSON(): object {
    return { encrypts: this.encrypts };
  }

  encrypt(text: string, credential: KisCredential): string {
    if (!this.#encryptionKey) return text;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#encryptionKey.key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(credential.id));
    const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const envelope: Envelope = {
      encryption: 'AES-256-GCM',
      owner: credential.id,
      key: this.#encryptionKey.name,
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      data: data.toString('base64'),
    };
    return `${JSON.stringify(envelope, null, 2)}\n`;
  }

  /** Never throws. */
  decrypt(text: string, credential: KisCredential): DecryptedText {
    const envelope = envelopeIn(text);
    if (!envelope) return { text, outdated: this.#encryptionKey ? NOW_ENCRYPTED : null };
    const key = this.#decryptionKeys.find(({ name }) => name === envelope.key);
    const opened = key ? decipher(envelope, key) : '';
    if (opened === null) return { undecryptable: 'it is encrypted, and has been changed since' };
    if (envelope.owner !== credential.id) return { whose: 'another key, mode or host' };
    if (!key) {
      const option = credential.nameOption('tokenCipher');
      return {
        undecryptable: this.#decryptionKeys.length === 0 ? withoutKey(option) : withAnotherKey(option),
      };
    }
    return { text: opened, outdated: this.outdatedIn(key) };
  }

  private outdatedIn({ name }: CipherKey): string | null {
    if (!this.#encryptionKey) return 'it was encrypted, now it is not';
    return name === this.#encryptionKey.name
      ? null
      : 'it was encrypted with an older key, now it is with the first one';
  }
}

/** Every encrypted text contains it. A text that does not is plain. */
export const ENVELOPE_MARK = '"encryption"';
const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{43}=$/;

interface CipherKey {
  readonly key: KeyObject;
  /** Identifies the key without revealing it. */
  readonly name: string;
}

/** An encrypted text as it is stored. */
interface Envelope {
  readonly encryption: 'AES-256-GCM';
  /** The credential to which it is bound. */
  readonly owner: string;
  readonly key: string;
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
}

export type DecryptedText =
  /** `outdated`: why it is to be written again with the current settings; `null` when it need not be. */
  | { readonly text: string; readonly outdated: string | null }
  /** Why it cannot be decrypted, and the remedy. */
  | { readonly undecryptable: string }
  /** It belongs to another app key. */
  | { readonly whose: string };

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

const NOW_ENCRYPTED = 'it was not encrypted, now it is; programs without the key can no longer read it';
const withoutKey = (option: string): string =>
  `it is encrypted, and ${option} is not set. Set the key again; to go on without encryption, ` +
  'write a comma before the key and start once';
const withAnotherKey = (option: string): string =>
  `it is encrypted with another key than that of ${option}. Set that key again; to change keys, ` +
  'write the new one, a comma and the old one';

function keyFrom(text: string): CipherKey {
  if (!BASE64_OF_32_BYTES.test(text)) {
    throw new KisInvalidRequestError(
      `An encryption key must be ${KEY_BYTES} bytes in base64. Make one with: openssl rand -base64 ${KEY_BYTES}`,
    );
  }
  const bytes = Buffer.from(text, 'base64');
  const name = createHash('sha256').update('kis token key ').update(bytes).digest('hex').slice(0, 8);
  return { key: createSecretKey(bytes), name };
}

function envelopeIn(text: string): Envelope | null {
  if (!text.includes(ENVELOPE_MARK)) return null;
  try {
    const envelope = JSON.parse(text) as Partial<Record<keyof Envelope, unknown>>;
    const { encryption, owner, key, iv, tag, data } = envelope;
    const whole = [owner, key, iv, tag, data].every((part) => typeof part === 'string');
    return encryption === 'AES-256-GCM' && whole ? (envelope as Envelope) : null;
  } catch {
    return null;
  }
}

/** `null` when anything in it was changed, the owner included. */
function decipher(envelope: Envelope, { key }: CipherKey): string | null {
  try {
    const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(envelope.iv, 'base64'), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(envelope.owner));
    decipher.setAuthTag(Buffer.from(envelope.tag, 'base64'));
    return decipher.update(envelope.data, 'base64', 'utf8') + decipher.final('utf8');
  } catch {
    return null;
  }
}

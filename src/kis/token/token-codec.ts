import type { KisCredential } from '../kis-credential';
import type { KisTokenPolicy } from '../kis.options';
import { decodeTokenFile, encodeTokenFile, type TokenFileReading } from './file/token-file';
import type { KisToken } from './kis-token';
import type { TokenCipher } from './token-cipher';

export type TokenReading =
  /** `outdated` is why it is to be written anew; `null` when it is in the form in which this process writes. */
  | { readonly token: KisToken; readonly outdated: string | null }
  | Exclude<TokenFileReading, { readonly token: KisToken }>
  /** Why it cannot be decrypted, and what to do. */
  | { readonly sealed: string };

/** Tokens as the text that is kept, encrypted where that is wished. */
export class TokenCodec {
  constructor(
    private readonly policy: KisTokenPolicy,
    private readonly cipher: TokenCipher,
  ) {}

  encode(token: KisToken, credential: KisCredential): string {
    return this.cipher.encrypt(encodeTokenFile(token), credential);
  }

  /** Trusts nothing in the text. Never throws. */
  decode(text: string, credential: KisCredential): TokenReading {
    const opened = this.cipher.decrypt(text, credential);
    if (!('text' in opened)) return opened;
    const reading = decodeTokenFile(opened.text, credential, this.policy);
    return 'token' in reading ? { ...reading, outdated: opened.outdated } : reading;
  }
}

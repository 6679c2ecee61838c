import { createDecipheriv } from 'node:crypto';
import type { FrameCipher } from '../session/session-messages';

/** Decrypts the frames of a session with the keys of its registrations, which come with their acknowledgements. */
export class FrameCiphers {
  private readonly byTrId = new Map<string, Map<string, FrameCipher>>();

  put(trId: string, trKey: string, cipher: FrameCipher): void {
    const known = this.byTrId.get(trId) ?? new Map<string, FrameCipher>();
    this.byTrId.set(trId, known.set(trKey, cipher));
  }

  /** The plain text of an encrypted body (AES-256-CBC, base64); `null` if no key of the TR id fits. */
  decrypt(trId: string, body: string): string | null {
    for (const cipher of this.byTrId.get(trId)?.values() ?? []) {
      const text = decrypted(body, cipher);
      // A wrong key yields bytes that are not text, if the padding happens to be valid at all.
      if (text !== null && text.includes('^')) return text;
    }
    return null;
  }
}

const STRICT = new TextDecoder('utf-8', { fatal: true });

function decrypted(body: string, { key, iv }: FrameCipher): string | null {
  try {
    const decipher = createDecipheriv('aes-256-cbc', Buffer.from(key), Buffer.from(iv));
    return STRICT.decode(Buffer.concat([decipher.update(body, 'base64'), decipher.final()]));
  } catch {
    return null;
  }
}

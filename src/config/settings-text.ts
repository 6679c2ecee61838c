/** The encoding of a file cannot be determined with certainty; the message says why and what to do. */
export class SettingsTextError extends Error {}

const CURE = 'save it as UTF-8 (Notepad: Save as, Encoding UTF-8; PowerShell: Out-File -Encoding utf8)';

/**
 * Decodes a settings file: UTF-8 with or without a byte order mark, or UTF-16 with one, which is what PowerShell's `>`
 * writes. Any other encoding would silently change the settings.
 *
 * @throws SettingsTextError for CP949, UTF-16 without a byte order mark and whatever else is not UTF-8.
 */
export function decodeSettings(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  const text = decode(bytes, encoding);
  if (text?.includes('\0') ?? bytes.includes(0)) {
    throw new SettingsTextError(`contains NUL bytes, as UTF-16 text or a binary file does; ${CURE}.`);
  }
  if (text !== null) return text;
  throw new SettingsTextError(
    `is not UTF-8 text (Korean Windows may have written CP949, called ANSI in Notepad); ${CURE}.`,
  );
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return 'utf-8';
}

/** `TextDecoder` removes the byte order mark. */
function decode(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

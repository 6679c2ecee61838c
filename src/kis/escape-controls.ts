/**
 * Characters that a terminal obeys or that make a line look like something else: control characters, line and
 * paragraph separators, format characters (among them bidirectional overrides and zero-width ones), lone surrogates.
 */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Text from outside, made safe for a terminal, a log line or a response: invisible and control characters are written
 * as `\n` or `\u202e`. Inside JSON text these are the escapes of JSON, so that its meaning stays the same.
 *
 * @param kept characters that stay as they are, such as the line breaks of a text of several lines.
 */
export function escapeControls(text: string, kept = ''): string {
  return text.replace(CONTROLS, (character) => (kept.includes(character) ? character : escaped(character)));
}

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}

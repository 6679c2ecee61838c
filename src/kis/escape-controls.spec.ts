import fc from 'fast-check';
import { escapeControls } from './escape-controls';

describe('escapeControls', () => {
  it.each([
    ['a line break', 'a\nb', 'a\\nb'],
    ['a colour of a terminal', '\u001b[31mred', '\\u001b[31mred'],
    ['an eight-bit control', '\u009b31m', '\\u009b31m'],
    ['a delete', 'a\u007f', 'a\\u007f'],
    ['a bidirectional override', '삼성\u202e전자', '삼성\\u202e전자'],
    ['a bidirectional isolate', '\u2066x\u2069', '\\u2066x\\u2069'],
    ['line and paragraph separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['a zero-width space and a byte order mark', '\u200b\ufeff', '\\u200b\\ufeff'],
    ['an invisible tag', '\u{e0041}', '\\udb40\\udc41'],
    ['half a surrogate pair', '\ud83d!', '\\ud83d!'],
  ])('escapes %s', (_, text, expected) => {
    expect(escapeControls(text)).toBe(expected);
  });

  it('leaves what can be seen, in any language', () => {
    const text = '유효하지 않은 token입니다. 100% "é" 😀 —';
    expect(escapeControls(text)).toBe(text);
  });

  it('keeps the line breaks of a text of several lines on request', () => {
    expect(escapeControls('a\nb\u001b\n', '\n')).toBe('a\nb\\u001b\n');
  });

  it('does not change what JSON text means', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
        const text = escapeControls(JSON.stringify(JSON.parse(json)));
        expect(JSON.parse(text)).toEqual(JSON.parse(json));
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 200 },
    );
  });
});

import { decodeSettings, SettingsTextError } from './settings-text';

const TEXT = '# 모의투자 키\r\nKIS_APP_KEY=abc\r\n';

function utf16(text: string, ...mark: number[]): Buffer {
  return Buffer.concat([Buffer.from(mark), Buffer.from(text, 'utf16le')]);
}

describe('decodeSettings', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark, as Notepad writes it', Buffer.from(`\uFEFF${TEXT}`)],
    ["UTF-16, as PowerShell's > writes it", utf16(TEXT, 0xff, 0xfe)],
    ['UTF-16 with the bytes the other way round', utf16(`\uFEFF${TEXT}`).swap16()],
  ])('reads %s', (_, bytes) => {
    expect(decodeSettings(bytes)).toBe(TEXT);
  });

  it('reads an empty file as empty text', () => {
    expect(decodeSettings(Buffer.alloc(0))).toBe('');
  });

  it.each([
    ['CP949, as Korean Notepad writes ANSI', Buffer.from([0x23, 0xc7, 0xd1, 0xb1, 0xdb, 0x0a]), 'CP949'],
    ['UTF-16 without a byte order mark', utf16(TEXT), 'NUL bytes'],
    ['half a character of UTF-16', Buffer.from([0xff, 0xfe, 0x41]), 'not UTF-8'],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]), 'NUL bytes'],
    ['a binary file', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]), 'NUL bytes'],
  ])('refuses %s and says how to save it', (_, bytes, reason) => {
    expect(() => decodeSettings(bytes)).toThrow(SettingsTextError);
    expect(() => decodeSettings(bytes)).toThrow(new RegExp(`${reason}.*save it as UTF-8`));
  });
});

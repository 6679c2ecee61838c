import { PermitBook } from './permit-book';
import { decodePermitFile, encodePermitFile } from './permit-file';

describe('the permit file', () => {
  const book = new PermitBook(new Map([['one.1', 1000.25]]), new Map([['one', 700]]));
  const file = encodePermitFile(book, 'boot-1');

  it('gives back what was written', () => {
    expect(decodePermitFile(file, 'boot-1')).toEqual(book);
  });

  it('is empty for whom comes first', () => {
    expect(decodePermitFile(Buffer.alloc(0), 'boot-1')).toEqual(new PermitBook());
  });

  it('takes one block of the disk, however many permits there are of those that KIS gives', () => {
    const full = new PermitBook(
      new Map(Array.from({ length: 20 }, (_, index) => [`AbCdEfGh.${1e9 + index}`, 123_456_789.123])),
      new Map(Array.from({ length: 16 }, (_, index) => [`owner-${index}`, 123_456_789.123])),
    );

    expect([file.length, encodePermitFile(full, 'x'.repeat(36)).length]).toEqual([4096, 4096]);
  });

  it('is void after another boot, which began more than a window ago', () => {
    expect(decodePermitFile(file, 'boot-2')).toEqual(new PermitBook());
  });

  it('is damaged when it is cut off anywhere, but in the padding', () => {
    const text = file.toString('utf8').trimEnd().length;
    for (let length = 1; length < text; length += 1) {
      expect(decodePermitFile(file.subarray(0, length), 'boot-1')).toBeNull();
    }
  });

  it('is damaged when any byte is another one', () => {
    const text = file.toString('utf8').trimEnd().length;
    for (let at = 0; at < text; at += 1) {
      const other = Buffer.from(file);
      other[at] = (other[at] ?? 0) ^ 1;
      expect(decodePermitFile(other, 'boot-1')).toBeNull();
    }
  });

  it.each([['null'], ['[]'], ['{}'], ['"text"'], [' '], ['{"era":"boot-1"}'], ['\0'.repeat(4096)]])(
    'is damaged when somebody else wrote it: %s',
    (text) => {
      expect(decodePermitFile(Buffer.from(text), 'boot-1')).toBeNull();
    },
  );
});

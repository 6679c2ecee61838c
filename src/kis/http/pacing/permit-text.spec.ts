import { PermitBook } from './permit-book';
import { decodePermits, encodePermits } from './permit-text';

describe('permits as text', () => {
  const book = new PermitBook(new Map([['one.1', 1000.25]]), new Map([['one', 700]]));
  const text = encodePermits(book, 'boot-1');

  it('read back as they were written', () => {
    expect(decodePermits(text, 'boot-1')).toEqual(book);
  });

  it('are void after another boot, which began more than a window ago', () => {
    expect(decodePermits(text, 'boot-2')).toEqual(new PermitBook());
  });

  it.each([[''], ['null'], ['{}'], ['"text"'], ['{"era":"boot-1"}'], ['\0'.repeat(4096)]])(
    'are none when another program wrote them: %s',
    (other) => {
      expect(decodePermits(other, 'boot-1')).toBeNull();
    },
  );
});

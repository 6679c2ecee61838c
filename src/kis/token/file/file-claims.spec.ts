import { lutimesSync } from 'node:fs';
import { FilePlace } from '../../testing/file-place';
import { unreadableClaim } from './file-claims';
import { Notices } from './notices';
import { TokenDirectory } from './token-directory';

describe('a claim file that cannot be read', () => {
  const place = new FilePlace();
  const directory = new TokenDirectory(place.directory, new Notices());
  const name = place.names.claim;

  beforeAll(() => {
    place.put('claim', 'anything');
    lutimesSync(place.path('claim'), 1, 1234.5);
  });

  afterAll(() => {
    place.remove();
  });

  const failure = (code: string): Error => Object.assign(new Error(code), { code });

  it.each(['EACCES', 'EPERM', 'ELOOP', 'EISDIR', 'EFTYPE'])('for good (%s) is a damaged one', (code) => {
    const found = unreadableClaim(directory, name, failure(code));
    expect(found).toEqual({ bytes: Buffer.alloc(0), changedAt: 1_234_500 });
  });

  it.each(['EMFILE', 'EIO', 'ENOMEM', 'ENOTDIR'])('for now (%s) is a failure of the store', (code) => {
    expect(() => unreadableClaim(directory, name, failure(code))).toThrow(code);
  });

  it('because it is gone is a failure of the store', () => {
    expect(() => unreadableClaim(directory, 'gone', failure('EACCES'))).toThrow('EACCES');
  });
});

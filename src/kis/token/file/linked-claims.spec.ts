import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FilePlace } from '../../testing/file-place';
import { NO_CLAIM, type ClaimView } from '../claim';
import { encodeClaimFile } from './claim-file';
import type { ClaimStep } from './file-claims';
import { LinkedClaims } from './linked-claims';
import { Notices } from './notices';
import { TokenDirectory } from './token-directory';

describe('LinkedClaims', () => {
  let place: FilePlace;
  let claims: LinkedClaims;
  let folder: string;

  beforeEach(() => {
    place = new FilePlace();
    claims = new LinkedClaims(new TokenDirectory(place.directory, new Notices()), place.clock);
    folder = join(place.directory, place.names.claims);
  });

  afterEach(() => {
    place.remove();
  });

  const next = ({ claim }: ClaimView): ClaimStep<number> => {
    const generation = claim.generation + 1;
    return { answer: generation, change: { claim: { ...claim, generation }, lengthMs: 1000 } };
  };

  const numbers = (): number[] =>
    readdirSync(folder)
      .map(Number)
      .sort((a, b) => a - b);

  /** Somebody else goes on from number `from` to number `to`, and sweeps what lies far behind. */
  function goOn(from: number, to: number, kept: number): void {
    for (let number = from; number <= to; number += 1) {
      const claim = { ...NO_CLAIM, generation: number, owner: 'somebody else' };
      writeFileSync(join(folder, number.toString()), encodeClaimFile(claim, 1000, place.clock), {
        mode: 0o600,
      });
    }
    for (const number of numbers()) if (number < to - kept) rmSync(join(folder, number.toString()));
  }

  it('keeps some older claims, and sweeps the rest', async () => {
    for (let turn = 0; turn < 50; turn += 1) await claims.change(place.names, next);
    expect(numbers().at(-1)).toBe(50);
    expect(numbers().length).toBeLessThan(25);
    expect((await claims.read(place.names)).claim.generation).toBe(50);
  });

  it('leaves nothing but complete claims, for the owner only', async () => {
    await claims.change(place.names, next);
    expect(readdirSync(place.directory)).toEqual([place.names.claims]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, '1')).mode & 0o777).toBe(0o600);
  });

  it('decides anew when somebody else was faster', async () => {
    let looks = 0;
    const answer = await claims.change(place.names, (before) => {
      looks += 1;
      if (looks === 1) goOn(1, 1, 20);
      return next(before);
    });
    expect([looks, answer]).toEqual([2, 2]);
  });

  it('decides anew when so much time has passed that its number is free again', async () => {
    await claims.change(place.names, next);
    let looks = 0;
    const answer = await claims.change(place.names, (before) => {
      looks += 1;
      if (looks === 1) goOn(2, 40, 20);
      return next(before);
    });
    expect([looks, answer]).toEqual([2, 41]);
    expect((await claims.read(place.names)).claim).toMatchObject({ generation: 41, owner: 'somebody else' });
    expect(numbers()).not.toContain(2);
  });

  it('writes nothing when nothing is to change', async () => {
    await expect(claims.change(place.names, () => ({ answer: 'no', change: null }))).resolves.toBe('no');
    expect(numbers()).toEqual([]);
  });

  it('obeys a highest claim that is damaged', async () => {
    await claims.change(place.names, next);
    writeFileSync(join(folder, '2'), 'damaged', { mode: 0o600 });
    expect((await claims.read(place.names)).remainingMs).toBeGreaterThan(0);
  });
});

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { paceOf } from '../../src/kis/http/pacing/pace';
import { PermitBook } from '../../src/kis/http/pacing/permit-book';
import { decodePermits, encodePermits } from '../../src/kis/http/pacing/permit-text';
import { ManualKisClock } from '../../src/kis/testing/manual-clock';
import { NO_CLAIM, openClaim } from '../../src/kis/token/claim-rules';
import { LONGEST_CLAIM_MS } from '../../src/kis/token/claim-codec';
import { ClaimReader, encodeClaim } from '../../src/kis/token/claim-codec';
import { FUZZ_LIMIT_MS, fuzzBudget } from './support/budget';
import { CLAIM_FINDINGS, PERMIT_FINDINGS } from './support/findings-of-files';
import { oddText } from './support/odd-texts';

jest.setTimeout(FUZZ_LIMIT_MS);

const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(8.64e15, 2 ** 53, 95_617_584_000_000, -1));
const anything: fc.Arbitrary<unknown> = fc.oneof(
  number,
  oddText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constant(null),
);

const TIMES = ['lengthMs', 'until', 'untilMonotonic'];

describe('Whatever a stored claim is', () => {
  const fields = fc.dictionary(fc.constantFrom(...Object.keys(NO_CLAIM), '__proto__', 'more'), anything, {
    maxKeys: 5,
  });
  const changed = fc
    .record({
      claim: fc.oneof(fields, anything),
      more: fc.oneof(
        fc.dictionary(fc.constantFrom(...TIMES, 'bootId', 'claim'), anything, { maxKeys: 3 }),
        number.map((at) => Object.fromEntries(TIMES.map((name) => [name, at]))),
      ),
      isHonest: fc.boolean(),
    })
    .map(({ claim, more, isHonest }) => {
      const clock = new ManualKisClock();
      const { checksum, ...record } = JSON.parse(encodeClaim(NO_CLAIM, 60_000, clock)) as Record<
        string,
        unknown
      >;
      const content = isObject(claim) ? { ...NO_CLAIM, ...claim } : claim;
      const written = { ...record, claim: content, ...more };
      return JSON.stringify({ ...written, checksum: isHonest ? checksumOf(written) : checksum });
    });
  const texts = fc.oneof({ weight: 4, arbitrary: changed }, oddText, fc.json());

  it('it ends, and the next one can be taken after it', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const clock = new ManualKisClock();
        const reader = new ClaimReader(clock);
        const file = { bytes: Buffer.from(text), changedAt: clock.now() };
        const first = reader.read('claim', file);
        expect(first.remainingMs).toBeGreaterThanOrEqual(0);
        expect(first.remainingMs).toBeLessThanOrEqual(LONGEST_CLAIM_MS);
        await clock.advance(LONGEST_CLAIM_MS);
        const { claim, remainingMs } = reader.read('claim', file);
        expect(remainingMs).toBe(0);
        const next = openClaim(claim, { owner: 'me', holdMs: 1, above: 0, at: clock.now(), replaces: false });
        expect(next.generation).toBeGreaterThan(claim.generation);
        expect(
          reader.read('next', { bytes: Buffer.from(encodeClaim(next, 1000, clock)), changedAt: 0 }).claim,
        ).toEqual(next);
      }),
      fuzzBudget<[string]>(
        400,
        CLAIM_FINDINGS.map((text): [string] => [text]),
      ),
    );
  });
});

describe('Whatever a stored book of permits is', () => {
  const times = fc.oneof(
    fc.array(fc.tuple(fc.oneof(fc.string(), number), fc.oneof(number, oddText)), { maxLength: 30 }),
    anything,
  );
  const texts = fc.oneof(
    fc
      .record({ era: fc.constantFrom<unknown>('era', 'other', null), arrivals: times, owners: times })
      .map((book) => JSON.stringify(book)),
    oddText,
    fc.json(),
  );

  it('permits are given again soon, and the whole of them', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const pace = paceOf(2);
        let now = 1_000_000;
        let book = decodePermits(text, 'era') ?? PermitBook.full(now, pace);
        const look = (owner: string): number => {
          book.forget(now, pace);
          const { given, waitMs } = book.look(now, pace, { owner, wanted: ['a', 'b'], answered: [] });
          expect(waitMs).toBeGreaterThanOrEqual(0);
          expect(waitMs).toBeLessThan(5000);
          book = decodePermits(encodePermits(book, 'era'), 'era') ?? PermitBook.full(now, pace);
          return given;
        };
        look('first');
        now += 61_000;
        look('second');
        now += 3000;
        expect(look('second')).toBe(2);
      }),
      fuzzBudget<[string]>(
        400,
        PERMIT_FINDINGS.map((text): [string] => [text]),
      ),
    );
  });
});

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checksumOf(record: object): string {
  return createHash('sha256').update(JSON.stringify(record)).digest('hex');
}

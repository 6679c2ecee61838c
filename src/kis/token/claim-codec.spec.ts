import { ManualKisClock } from '../testing/manual-clock';
import { NO_CLAIM, type ClaimView, type KisClaim } from './claim-rules';
import { ClaimReader, claimFrom, encodeClaim } from './claim-codec';

const HOLD_MS = 81_000;
const HOUR_MS = 3_600_000;
/** How long a damaged claim is obeyed by a reader whose own claims are not longer. */
const DAMAGED_MS = 90_000;

const CLAIM: KisClaim = {
  ...NO_CLAIM,
  generation: 7,
  owner: 'one',
  open: true,
  lastError: { code: 'KIS_UNAVAILABLE', message: '접근토큰 발급 잠시 후 다시 시도하세요', at: 1 },
  rejected: 'deadbeefdeadbeef',
};

describe('a stored claim', () => {
  let clock: ManualKisClock;
  let reader: ClaimReader;
  let writtenAt: number;

  beforeEach(() => {
    clock = new ManualKisClock();
    reader = new ClaimReader(clock);
    writtenAt = clock.now();
  });

  const written = (): string => encodeClaim(CLAIM, HOLD_MS, clock);

  function read(content: string | Buffer, by = reader, usualHoldMs = 0, changedAt = writtenAt): ClaimView {
    return by.read('.token_x.claim', { bytes: Buffer.from(content), changedAt }, usualHoldMs);
  }

  it('gives the claim back with what is left of it', async () => {
    const text = written();
    await clock.advance(1000);
    expect(read(text)).toEqual({ claim: CLAIM, remainingMs: HOLD_MS - 1000 });
  });

  it('is no claim when it does not exist', () => {
    expect(reader.read('.token_x.claim', null)).toEqual({ claim: NO_CLAIM, remainingMs: 0 });
  });

  it('of an earlier version lacks nothing', () => {
    const older: Partial<KisClaim> = { ...CLAIM };
    Reflect.deleteProperty(older, 'replacedAt');
    const text = encodeClaim(older as KisClaim, HOLD_MS, clock);
    expect(read(text).claim.replacedAt).toBe(0);
  });

  it('that deletes tokens of attempts to come is damaged, because no new token could be stored', () => {
    const record = { ...CLAIM, deletedGeneration: CLAIM.generation };
    expect(claimFrom(record)).toEqual(record);
    expect(claimFrom({ ...record, deletedGeneration: CLAIM.generation + 1 })).toBeNull();
  });

  describe('and the clocks', () => {
    it.each([-48, -1, 0, 1, 48])('on the same boot does not care for a step of %d h', async (hours) => {
      const text = written();
      clock.step(hours * HOUR_MS);
      await clock.advance(HOLD_MS - 1);
      expect(read(text, new ClaimReader(clock)).remainingMs).toBe(1);
      await clock.advance(1);
      expect(read(text, new ClaimReader(clock)).remainingMs).toBe(0);
    });

    it('on another boot ends by the wall clock', async () => {
      const text = written();
      const elsewhere = new ManualKisClock(writtenAt);
      elsewhere.bootId = 'boot-2';
      await elsewhere.advance(60_000);
      expect(read(text, new ClaimReader(elsewhere)).remainingMs).toBe(HOLD_MS - 60_000);
    });

    it('ends by the wall clock where boots have no id', async () => {
      clock.bootId = null;
      const text = written();
      await clock.advance(1000);
      clock.step(20_000);
      expect(read(text).remainingMs).toBe(HOLD_MS - 21_000);
    });

    it.each([
      ['by hours', -48 * HOUR_MS],
      ['by a second', -1000],
    ])('on another boot is over after its length as seen, though the clock went back %s', async (_, step) => {
      const text = written();
      const elsewhere = new ManualKisClock(writtenAt + step);
      elsewhere.bootId = 'boot-2';
      const there = new ClaimReader(elsewhere);
      expect(read(text, there).remainingMs).toBe(HOLD_MS);
      await elsewhere.advance(HOLD_MS - 1);
      expect(read(text, there).remainingMs).toBe(1);
      await elsewhere.advance(1);
      expect(read(text, there).remainingMs).toBe(0);
    });

    it('counts the seen length of each claim for itself', async () => {
      clock.bootId = null;
      const first = written();
      read(first);
      await clock.advance(HOLD_MS);
      clock.step(-HOUR_MS);
      expect(read(first).remainingMs).toBe(0);
      expect(read(written()).remainingMs).toBe(HOLD_MS);
    });

    it('is over after its length as seen when the monotonic clock went back, as in a restored machine', async () => {
      const later = new ManualKisClock();
      await later.advance(HOUR_MS);
      const text = encodeClaim(CLAIM, HOLD_MS, later);
      expect(read(text).remainingMs).toBe(HOLD_MS);
      await clock.advance(HOLD_MS);
      expect(read(text).remainingMs).toBe(0);
    });
  });

  describe('that is damaged', () => {
    it.each([
      ['empty', ''],
      ['blank', '   \n'],
      ['NUL bytes', '\0'.repeat(700)],
      ['null', 'null'],
      ['a list', '[]'],
      ['a number', '1'],
      ['text', 'claimed'],
      ['another file', '{"access_token": "abc"}'],
      [
        'a lonely checksum',
        '{"checksum": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"}',
      ],
    ])('(%s) is an open claim until the longest one would have ended', async (_, text) => {
      expect(read(text)).toEqual({
        claim: { ...NO_CLAIM, open: true },
        remainingMs: DAMAGED_MS,
        assumed: true,
      });
      await clock.advance(DAMAGED_MS - 1);
      expect(read(text).remainingMs).toBe(1);
      await clock.advance(1);
      expect(read(text).remainingMs).toBe(0);
    });

    it('is obeyed however it was cut off', () => {
      const text = written().trimEnd();
      for (let length = 0; length < text.length; length += 1) {
        expect([length, read(text.slice(0, length)).remainingMs]).toEqual([length, DAMAGED_MS]);
      }
    });

    it('is obeyed whichever single bit of it has changed', () => {
      const bytes = Buffer.from(written().trimEnd());
      const free: number[] = [];
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        if (read(changed, new ClaimReader(clock)).remainingMs < HOLD_MS) free.push(bit);
      }
      expect(free).toEqual([]);
    });

    it("is obeyed for as long as the reader's own claims last", () => {
      expect(read('', reader, 361_000).remainingMs).toBe(361_000);
    });

    it('is obeyed from its change on, not from when it is read', () => {
      expect(read('', reader, 0, writtenAt - 80_000).remainingMs).toBe(DAMAGED_MS - 80_000);
    });

    it('is over after its length as seen when its time lies in the future', async () => {
      const future = writtenAt + 48 * HOUR_MS;
      expect(read('', reader, 0, future).remainingMs).toBe(DAMAGED_MS);
      await clock.advance(DAMAGED_MS);
      expect(read('', reader, 0, future).remainingMs).toBe(0);
    });

    it('is obeyed again when it is damaged again', async () => {
      read('');
      await clock.advance(DAMAGED_MS);
      expect(read('').remainingMs).toBe(0);
      expect(read('', reader, 0, clock.now()).remainingMs).toBe(DAMAGED_MS);
    });
  });

  it.each(['lengthMs', 'until', 'untilMonotonic'])('without a number for %s is damaged', (name) => {
    const stopped = new ManualKisClock();
    const broken = { now: () => stopped.now(), monotonic: () => stopped.monotonic(), bootId: 'boot-1' };
    const clocks = {
      until: { ...broken, now: () => NaN },
      untilMonotonic: { ...broken, monotonic: () => NaN },
    };
    const by = name === 'lengthMs' ? broken : clocks[name as keyof typeof clocks];
    const text = encodeClaim(CLAIM, name === 'lengthMs' ? NaN : HOLD_MS, by as unknown as ManualKisClock);
    expect(read(text)).toEqual({
      claim: { ...NO_CLAIM, open: true },
      remainingMs: DAMAGED_MS,
      assumed: true,
    });
  });
});

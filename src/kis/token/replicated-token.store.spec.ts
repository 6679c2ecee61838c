import { CapturedWarnings } from '../../../test/support/captured-warnings';
import { ManualKisClock } from '../testing/manual-clock';
import { FlakyKisTokenStore } from '../../../test/support/kis/flaky-store';
import { sampleCredential, sampleToken } from '../testing/sample-tokens';
import { describeKisTokenStore } from './kis-token-store.contract';
import { ReplicatedTokenStore } from './replicated-token.store';
import type { ClaimRequest, ClaimSettlement } from './claim';
import type { KisToken } from './kis-token';
import { MemoryKisTokenStore } from './memory-kis-token.store';

const SUCCESS: ClaimSettlement = { cooldownMs: 61_000, failure: null };
const DAY_MS = 86_400_000;

describeKisTokenStore('ReplicatedTokenStore', (clock) => {
  const shared = new MemoryKisTokenStore(clock);
  const local = new MemoryKisTokenStore(clock);
  const open = (): ReplicatedTokenStore => new ReplicatedTokenStore(shared, local, clock);
  return Promise.resolve({ store: open(), another: open, close: () => Promise.resolve() });
});

describe('ReplicatedTokenStore', () => {
  const credential = sampleCredential();
  const clock = new ManualKisClock();
  const warnings = new CapturedWarnings();
  let shared: FlakyKisTokenStore;
  let local: FlakyKisTokenStore;
  let store: ReplicatedTokenStore;
  /** Of another machine. */
  let otherLocal: MemoryKisTokenStore;
  let other: ReplicatedTokenStore;

  beforeEach(() => {
    warnings.take();
    shared = new FlakyKisTokenStore(clock);
    local = new FlakyKisTokenStore(clock);
    store = new ReplicatedTokenStore(shared, local, clock);
    otherLocal = new MemoryKisTokenStore(clock);
    other = new ReplicatedTokenStore(shared, otherLocal, clock);
  });

  const token = (generation: number): KisToken => sampleToken(credential, { generation });
  const request = (change: Partial<ClaimRequest> = {}): ClaimRequest => ({
    owner: 'owner',
    holdMs: 81_000,
    above: 0,
    at: clock.now(),
    replaces: false,
    ...change,
  });
  const generationIn = async (
    place: ReplicatedTokenStore | MemoryKisTokenStore,
  ): Promise<number | undefined> => (await place.read(credential)).token?.generation;

  it('is called what the shared store is called, and has no place on this machine to show', () => {
    expect([store.kind, store.locate()]).toEqual([shared.kind, null]);
  });

  describe('while both places answer', () => {
    it('keeps a token in both', async () => {
      await store.save(credential, token(3));
      expect([await generationIn(shared.inner), await generationIn(local.inner)]).toEqual([3, 3]);
    });

    it('brings the copy of this machine up to date with what another machine stored', async () => {
      await other.save(credential, token(3));
      expect(await generationIn(store)).toBe(3);
      expect(await generationIn(local.inner)).toBe(3);
    });

    it.each([
      ['a token that a program on this machine stored in its own place', 0],
      ['a token from the time before there was a shared store', 4],
    ])('shares %s', async (_what, generation) => {
      await local.inner.save(credential, token(generation));
      expect(await generationIn(store)).toBe(generation);
      expect(await generationIn(other)).toBe(generation);
    });

    it('does not share a token that KIS has refused', async () => {
      await local.inner.save(credential, token(4));
      await shared.inner.reject(credential, token(4).fingerprint);
      expect(await generationIn(store)).toBeUndefined();
      expect(await generationIn(shared.inner)).toBeUndefined();
    });

    it('replaces a refused token by the older one of this machine that was not', async () => {
      await shared.inner.save(credential, token(5));
      await shared.inner.reject(credential, token(5).fingerprint);
      await local.inner.save(credential, token(4));
      expect(await generationIn(store)).toBe(4);
      expect(await generationIn(shared.inner)).toBe(4);
    });

    it.each([
      ['this machine', (): MemoryKisTokenStore => local.inner, (): MemoryKisTokenStore => shared.inner],
      ['the shared store', (): MemoryKisTokenStore => shared.inner, (): MemoryKisTokenStore => local.inner],
    ])('tells the other place what only %s knows of a refusal', async (_who, knows, learns) => {
      await store.save(credential, token(2));
      await knows().reject(credential, token(2).fingerprint);
      expect((await store.read(credential)).claim.rejected).toBe(token(2).fingerprint);
      expect((await learns().read(credential)).claim.rejected).toBe(token(2).fingerprint);
    });

    it('settles for one of two tokens that each supersede the other, on all machines', async () => {
      await otherLocal.save(credential, token(5));
      const later = sampleToken(credential, { generation: 1, expiresAt: token(5).expiresAt + DAY_MS });
      await store.save(credential, later);
      for (let look = 0; look < 3; look += 1) {
        expect((await other.read(credential)).token?.fingerprint).toBe(later.fingerprint);
        expect((await store.read(credential)).token?.fingerprint).toBe(later.fingerprint);
      }
    });

    it('gives the turn on this machine back when another machine has it', async () => {
      await other.claim(credential, request({ owner: 'other' }));
      const lost = await store.claim(credential, request({ replaces: true }));
      expect(lost).toMatchObject({ won: false, claim: { owner: 'other' } });
      const here = await local.inner.read(credential);
      expect(here).toMatchObject({ remainingMs: 0, claim: { open: false, replacedAt: 0 } });
    });

    it('says that somebody asks as soon as a process of this machine has its turn here', async () => {
      await local.inner.claim(credential, request({ owner: 'neighbour' }));
      await expect(store.read(credential)).resolves.toMatchObject({
        claim: { open: true },
        remainingMs: 81_000,
      });
    });

    it('does not ask the others when a process of this machine has the turn', async () => {
      await local.inner.claim(credential, request({ owner: 'neighbour' }));
      await expect(store.claim(credential, request())).resolves.toMatchObject({
        won: false,
        claim: { owner: 'neighbour' },
      });
      expect(shared.operations).not.toContain('claim');
    });
  });

  describe('while the disk of this machine hangs', () => {
    beforeEach(() => {
      local.fault = 'hangs';
    });

    /** Within the second that the disk is waited for. */
    async function soon<T>(work: Promise<T>): Promise<T> {
      await clock.advance(1000);
      return work;
    }

    it('goes by what the machines share', async () => {
      await shared.inner.save(credential, token(3));
      const stored = await soon(store.read(credential));
      expect(stored.token?.generation).toBe(3);
      await expect(soon(store.save(credential, token(4)))).resolves.toBe('saved');
      await expect(generationIn(other)).resolves.toBe(4);
    });

    it('takes turns with the other machines', async () => {
      const won = await soon(store.claim(credential, request({ owner: 'mine' })));
      expect(won.won).toBe(true);
      await expect(other.claim(credential, request({ owner: 'other' }))).resolves.toMatchObject({
        won: false,
        claim: { owner: 'mine' },
      });
      await store.settle(credential, won.claim, SUCCESS);
      expect((await shared.inner.read(credential)).remainingMs).toBe(61_000);
    });
  });

  describe('while the shared store is away', () => {
    beforeEach(async () => {
      await issued(store, 1);
      await clock.advance(61_000);
      shared.fault = 'rejects';
    });

    it('reads what this machine has', async () => {
      expect(await generationIn(store)).toBe(1);
    });

    it('lets nobody ask KIS who can wait', async () => {
      await expect(store.claim(credential, request())).rejects.toThrow('EIO');
      expect((await local.inner.read(credential)).remainingMs).toBe(0);
    });

    it('counts turns by this machine for those who have no token', async () => {
      const won = await store.claim(credential, request({ localAllowed: true }));
      expect(won.won).toBe(true);
      const neighbour = new ReplicatedTokenStore(shared, local, clock);
      expect((await neighbour.claim(credential, request({ localAllowed: true }))).won).toBe(false);
      await store.settle(credential, won.claim, SUCCESS);
      expect((await local.inner.read(credential)).remainingMs).toBe(61_000);
    });

    it('says that a token is not shared, and keeps it on this machine', async () => {
      await expect(store.save(credential, token(2))).rejects.toThrow('EIO');
      expect(await generationIn(store)).toBe(2);
    });

    it('shares the newest token as soon as the shared store is back', async () => {
      await store.save(credential, token(2)).catch(() => undefined);
      await otherLocal.save(credential, token(3));
      shared.fault = 'none';
      expect(await generationIn(store)).toBe(2);
      expect(await generationIn(other)).toBe(3);
      expect(await generationIn(store)).toBe(3);
    });

    it('remembers a refusal, and tells the others when they can be told', async () => {
      await store.reject(credential, token(1).fingerprint);
      shared.fault = 'none';
      await store.read(credential);
      expect((await other.read(credential)).claim.rejected).toBe(token(1).fingerprint);
    });

    it('brings a token back to a shared store that has lost everything', async () => {
      const empty = new MemoryKisTokenStore(clock);
      const healed = new ReplicatedTokenStore(empty, local, clock);
      expect(await generationIn(healed)).toBe(1);
      expect(await generationIn(empty)).toBe(1);
    });
  });

  describe('without a place on this machine', () => {
    beforeEach(() => {
      local.fault = 'rejects';
    });

    it('goes by the shared store', async () => {
      await issued(store, 1);
      expect(await generationIn(store)).toBe(1);
      expect((await other.claim(credential, request())).won).toBe(false);
    });

    it('says so at the start, and that nothing else is wrong', async () => {
      await store.probe();
      expect(warnings.take()).toEqual([expect.stringContaining('keeps no copy of its tokens')]);
    });

    it('fails when the shared store is away too', async () => {
      shared.fault = 'rejects';
      await expect(store.read(credential)).rejects.toThrow('EIO');
      await expect(store.claim(credential, request({ localAllowed: true }))).rejects.toThrow('EIO');
      await expect(store.reject(credential, 'deadbeefdeadbeef')).rejects.toThrow('EIO');
      await expect(store.probe()).rejects.toThrow('EIO');
    });
  });

  it('has all machines take turns', async () => {
    await issued(store, 1);
    expect((await other.claim(credential, request())).won).toBe(false);
    await clock.advance(61_000);
    expect((await other.claim(credential, request())).won).toBe(true);
    expect((await store.claim(credential, request())).won).toBe(false);
  });

  async function issued(by: ReplicatedTokenStore, generation: number): Promise<void> {
    const { claim } = await by.claim(credential, request({ above: generation - 1 }));
    await by.save(credential, token(generation));
    await by.settle(credential, claim, SUCCESS);
  }
});

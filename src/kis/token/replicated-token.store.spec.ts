import { ReplicatedMachines } from '../../../test/support/kis/replicated-machines';
import { sampleToken } from '../testing/sample-tokens';
import { describeKisTokenStore } from './kis-token.store.contract';
import { ReplicatedTokenStore } from './replicated-token.store';
import { MemoryKisTokenStore } from './memory-kis-token.store';

const DAY_MS = 86_400_000;

describeKisTokenStore('ReplicatedTokenStore', (clock) => {
  const shared = new MemoryKisTokenStore(clock);
  const local = new MemoryKisTokenStore(clock);
  const open = (): ReplicatedTokenStore => new ReplicatedTokenStore(shared, local, clock);
  return Promise.resolve({ store: open(), another: open, close: () => Promise.resolve() });
});

describe('ReplicatedTokenStore', () => {
  let credential: ReplicatedMachines['credential'];
  let clock: ReplicatedMachines['clock'];
  let shared: ReplicatedMachines['shared'];
  let local: ReplicatedMachines['local'];
  let store: ReplicatedMachines['store'];
  let otherLocal: ReplicatedMachines['otherLocal'];
  let other: ReplicatedMachines['other'];
  let token: ReplicatedMachines['token'];
  let request: ReplicatedMachines['request'];
  let generationIn: ReplicatedMachines['generationIn'];
  let issued: ReplicatedMachines['issued'];

  beforeEach(() => {
    ({ credential, clock, shared, local, store, otherLocal, other, token, request, generationIn, issued } =
      new ReplicatedMachines());
  });

  it('has the kind of the shared store, and no path on this machine', () => {
    expect([store.kind, store.locate()]).toEqual([shared.kind, null]);
  });

  describe('while both stores are available', () => {
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

    it('releases the claim on this machine when another machine has one', async () => {
      await other.claim(credential, request({ owner: 'other' }));
      const lost = await store.claim(credential, request({ replaces: true }));
      expect(lost).toMatchObject({ won: false, claim: { owner: 'other' } });
      const here = await local.inner.read(credential);
      expect(here).toMatchObject({ remainingMs: 0, claim: { open: false, replacedAt: 0 } });
    });

    it('shows an open claim as soon as a process of this machine has a local one', async () => {
      await local.inner.claim(credential, request({ owner: 'neighbour' }));
      await expect(store.read(credential)).resolves.toMatchObject({
        claim: { open: true },
        remainingMs: 81_000,
      });
    });

    it('does not use the shared store while a process of this machine has a claim', async () => {
      await local.inner.claim(credential, request({ owner: 'neighbour' }));
      await expect(store.claim(credential, request())).resolves.toMatchObject({
        won: false,
        claim: { owner: 'neighbour' },
      });
      expect(shared.operations).not.toContain('claim');
    });
  });

  it('grants one claim at a time over all machines', async () => {
    await issued(store, 1);
    expect((await other.claim(credential, request())).won).toBe(false);
    await clock.advance(61_000);
    expect((await other.claim(credential, request())).won).toBe(true);
    expect((await store.claim(credential, request())).won).toBe(false);
  });
});

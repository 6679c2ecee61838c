import { ReplicatedMachines, SUCCESS } from '../../../test/support/kis/replicated-machines';
import { MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';
import { sampleToken } from '../testing/sample-tokens';
import { MemoryKisTokenStore } from './memory-kis-token.store';
import { ReplicatedTokenStore } from './replicated-token.store';

const DAY_MS = 86_400_000;

describe('A deletion in the ReplicatedTokenStore', () => {
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

  it('forgets its copy of a token that was removed on another machine', async () => {
    await issued(store, 1);
    expect(await generationIn(other)).toBe(1);
    await store.remove(credential);
    expect(await generationIn(other)).toBeUndefined();
    expect(await generationIn(otherLocal)).toBeUndefined();
  });

  it('does not bring back what was removed on another machine after later attempts have failed', async () => {
    await issued(store, 1);
    expect(await generationIn(other)).toBe(1);
    await store.remove(credential);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { claim } = await store.claim(credential, request());
      await store.settle(credential, claim, { ...SUCCESS, cooldownMs: 0, unused: true });
      expect(await other.save(credential, token(1))).toBe('superseded');
      expect(await generationIn(other)).toBeUndefined();
      expect(await generationIn(store)).toBeUndefined();
    }
  });

  it('copies what another machine requests after a deletion, although the local claim had counted further', async () => {
    await issued(store, 1);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { claim } = await local.inner.claim(credential, request());
      await local.inner.settle(credential, claim, { ...SUCCESS, cooldownMs: 0 });
    }
    await store.remove(credential);
    expect(await generationIn(local.inner)).toBeUndefined();
    await clock.advance(61_000);
    await issued(other, 2);
    expect(await generationIn(store)).toBe(2);
    expect(await generationIn(local.inner)).toBe(2);
  });

  it('that is stopped before its local half takes nothing that came after it', async () => {
    await issued(store, 1);
    const remove = shared.inner.remove.bind(shared.inner);
    jest.spyOn(shared.inner, 'remove').mockImplementationOnce(async (...removal) => {
      await remove(...removal);
      for (let attempt = 0; attempt < 4; attempt += 1) {
        await clock.advance(61_000);
        const { claim } = await local.inner.claim(credential, request());
        await local.inner.settle(credential, claim, { ...SUCCESS, cooldownMs: 0 });
      }
      await issued(other, 2);
      await store.read(credential);
    });
    await store.remove(credential);
    expect([await generationIn(shared.inner), await generationIn(store)]).toEqual([2, 2]);
    shared.fault = 'rejects';
    const alone = await store.read(credential);
    expect([alone.token?.generation, alone.claim.deletedGeneration]).toEqual([2, 1]);
  });

  it('takes a token with it that only this machine has, and that its local claims have counted', async () => {
    await issued(store, 1);
    await clock.advance(61_000);
    shared.fault = 'rejects';
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { claim } = await store.claim(credential, request({ localAllowed: true }));
      await store.settle(credential, claim, { ...SUCCESS, cooldownMs: 0 });
    }
    await store.save(credential, token(4)).catch(() => undefined);
    expect(await generationIn(store)).toBe(4);
    shared.fault = 'none';
    await store.remove(credential);
    for (const place of [store, local.inner, shared.inner, other])
      expect(await generationIn(place)).toBeUndefined();
  });

  it('that ended between the claim and the token of the shared store is not undone here', async () => {
    await issued(store, 1);
    await shared.inner.remove(credential);
    shared.inner.overwrite(credential, token(1));
    await store.read(credential);
    expect(await generationIn(local.inner)).toBeUndefined();
  });

  it('of an outdated copy leaves the token that has taken its place', async () => {
    await issued(other, 1);
    expect(await generationIn(store)).toBe(1);
    await other.remove(credential);
    const read = shared.inner.read.bind(shared.inner);
    jest.spyOn(shared.inner, 'read').mockImplementationOnce(async () => {
      const stored = await read(credential);
      await clock.advance(61_000);
      await issued(store, 2);
      return stored;
    });
    await store.read(credential);
    expect(await generationIn(local.inner)).toBe(2);
  });

  describe('that the shared store has lost with all its data', () => {
    beforeEach(async () => {
      for (let generation = 1; generation <= 3; generation += 1) {
        await issued(store, generation);
        await clock.advance(61_000);
      }
      await store.remove(credential);
      shared.inner.lose(credential);
    });

    it('does not keep out a token that another machine requests under a lower count', async () => {
      await issued(other, 1);
      expect(await generationIn(store)).toBe(1);
      expect(await generationIn(local.inner)).toBe(1);
      shared.fault = 'rejects';
      expect(await generationIn(store)).toBe(1);
    });

    it('keeps out what was deleted, also by a process that was stopped', async () => {
      await issued(other, 2);
      await store.read(credential);
      await expect(local.inner.save(credential, token(1))).resolves.toBe('superseded');
    });

    it('gives way to a deletion that is recorded while it is taken back', async () => {
      await issued(other, 1);
      const forget = local.inner.forgetDeletion.bind(local.inner);
      jest.spyOn(local.inner, 'forgetDeletion').mockImplementationOnce(async (...record) => {
        await other.remove(credential);
        await forget(...record);
      });
      expect(await generationIn(store)).toBeUndefined();
      expect(await generationIn(local.inner)).toBeUndefined();
    });

    it('stays recorded when the local store cannot be written, and is taken back later', async () => {
      await issued(other, 1);
      local.fault = 'read-only';
      expect(await generationIn(store)).toBe(1);
      local.fault = 'none';
      expect(await generationIn(store)).toBe(1);
      expect(await generationIn(local.inner)).toBe(1);
    });
  });

  it('deletes nothing while the shared store is away', async () => {
    await issued(store, 1);
    shared.fault = 'rejects';
    await expect(store.remove(credential)).rejects.toThrow();
    shared.fault = 'none';
    expect(await generationIn(local.inner)).toBe(1);
    expect(await generationIn(store)).toBe(1);
  });

  it('does not bring back a copy that was removed elsewhere when KIS refuses the token that followed', async () => {
    await issued(store, 1);
    expect(await generationIn(other)).toBe(1);
    await store.remove(credential);
    await clock.advance(61_000);
    await issued(store, 2);
    await store.reject(credential, token(2).fingerprint);
    expect(await generationIn(otherLocal)).toBe(1);
    expect(await generationIn(other)).not.toBe(1);
    expect(await generationIn(shared.inner)).not.toBe(1);
  });

  it('does not bring back what was removed on another machine over an older token that was saved there', async () => {
    await issued(store, 1);
    expect(await generationIn(other)).toBe(1);
    const older = sampleToken(credential, {
      generation: 0,
      accessToken: 'older',
      expiresAt: token(1).expiresAt - DAY_MS / 2,
    });
    await store.remove(credential);
    await expect(store.save(credential, older)).resolves.toBe('saved');
    for (const place of [other, store, other, otherLocal, shared.inner]) {
      expect((await place.read(credential)).token?.accessToken).toBe('older');
    }
  });
});

describe('A token that was requested while the shared store was away', () => {
  it('is not mistaken for a deleted one when the shared store records failed attempts only', async () => {
    const fixture = new TokenServiceFixture();
    const { clock, credential, store: shared } = fixture;
    for (let generation = 1; generation <= 5; generation += 1) {
      const { claim } = await fixture.foreignClaim({ at: clock.now() });
      await shared.inner.settle(credential, claim, { ...SUCCESS, cooldownMs: 0 });
    }
    await clock.advance(SECOND);
    shared.fault = 'rejects';
    fixture.tokens = fixture.another(new ReplicatedTokenStore(shared, new MemoryKisTokenStore(clock), clock));
    const token = await fixture.during(fixture.ask(), SECOND);
    await fixture.run(2 * MINUTE);
    shared.fault = 'none';
    await fixture.run(10 * MINUTE);
    expect(fixture.now.fingerprint).toBe(token.fingerprint);
    expect(fixture.kis.asked).toBe(1);
    expect((await shared.inner.read(credential)).token?.fingerprint).toBe(token.fingerprint);
  });

  it('is not mistaken for a deleted one: its generation is that of the local claims', async () => {
    const fixture = new TokenServiceFixture();
    const { clock, credential, store: shared } = fixture;
    for (let generation = 1; generation <= 5; generation += 1) {
      const { claim } = await fixture.foreignClaim({ at: clock.now() });
      await shared.inner.settle(credential, claim, { ...SUCCESS, cooldownMs: 0 });
    }
    shared.fault = 'rejects';
    fixture.tokens = fixture.another(new ReplicatedTokenStore(shared, new MemoryKisTokenStore(clock), clock));
    const token = await fixture.during(fixture.ask(), SECOND);
    expect(token.generation).toBe(1);
    await shared.inner.remove(credential);
    shared.fault = 'none';
    await fixture.run(10 * MINUTE);
    expect(fixture.now.fingerprint).toBe(token.fingerprint);
    expect(fixture.kis.asked).toBe(1);
  });
});

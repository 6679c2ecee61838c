import type { KisCredential } from '../kis-credential';
import { sampleCredential, sampleToken } from '../testing/sample-tokens';
import {
  COOLDOWN_MS,
  HOLD_MS,
  StoreFixture,
  SUCCESS,
  UNUSED,
  type OpenStore,
} from '../testing/store-fixture';

/** Generations rise, whatever happens. */
export function describeGenerations(open: OpenStore): void {
  describe('generations', () => {
    let fixture: StoreFixture;

    beforeEach(async () => {
      fixture = await StoreFixture.open(open);
    });

    afterEach(async () => {
      await fixture.close();
    });

    it('rise with every claim', async () => {
      const seen: number[] = [];
      for (let turn = 0; turn < 4; turn += 1) {
        seen.push((await fixture.claim({}, turn % 2 ? fixture.store : fixture.another())).claim.generation);
        await fixture.clock.advance(HOLD_MS);
      }
      expect(seen).toEqual([1, 2, 3, 4]);
    });

    it.each([
      ['the stored token', 40, 0, 41],
      ['what the claimant knows', 0, 50, 51],
      ['the higher of both', 40, 50, 51],
    ])('rise above %s', async (_, stored, above, expected) => {
      if (stored > 0) await fixture.store.save(fixture.credential, fixture.token({ generation: stored }));
      expect((await fixture.claim({ above })).claim.generation).toBe(expected);
    });

    it('go on rising after the token was removed', async () => {
      await fixture.claim({ above: 9 });
      await fixture.store.save(fixture.credential, fixture.token({ generation: 10 }));
      await fixture.clock.advance(HOLD_MS);
      await fixture.store.remove(fixture.credential);
      expect((await fixture.claim({}, fixture.another())).claim.generation).toBe(11);
    });

    it('keep rising after a claim was released', async () => {
      const { claim: mine } = await fixture.claim();
      await fixture.store.settle(fixture.credential, mine, UNUSED);
      expect((await fixture.claim()).claim.generation).toBe(2);
    });
  });
}

/** What KIS refused once is not used again. */
export function describeRefusals(open: OpenStore): void {
  describe('a refused token', () => {
    let fixture: StoreFixture;

    beforeEach(async () => {
      fixture = await StoreFixture.open(open);
    });

    afterEach(async () => {
      await fixture.close();
    });

    it('stays known over claims, settlements and restarts', async () => {
      await fixture.store.reject(fixture.credential, 'deadbeefdeadbeef');
      const { claim: mine } = await fixture.claim();
      await fixture.store.settle(fixture.credential, mine, SUCCESS);
      expect((await fixture.another().read(fixture.credential)).claim.rejected).toBe('deadbeefdeadbeef');
    });

    it('neither shortens nor prolongs a claim that stands, and leaves it to its holder', async () => {
      const { claim: mine } = await fixture.claim();
      await fixture.clock.advance(1000);
      await fixture.another().reject(fixture.credential, 'deadbeefdeadbeef');
      expect((await fixture.store.read(fixture.credential)).remainingMs).toBe(HOLD_MS - 1000);
      await fixture.clock.advance(HOLD_MS - 1001);
      expect((await fixture.claim({}, fixture.another())).won).toBe(false);
      await fixture.store.settle(fixture.credential, mine, SUCCESS);
      const after = await fixture.store.read(fixture.credential);
      expect(after).toMatchObject({
        remainingMs: COOLDOWN_MS,
        claim: { open: false, rejected: 'deadbeefdeadbeef' },
      });
    });

    it('is the last one that was refused', async () => {
      await fixture.store.reject(fixture.credential, 'first');
      await fixture.another().reject(fixture.credential, 'second');
      expect((await fixture.store.read(fixture.credential)).claim.rejected).toBe('second');
    });
  });
}

/** What a store promises besides that is the local one of a replicated store. */
export function describeForgottenDeletions(open: OpenStore): void {
  describe('a deletion that the shared store no longer knows', () => {
    let fixture: StoreFixture;

    beforeEach(async () => {
      fixture = await StoreFixture.open(open);
      await fixture.claim({ above: 4 });
      await fixture.store.remove(fixture.credential);
      await fixture.clock.advance(1000);
    });

    afterEach(async () => {
      await fixture.close();
    });

    it.each([
      ['is taken back for tokens of this generation and later ones', 5, 3, 2],
      ['is taken back for the first token', 5, 1, 0],
      ['stays for older tokens', 5, 6, 5],
      ['stays when it is not the one that was read', 4, 3, 5],
    ])('%s', async (_, recorded, generation, expected) => {
      await fixture.store.forgetDeletion?.(fixture.credential, recorded, generation);
      const { claim, remainingMs } = await fixture.another().read(fixture.credential);
      expect([claim.deletedGeneration, claim.generation, remainingMs]).toEqual([expected, 5, HOLD_MS - 1000]);
      const saved = await fixture.another().save(fixture.credential, fixture.token({ generation }));
      expect(saved).toBe(generation > expected ? 'saved' : 'superseded');
    });
  });
}

/** Credentials never share anything. */
export function describeIsolation(open: OpenStore): void {
  describe('two credentials', () => {
    let fixture: StoreFixture;

    beforeEach(async () => {
      fixture = await StoreFixture.open(open);
    });

    afterEach(async () => {
      await fixture.close();
    });

    it.each<[string, KisCredential]>([
      ['key', sampleCredential({ appKey: `PQ${'x'.repeat(34)}` })],
      ['mode', sampleCredential({ mode: 'REAL' })],
    ])('share nothing when their %s differs', async (_, other) => {
      await fixture.store.save(fixture.credential, fixture.token({ generation: 3 }));
      await fixture.store.reject(fixture.credential, 'deadbeefdeadbeef');
      await fixture.claim();
      await expect(fixture.store.read(other)).resolves.toMatchObject({
        token: null,
        remainingMs: 0,
        claim: { rejected: null },
      });
      await fixture.store.save(other, sampleToken(other, { generation: 1, accessToken: 'of-the-other' }));
      expect((await fixture.claim({}, fixture.store, other)).claim.generation).toBe(2);
      await fixture.store.remove(other);
      expect((await fixture.another().read(fixture.credential)).token?.generation).toBe(3);
    });

    it('never share a token when their keys begin alike', async () => {
      const twin = sampleCredential({ appKey: `${fixture.credential.appKey.slice(0, 10)}${'x'.repeat(26)}` });
      await fixture.store.save(fixture.credential, fixture.token({ generation: 3 }));
      await fixture.claim();
      expect((await fixture.store.read(twin)).token).toBeNull();
      expect((await fixture.claim({}, fixture.store, twin)).won).toBe(true);
      await fixture.store.remove(twin);
      expect((await fixture.store.read(fixture.credential)).token?.generation).toBe(3);
    });
  });
}

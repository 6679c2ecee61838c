import type { KisCredential } from '../kis-credential';
import { sampleCredential, sampleToken } from '../../../test/support/kis/sample-tokens';
import {
  COOLDOWN_MS,
  HOLD_MS,
  StoreScene,
  SUCCESS,
  UNUSED,
  type OpenStore,
} from '../../../test/support/kis/store-scene';

/** Generations rise, whatever happens. */
export function describeGenerations(open: OpenStore): void {
  describe('generations', () => {
    let scene: StoreScene;

    beforeEach(async () => {
      scene = await StoreScene.open(open);
    });

    afterEach(async () => {
      await scene.close();
    });

    it('rise with every claim', async () => {
      const seen: number[] = [];
      for (let turn = 0; turn < 4; turn += 1) {
        seen.push((await scene.claim({}, turn % 2 ? scene.store : scene.another())).claim.generation);
        await scene.clock.advance(HOLD_MS);
      }
      expect(seen).toEqual([1, 2, 3, 4]);
    });

    it.each([
      ['the stored token', 40, 0, 41],
      ['what the claimant knows', 0, 50, 51],
      ['the higher of both', 40, 50, 51],
    ])('rise above %s', async (_, stored, above, expected) => {
      if (stored > 0) await scene.store.save(scene.credential, scene.token({ generation: stored }));
      expect((await scene.claim({ above })).claim.generation).toBe(expected);
    });

    it('go on rising after the token was removed', async () => {
      await scene.claim({ above: 9 });
      await scene.store.save(scene.credential, scene.token({ generation: 10 }));
      await scene.clock.advance(HOLD_MS);
      await scene.store.remove(scene.credential);
      expect((await scene.claim({}, scene.another())).claim.generation).toBe(11);
    });

    it('go on rising after a turn was given back', async () => {
      const { claim: mine } = await scene.claim();
      await scene.store.settle(scene.credential, mine, UNUSED);
      expect((await scene.claim()).claim.generation).toBe(2);
    });
  });
}

/** What KIS refused once is not used again. */
export function describeRefusals(open: OpenStore): void {
  describe('a refused token', () => {
    let scene: StoreScene;

    beforeEach(async () => {
      scene = await StoreScene.open(open);
    });

    afterEach(async () => {
      await scene.close();
    });

    it('stays known over claims, settlements and restarts', async () => {
      await scene.store.reject(scene.credential, 'deadbeefdeadbeef');
      const { claim: mine } = await scene.claim();
      await scene.store.settle(scene.credential, mine, SUCCESS);
      expect((await scene.another().read(scene.credential)).claim.rejected).toBe('deadbeefdeadbeef');
    });

    it('neither shortens nor prolongs a claim that stands, and leaves it to its holder', async () => {
      const { claim: mine } = await scene.claim();
      await scene.clock.advance(1000);
      await scene.another().reject(scene.credential, 'deadbeefdeadbeef');
      expect((await scene.store.read(scene.credential)).remainingMs).toBe(HOLD_MS - 1000);
      await scene.clock.advance(HOLD_MS - 1001);
      expect((await scene.claim({}, scene.another())).won).toBe(false);
      await scene.store.settle(scene.credential, mine, SUCCESS);
      const after = await scene.store.read(scene.credential);
      expect(after).toMatchObject({
        remainingMs: COOLDOWN_MS,
        claim: { open: false, rejected: 'deadbeefdeadbeef' },
      });
    });

    it('is the last one that was refused', async () => {
      await scene.store.reject(scene.credential, 'first');
      await scene.another().reject(scene.credential, 'second');
      expect((await scene.store.read(scene.credential)).claim.rejected).toBe('second');
    });
  });
}

/** Credentials never share anything. */
export function describeIsolation(open: OpenStore): void {
  describe('two credentials', () => {
    let scene: StoreScene;

    beforeEach(async () => {
      scene = await StoreScene.open(open);
    });

    afterEach(async () => {
      await scene.close();
    });

    it.each<[string, KisCredential]>([
      ['key', sampleCredential({ appKey: `PQ${'x'.repeat(34)}` })],
      ['mode', sampleCredential({ mode: 'REAL' })],
    ])('share nothing when their %s differs', async (_, other) => {
      await scene.store.save(scene.credential, scene.token({ generation: 3 }));
      await scene.store.reject(scene.credential, 'deadbeefdeadbeef');
      await scene.claim();
      await expect(scene.store.read(other)).resolves.toMatchObject({
        token: null,
        remainingMs: 0,
        claim: { rejected: null },
      });
      await scene.store.save(other, sampleToken(other, { generation: 1, accessToken: 'of-the-other' }));
      expect((await scene.claim({}, scene.store, other)).claim.generation).toBe(2);
      await scene.store.remove(other);
      expect((await scene.another().read(scene.credential)).token?.generation).toBe(3);
    });

    it('never share a token when their keys begin alike', async () => {
      const twin = sampleCredential({ appKey: `${scene.credential.appKey.slice(0, 10)}${'x'.repeat(26)}` });
      await scene.store.save(scene.credential, scene.token({ generation: 3 }));
      await scene.claim();
      expect((await scene.store.read(twin)).token).toBeNull();
      expect((await scene.claim({}, scene.store, twin)).won).toBe(true);
      await scene.store.remove(twin);
      expect((await scene.store.read(scene.credential)).token?.generation).toBe(3);
    });
  });
}

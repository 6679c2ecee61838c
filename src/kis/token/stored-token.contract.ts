import { HOLD_MS, StoreScene, type OpenStore } from '../../../test/support/kis/store-scene';

/** What every store promises of tokens. */
export function describeTokens(open: OpenStore): void {
  describe('tokens', () => {
    let scene: StoreScene;

    beforeEach(async () => {
      scene = await StoreScene.open(open);
    });

    afterEach(async () => {
      await scene.close();
    });

    it('has nothing at first', async () => {
      const found = await scene.store.read(scene.credential);
      expect(found).toMatchObject({ token: null, remainingMs: 0 });
      expect(found.claim).toMatchObject({ generation: 0, open: false, failures: 0, rejected: null });
      expect(found.absence).not.toBeNull();
    });

    it('gives a saved token back with all its facts', async () => {
      const saved = scene.token({ generation: 7, accessToken: 'token-7' });
      await expect(scene.store.save(scene.credential, saved)).resolves.toBe('saved');
      const found = await scene.another().read(scene.credential);
      expect(found.absence).toBeNull();
      expect(found.token).toEqual(saved);
      expect(found.token?.accessToken).toBe('token-7');
    });

    it.each([
      ['an older generation', { generation: 5 }, { generation: 4 }, 'superseded'],
      ['a newer generation', { generation: 5 }, { generation: 6 }, 'saved'],
      ['the same token', { generation: 5 }, { generation: 5 }, 'saved'],
      [
        'a newer generation of the same token',
        { generation: 5 },
        { generation: 6, accessToken: 'token-5' },
        'saved',
      ],
      [
        'an older generation of the same token',
        { generation: 5 },
        { generation: 4, accessToken: 'token-5' },
        'superseded',
      ],
      [
        'a lower generation that ends much later',
        { generation: 5 },
        { generation: 1, expiresAt: Date.UTC(2026, 10, 24) },
        'saved',
      ],
      [
        'a token of another program that ends earlier',
        { generation: 5 },
        { generation: 0, expiresAt: Date.UTC(2026, 10, 22, 5) },
        'superseded',
      ],
      [
        'a token of another program that ends later',
        { generation: 5 },
        { generation: 0, expiresAt: Date.UTC(2026, 10, 24) },
        'saved',
      ],
    ] as const)('when %s comes after a token', async (_, first, second, outcome) => {
      await scene.store.save(scene.credential, scene.token(first));
      await expect(scene.another().save(scene.credential, scene.token(second))).resolves.toBe(outcome);
      const { token: kept } = await scene.store.read(scene.credential);
      const expected = scene.token(outcome === 'saved' ? second : first);
      expect([kept?.fingerprint, kept?.generation]).toEqual([expected.fingerprint, expected.generation]);
    });

    it('ends with the newest of many that are saved at one time', async () => {
      const other = scene.another();
      const generations = Array.from({ length: 20 }, (_, index) => ((index * 7) % 20) + 1);
      await Promise.all(
        generations.map((generation) =>
          (generation % 2 ? scene.store : other).save(scene.credential, scene.token({ generation })),
        ),
      );
      expect((await scene.store.read(scene.credential)).token?.generation).toBe(20);
    });

    it('replaces a token that KIS has refused, also by an older one', async () => {
      const refused = scene.token({ generation: 5 });
      await scene.store.save(scene.credential, refused);
      await scene.store.reject(scene.credential, refused.fingerprint);
      await expect(scene.another().save(scene.credential, scene.token({ generation: 4 }))).resolves.toBe(
        'saved',
      );
      expect((await scene.store.read(scene.credential)).token?.generation).toBe(4);
    });

    it('guards a token when another one has been refused', async () => {
      await scene.store.save(scene.credential, scene.token({ generation: 5 }));
      await scene.store.reject(scene.credential, scene.token({ generation: 3 }).fingerprint);
      await expect(scene.store.save(scene.credential, scene.token({ generation: 4 }))).resolves.toBe(
        'superseded',
      );
    });

    it('forgets a removed token, however often it is removed', async () => {
      await scene.store.save(scene.credential, scene.token());
      await scene.store.remove(scene.credential);
      await scene.another().remove(scene.credential);
      await expect(scene.store.read(scene.credential)).resolves.toMatchObject({
        token: null,
        absence: 'missing',
      });
      await expect(scene.store.save(scene.credential, scene.token())).resolves.toBe('saved');
    });

    it.each([
      ['the attempt that is under way', 1, 'superseded'],
      ['another program', 0, 'saved'],
      ['an attempt that begins later', 2, 'saved'],
    ] as const)('after a removal takes a token of %s: %s', async (_whose, generation, outcome) => {
      await scene.store.save(scene.credential, scene.token({ generation: 0 }));
      const { claim: before } = await scene.claim();
      await scene.another().remove(scene.credential);
      if (generation > before.generation) {
        await scene.clock.advance(HOLD_MS);
        await scene.claim();
      }
      const token = scene.token({ generation, accessToken: 'late' });
      await expect(scene.store.save(scene.credential, token)).resolves.toBe(outcome);
      const found = await scene.store.read(scene.credential);
      expect(found.token?.accessToken).toBe(outcome === 'saved' ? 'late' : undefined);
    });

    it('can be tried at any time without harm', async () => {
      await scene.store.save(scene.credential, scene.token());
      await scene.store.probe();
      await scene.another().probe();
      expect((await scene.store.read(scene.credential)).token).toEqual(scene.token());
    });
  });
}

import { HOLD_MS, StoreFixture, type OpenStore } from '../testing/store-fixture';

/** What every store promises of tokens. */
export function describeTokens(open: OpenStore): void {
  describe('tokens', () => {
    let fixture: StoreFixture;

    beforeEach(async () => {
      fixture = await StoreFixture.open(open);
    });

    afterEach(async () => {
      await fixture.close();
    });

    it('has nothing at first', async () => {
      const found = await fixture.store.read(fixture.credential);
      expect(found).toMatchObject({ token: null, remainingMs: 0 });
      expect(found.claim).toMatchObject({ generation: 0, open: false, failures: 0, rejected: null });
      expect(found.absence).not.toBeNull();
    });

    it('gives a saved token back with all its facts', async () => {
      const saved = fixture.token({ generation: 7, accessToken: 'token-7' });
      await expect(fixture.store.save(fixture.credential, saved)).resolves.toBe('saved');
      const found = await fixture.another().read(fixture.credential);
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
      await fixture.store.save(fixture.credential, fixture.token(first));
      await expect(fixture.another().save(fixture.credential, fixture.token(second))).resolves.toBe(outcome);
      const { token: kept } = await fixture.store.read(fixture.credential);
      const expected = fixture.token(outcome === 'saved' ? second : first);
      expect([kept?.fingerprint, kept?.generation]).toEqual([expected.fingerprint, expected.generation]);
    });

    it('ends with the newest of many that are saved at one time', async () => {
      const other = fixture.another();
      const generations = Array.from({ length: 20 }, (_, index) => ((index * 7) % 20) + 1);
      await Promise.all(
        generations.map((generation) =>
          (generation % 2 ? fixture.store : other).save(fixture.credential, fixture.token({ generation })),
        ),
      );
      expect((await fixture.store.read(fixture.credential)).token?.generation).toBe(20);
    });

    it('replaces a token that KIS has refused, also by an older one', async () => {
      const refused = fixture.token({ generation: 5 });
      await fixture.store.save(fixture.credential, refused);
      await fixture.store.reject(fixture.credential, refused.fingerprint);
      await expect(
        fixture.another().save(fixture.credential, fixture.token({ generation: 4 })),
      ).resolves.toBe('saved');
      expect((await fixture.store.read(fixture.credential)).token?.generation).toBe(4);
    });

    it('guards a token when another one has been refused', async () => {
      await fixture.store.save(fixture.credential, fixture.token({ generation: 5 }));
      await fixture.store.reject(fixture.credential, fixture.token({ generation: 3 }).fingerprint);
      await expect(fixture.store.save(fixture.credential, fixture.token({ generation: 4 }))).resolves.toBe(
        'superseded',
      );
    });

    it('forgets a removed token, however often it is removed', async () => {
      await fixture.store.save(fixture.credential, fixture.token());
      await fixture.store.remove(fixture.credential);
      await fixture.another().remove(fixture.credential);
      await expect(fixture.store.read(fixture.credential)).resolves.toMatchObject({
        token: null,
        absence: 'missing',
      });
      await expect(fixture.store.save(fixture.credential, fixture.token())).resolves.toBe('saved');
    });

    it.each([
      ['the attempt that is under way', 1, 'superseded'],
      ['another program', 0, 'saved'],
      ['an attempt that begins later', 2, 'saved'],
    ] as const)('after a removal takes a token of %s: %s', async (_whose, generation, outcome) => {
      await fixture.store.save(fixture.credential, fixture.token({ generation: 0 }));
      const { claim: before } = await fixture.claim();
      await fixture.another().remove(fixture.credential);
      if (generation > before.generation) {
        await fixture.clock.advance(HOLD_MS);
        await fixture.claim();
      }
      const token = fixture.token({ generation, accessToken: 'late' });
      await expect(fixture.store.save(fixture.credential, token)).resolves.toBe(outcome);
      const found = await fixture.store.read(fixture.credential);
      expect(found.token?.accessToken).toBe(outcome === 'saved' ? 'late' : undefined);
    });

    it('does not take a removed token again, whatever claims have been taken since', async () => {
      const { claim } = await fixture.claim();
      const removed = fixture.token({ generation: claim.generation });
      await fixture.store.save(fixture.credential, removed);
      await fixture.another().remove(fixture.credential);
      for (const failure of [{ code: 'KIS_TIMEOUT', message: 'no response', at: 1 } as const, null]) {
        await fixture.clock.advance(HOLD_MS);
        const next = await fixture.claim();
        await fixture.store.settle(fixture.credential, next.claim, { cooldownMs: 0, failure });
        await expect(fixture.store.save(fixture.credential, removed)).resolves.toBe('superseded');
      }
      expect((await fixture.store.read(fixture.credential)).token).toBeNull();
    });

    it('takes no more than was there when its removal was decided upon', async () => {
      const { claim } = await fixture.claim();
      const old = fixture.token({ generation: claim.generation });
      await fixture.store.save(fixture.credential, old);
      const decided = { token: old, upTo: claim.generation };
      await fixture.clock.advance(HOLD_MS);
      const { claim: next } = await fixture.claim({}, fixture.another());
      const newer = fixture.token({ generation: next.generation });
      await fixture.another().save(fixture.credential, newer);
      await fixture.store.remove(fixture.credential, decided);
      const found = await fixture.another().read(fixture.credential);
      expect([found.token?.fingerprint, found.claim.deletedGeneration]).toEqual([
        newer.fingerprint,
        old.generation,
      ]);
      await fixture.store.reject(fixture.credential, newer.fingerprint);
      await expect(fixture.another().save(fixture.credential, old)).resolves.toBe('superseded');
    });

    it.each([
      ['this very token', {}, 1, 'gone'],
      ['a token that came from an attempt of that time', { generation: 2 }, 2, 'gone'],
      ['one that came from a later attempt', { generation: 3 }, 2, 'kept'],
      ['one that another program stored since', { generation: 0 }, 2, 'kept'],
      ['another one, where only a copy is out of date', { generation: 2 }, null, 'kept'],
      ['a newer copy of the same one', { generation: 2, accessToken: 'token-1' }, null, 'kept'],
      ['this very copy', {}, null, 'gone'],
    ] as const)(
      'after a removal was decided upon has %s: %j, up to %j: %s',
      async (_what, change, upTo, end) => {
        await fixture.claim({ above: 2 });
        const decided = { token: fixture.token(), upTo };
        await fixture.store.save(fixture.credential, fixture.token(change));
        await fixture.another().remove(fixture.credential, decided);
        const { token, claim } = await fixture.store.read(fixture.credential);
        expect(token?.fingerprint).toBe(end === 'kept' ? fixture.token(change).fingerprint : undefined);
        expect(claim.deletedGeneration).toBe(upTo ?? 0);
      },
    );

    it('never counts a deletion beyond the attempts that have begun, nor back', async () => {
      const { claim } = await fixture.claim();
      for (const upTo of [9, 0, null]) {
        await fixture.store.remove(fixture.credential, { token: null, upTo });
        const found = await fixture.another().read(fixture.credential);
        expect(found.claim.deletedGeneration).toBe(claim.generation);
      }
    });

    it('can be tried at any time without harm', async () => {
      await fixture.store.save(fixture.credential, fixture.token());
      await fixture.store.probe();
      await fixture.another().probe();
      expect((await fixture.store.read(fixture.credential)).token).toEqual(fixture.token());
    });
  });
}

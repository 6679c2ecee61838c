import {
  COOLDOWN_MS,
  HOLD_MS,
  HOUR_MS,
  StoreFixture,
  SUCCESS,
  UNUSED,
  type OpenStore,
} from '../testing/store-fixture';

/** What every store promises of claims. */
export function describeClaims(open: OpenStore): void {
  describe('claims', () => {
    let fixture: StoreFixture;

    beforeEach(async () => {
      fixture = await StoreFixture.open(open);
    });

    afterEach(async () => {
      await fixture.close();
    });

    it('grants exactly one of fifty claims, and shows it to the others', async () => {
      const other = fixture.another();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          fixture.claim({ owner: `owner-${index}` }, index % 2 ? fixture.store : other),
        ),
      );
      const winners = answers.filter((answer) => answer.won);
      expect(winners).toHaveLength(1);
      for (const { claim: seen, remainingMs } of answers) {
        expect(seen).toEqual(winners[0]?.claim);
        expect(remainingMs).toBe(HOLD_MS);
      }
    });

    it('records who took the claim, when, and why', async () => {
      const { claim: taken } = await fixture.claim({ owner: 'me', replaces: true });
      expect(taken).toMatchObject({
        owner: 'me',
        open: true,
        attemptAt: fixture.clock.now(),
        replacedAt: fixture.clock.now(),
      });
      const seen = await fixture.another().read(fixture.credential);
      expect(seen).toMatchObject({ claim: taken, remainingMs: HOLD_MS });
    });

    it.each([
      [0, false],
      [1, false],
      [HOLD_MS - 1, false],
      [HOLD_MS, true],
      [HOLD_MS + 48 * HOUR_MS, true],
    ])('after %d ms of an unsettled claim the next one wins: %s', async (elapsedMs, wins) => {
      await fixture.claim();
      await fixture.clock.advance(elapsedMs);
      expect((await fixture.claim({}, fixture.another())).won).toBe(wins);
    });

    it.each([
      [COOLDOWN_MS - 1, false],
      [COOLDOWN_MS, true],
    ])('%d ms after a settlement the next one wins: %s', async (elapsedMs, wins) => {
      const { claim: mine } = await fixture.claim();
      await fixture.clock.advance(5000);
      await fixture.store.settle(fixture.credential, mine, SUCCESS);
      await fixture.clock.advance(elapsedMs);
      expect((await fixture.claim({}, fixture.another())).won).toBe(wins);
    });

    it.each([-48, -1, 1, 48].map((hours) => [hours * HOUR_MS]))(
      'holds for its whole length and no longer when the wall clock steps by %d ms',
      async (stepMs) => {
        await fixture.claim();
        fixture.clock.step(stepMs);
        await fixture.clock.advance(HOLD_MS - 1);
        expect((await fixture.claim({}, fixture.another())).won).toBe(false);
        await fixture.clock.advance(1);
        expect((await fixture.claim({}, fixture.another())).won).toBe(true);
      },
    );

    it('records success: the claim has ended, failures are reset', async () => {
      await failOnce();
      const { claim: mine } = await fixture.claim();
      await fixture.store.settle(fixture.credential, mine, SUCCESS);
      const { claim: after, remainingMs } = await fixture.another().read(fixture.credential);
      expect(after).toEqual({ ...mine, open: false, failures: 0, lastError: null, cooldownMs: COOLDOWN_MS });
      expect(remainingMs).toBe(COOLDOWN_MS);
    });

    it('counts failures in a row, and keeps the last', async () => {
      await failOnce('first');
      await failOnce('second');
      const { claim: after } = await fixture.another().read(fixture.credential);
      expect(after).toMatchObject({
        failures: 2,
        lastError: { code: 'KIS_UNAVAILABLE', message: 'second' },
      });
    });

    it.each([
      ['the secret that KIS refused', 'wrong', 600_000],
      ['a corrected secret', 'right', 61_000],
    ])('makes %s wait after KIS refused key or secret', async (_who, secret, waitMs) => {
      const { claim: mine } = await fixture.claim({ secret: 'wrong', shortestPauseMs: 61_000 });
      const failure = { code: 'KIS_CREDENTIALS_REJECTED', message: 'wrong secret', at: 0 } as const;
      await fixture.store.settle(fixture.credential, mine, { cooldownMs: 600_000, failure });
      const ask = () => fixture.claim({ secret, shortestPauseMs: 61_000 }, fixture.another());
      await fixture.clock.advance(waitMs - 1);
      expect(await ask()).toMatchObject({ won: false, remainingMs: 1 });
      await fixture.clock.advance(1);
      expect((await ask()).won).toBe(true);
    });

    it('is settled by its holder only', async () => {
      const { claim: taken } = await fixture.claim({ owner: 'me' });
      await fixture.another().settle(fixture.credential, { ...taken, owner: 'you' }, UNUSED);
      await fixture.store.settle(fixture.credential, { ...taken, generation: taken.generation - 1 }, UNUSED);
      await expect(fixture.store.read(fixture.credential)).resolves.toMatchObject({
        claim: taken,
        remainingMs: HOLD_MS,
      });
    });

    it('does nothing when a holder settles after another one has taken a claim', async () => {
      const { claim: slow } = await fixture.claim({ owner: 'slow' });
      await fixture.clock.advance(HOLD_MS);
      const { claim: next } = await fixture.claim({ owner: 'next' }, fixture.another());
      await fixture.store.settle(fixture.credential, slow, SUCCESS);
      await expect(fixture.store.read(fixture.credential)).resolves.toMatchObject({
        claim: next,
        remainingMs: HOLD_MS,
      });
    });

    it('releases an unused claim at once, uncounted, failures unchanged', async () => {
      await failOnce('kept');
      const { claim: mine } = await fixture.claim();
      await fixture.store.settle(fixture.credential, mine, UNUSED);
      const given = await fixture.store.read(fixture.credential);
      expect(given).toMatchObject({ remainingMs: 0, claim: { open: false, failures: 1, issuedToday: 1 } });
      expect(given.claim.lastError?.message).toBe('kept');
      expect((await fixture.claim({}, fixture.another())).won).toBe(true);
    });

    it('forgets with an unused claim that it was to replace a refused token', async () => {
      const { claim: first } = await fixture.claim({ replaces: true });
      await fixture.clock.advance(HOLD_MS);
      const { claim: mine } = await fixture.claim({ replaces: true });
      await fixture.store.settle(fixture.credential, mine, { ...UNUSED, replacedAt: first.replacedAt });
      expect((await fixture.store.read(fixture.credential)).claim.replacedAt).toBe(first.replacedAt);
    });

    it('stays when the token is removed, and records that', async () => {
      await fixture.store.save(fixture.credential, fixture.token());
      const { claim: mine } = await fixture.claim();
      await fixture.store.remove(fixture.credential);
      await expect(fixture.another().read(fixture.credential)).resolves.toMatchObject({
        claim: { ...mine, deletedGeneration: mine.generation },
        remainingMs: HOLD_MS,
      });
      expect((await fixture.claim({}, fixture.another())).won).toBe(false);
      await fixture.clock.advance(HOLD_MS);
      const { claim: next } = await fixture.claim({}, fixture.another());
      expect(next).toMatchObject({ generation: mine.generation + 1, deletedGeneration: mine.generation });
    });

    it('records nothing when an outdated copy of the token is removed', async () => {
      await fixture.store.save(fixture.credential, fixture.token());
      const { claim: mine } = await fixture.claim();
      await fixture.store.remove(fixture.credential, { token: fixture.token(), upTo: null });
      await expect(fixture.another().read(fixture.credential)).resolves.toMatchObject({
        token: null,
        claim: mine,
      });
    });

    it('counts requests by day', async () => {
      const days = ['2026-11-22', '2026-11-22', '2026-11-22', '2026-11-23'];
      const counts: number[] = [];
      for (const day of days) {
        const at = Date.parse(`${day}T12:00:00+09:00`);
        counts.push((await fixture.claim({ at })).claim.issuedToday);
        await fixture.clock.advance(HOLD_MS);
      }
      expect(counts).toEqual([1, 2, 3, 1]);
    });

    async function failOnce(message = 'KIS is down'): Promise<void> {
      const { claim: mine } = await fixture.claim();
      const failure = { code: 'KIS_UNAVAILABLE', message, at: fixture.clock.now() } as const;
      await fixture.store.settle(fixture.credential, mine, { cooldownMs: COOLDOWN_MS, failure });
      await fixture.clock.advance(COOLDOWN_MS);
    }
  });
}

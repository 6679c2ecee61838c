import { CapturedWarnings } from '../../../test/support/captured-warnings';
import { FlakyKisTokenStore } from '../../../test/support/kis/flaky-store';
import { ReplicatedMachines, SUCCESS } from '../../../test/support/kis/replicated-machines';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';
import { MemoryKisTokenStore } from './memory-kis-token.store';
import { ReplicatedTokenStore } from './replicated-token.store';

describe('ReplicatedTokenStore', () => {
  const warnings = new CapturedWarnings();
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
    warnings.take();
    ({ credential, clock, shared, local, store, otherLocal, other, token, request, generationIn, issued } =
      new ReplicatedMachines());
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

    it('uses the shared store', async () => {
      await shared.inner.save(credential, token(3));
      const stored = await soon(store.read(credential));
      expect(stored.token?.generation).toBe(3);
      await expect(soon(store.save(credential, token(4)))).resolves.toBe('saved');
      await expect(generationIn(other)).resolves.toBe(4);
    });

    it('shares claims with the other machines', async () => {
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

  describe('while the shared store is unavailable', () => {
    beforeEach(async () => {
      await issued(store, 1);
      await clock.advance(61_000);
      shared.fault = 'rejects';
    });

    it('reads what this machine has', async () => {
      expect(await generationIn(store)).toBe(1);
    });

    it('grants no claim to a caller that can wait', async () => {
      await expect(store.claim(credential, request())).rejects.toThrow('EIO');
      expect((await local.inner.read(credential)).remainingMs).toBe(0);
    });

    it('grants claims of this machine to callers without a token', async () => {
      const won = await store.claim(credential, request({ localAllowed: true }));
      expect(won.won).toBe(true);
      const neighbour = new ReplicatedTokenStore(shared, local, clock);
      expect((await neighbour.claim(credential, request({ localAllowed: true }))).won).toBe(false);
      await store.settle(credential, won.claim, SUCCESS);
      expect((await local.inner.read(credential)).remainingMs).toBe(61_000);
    });

    it('reports that a token is not shared, and keeps it on this machine', async () => {
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

    it('remembers a refusal, and shares it when the shared store is back', async () => {
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

  describe('without a usable store on this machine', () => {
    beforeEach(() => {
      local.fault = 'rejects';
    });

    it('uses the shared store alone', async () => {
      await issued(store, 1);
      expect(await generationIn(store)).toBe(1);
      expect((await other.claim(credential, request())).won).toBe(false);
    });

    it('reports that at the start, and nothing else', async () => {
      await store.probe();
      expect(warnings.take()).toEqual([expect.stringContaining('keeps no copy of its tokens')]);
    });

    it('fails when the shared store is unavailable too', async () => {
      shared.fault = 'rejects';
      await expect(store.read(credential)).rejects.toThrow('EIO');
      await expect(store.claim(credential, request({ localAllowed: true }))).rejects.toThrow('EIO');
      await expect(store.reject(credential, 'deadbeefdeadbeef')).rejects.toThrow('EIO');
      await expect(store.probe()).rejects.toThrow('EIO');
    });
  });
});

describe('A service whose shared store is unavailable', () => {
  /** With a token in the shared store, and another process beside it. */
  async function replicatedFixture() {
    const fixture = new TokenServiceFixture();
    const local = new FlakyKisTokenStore(fixture.clock);
    const open = () => fixture.another(new ReplicatedTokenStore(fixture.store, local, fixture.clock));
    fixture.tokens = open();
    const token = await fixture.during(fixture.ask(), SECOND);
    await fixture.clock.advance(2 * MINUTE);
    return { fixture, local, token, neighbour: open() };
  }

  it('does not take a missing copy on this machine for a deletion, and restores it', async () => {
    const { fixture, local, token } = await replicatedFixture();
    await local.inner.remove(fixture.credential, { token, upTo: null });
    fixture.store.fault = 'rejects';
    const looks = fixture.during(fixture.tokens.refreshDue(), SECOND);
    expect(await looks).toEqual([{ alias: 'main', outcome: 'not-due' }]);
    expect((await local.inner.read(fixture.credential)).token?.fingerprint).toBe(token.fingerprint);
    fixture.store.fault = 'none';
    await fixture.run(5 * MINUTE);
    expect(fixture.now.fingerprint).toBe(token.fingerprint);
    expect(fixture.kis.asked).toBe(1);
  });

  it('does not mistake an older copy on this machine for one that a person has put there', async () => {
    const { fixture, local, token } = await replicatedFixture();
    const older = token.with({
      accessToken: 'older',
      generation: 0,
      expiresAt: token.expiresAt - HOUR,
      refreshAt: token.refreshAt - HOUR,
    });
    local.inner.overwrite(fixture.credential, older);
    fixture.store.fault = 'rejects';
    await fixture.run(MINUTE);
    expect(fixture.now.fingerprint).toBe(token.fingerprint);
  });

  it('recognizes a deletion that is recorded on this machine', async () => {
    const { fixture, neighbour, token } = await replicatedFixture();
    await fixture.during(neighbour.deleteToken(), 0);
    fixture.kis.forgetToken();
    fixture.store.fault = 'rejects';
    const looks = fixture.during(fixture.tokens.refreshDue(), SECOND);
    expect(await looks).toEqual([{ alias: 'main', outcome: 'failed' }]);
    fixture.store.fault = 'none';
    await fixture.run(MINUTE);
    expect(fixture.now.fingerprint).not.toBe(token.fingerprint);
  });
});

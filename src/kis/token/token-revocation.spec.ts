import { Logger } from '@nestjs/common';
import { MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';
import type { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('A token that is revoked', () => {
  /**
   * Two running services. One has revoked the token, the other has read the store after that; then KIS has refused
   * another token in the same store.
   */
  async function revokingFixture() {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(2 * MINUTE);
    const revoked = fixture.now;
    await fixture.during(fixture.tokens.deleteToken('main', { revoke: true }), 0);
    const other = fixture.another();
    await fixture.during(other.onApplicationBootstrap(), SECOND);
    fixture.kis.forgetToken();
    await fixture.store.inner.reject(fixture.credential, 'another token');
    return { fixture, revoked, other };
  }

  it.each<[string, (revoked: KisToken) => KisToken]>([
    ['its copy of another program', (revoked) => revoked.with({ generation: 0 })],
    [
      'the same token, which KIS returned to a machine that was cut off',
      (revoked) => revoked.with({ generation: 2 }),
    ],
  ])('is not used again when the store has %s', async (_whose, copyOf) => {
    const { fixture, revoked, other } = await revokingFixture();
    expect(await fixture.store.inner.save(fixture.credential, copyOf(revoked))).toBe('saved');
    await fixture.run(MINUTE, [fixture.tokens, other]);
    expect(fixture.now.accessToken).toBe(fixture.issued(1));
    await fixture.store.inner.remove(fixture.credential);
    fixture.store.inner.overwrite(fixture.credential, copyOf(revoked));
    await fixture.run(5 * MINUTE, [fixture.tokens, other]);
    for (const service of [fixture.tokens, other])
      expect(service.getToken()).toMatchObject({ fingerprint: fixture.now.fingerprint });
    expect(fixture.now.accessToken).toBe(fixture.issued(1));
  });

  it('by another process is not served beyond the next sweep, even just after it replaced a deleted one', async () => {
    const fixture = await TokenServiceFixture.open();
    const other = fixture.another();
    await fixture.run(2 * MINUTE, [fixture.tokens, other]);
    await fixture.store.inner.remove(fixture.credential);
    await fixture.run(MINUTE, [fixture.tokens, other]);
    const restored = fixture.now;
    expect([fixture.kis.asked, restored.accessToken]).toEqual([2, fixture.issued(0)]);
    await fixture.during(other.deleteToken('main', { revoke: true }), 0);
    await fixture.run(30 * SECOND);
    const served = fixture.ask().catch(() => null);
    expect((await fixture.during(served, 2 * MINUTE))?.accessToken).not.toBe(restored.accessToken);
  });

  it('does not give way to one that it had replaced by hand', async () => {
    const fixture = await TokenServiceFixture.open();
    const { credential, store, tokens } = fixture;
    const first = fixture.now.with({
      generation: 0,
      accessToken: 'first',
      expiresAt: fixture.now.expiresAt - 1,
    });
    for (const byHand of [first, first.with({ accessToken: 'second', expiresAt: first.expiresAt - 1 })]) {
      store.inner.overwrite(credential, byHand);
      await fixture.run(MINUTE);
      expect(fixture.now.fingerprint).toBe(byHand.fingerprint);
    }
    const remove = store.inner.remove.bind(store.inner);
    jest.spyOn(store.inner, 'remove').mockImplementationOnce(async (...removal) => {
      await remove(...removal);
      await tokens.refreshDue();
    });
    await fixture.during(tokens.deleteToken('main', { revoke: true }), SECOND);
    expect((await store.read(credential)).token?.fingerprint).not.toBe(first.fingerprint);
    await fixture.run(2 * MINUTE);
    expect(fixture.now.accessToken).toBe(fixture.issued(0));
  });

  it('cannot be imported again', async () => {
    const { fixture, revoked } = await revokingFixture();
    await expect(fixture.during(fixture.tokens.saveToken(revoked), 0)).rejects.toMatchObject({
      code: 'KIS_TOKEN_REJECTED',
    });
  });

  it('counts as deleted: the next one does not replace a refused token', async () => {
    const { fixture } = await revokingFixture();
    await fixture.run(2 * MINUTE);
    expect(fixture.now.accessToken).toBe(fixture.issued(1));
    expect((await fixture.store.read(fixture.credential)).claim.replacedAt).toBe(0);
  });
});

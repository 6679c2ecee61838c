import { Logger } from '@nestjs/common';
import { HOUR, MINUTE, SECOND, TokenServiceFixture } from '../../../test/support/kis/token-service-fixture';
import { KisToken } from './kis-token';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('A store that fails for a moment', () => {
  it('is reported as over with the next sweep, although no new token is there to be saved', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.store.fault = 'rejects';
    await fixture.run(30 * SECOND);
    expect(fixture.tokens.readiness().tokens[0]?.degraded).toMatch(/EIO/);
    fixture.store.fault = 'none';
    await fixture.run(30 * SECOND);
    expect(fixture.tokens.readiness().tokens[0]?.degraded).toBeNull();
  });

  it('gets no further operations while it hangs', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.store.fault = 'hangs';
    const before = fixture.store.operations.length;
    await fixture.run(HOUR);
    expect(fixture.store.operations.slice(before)).toEqual(['probe', 'read']);
  });

  it('is waited for while a renewal is due: a token is requested without it only when the cached one is about to end', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(22 * HOUR);
    fixture.store.fault = 'rejects';
    await fixture.run(110 * MINUTE);
    expect(fixture.now.accessToken).toBe(fixture.issued(0));
    expect(fixture.kis.asked).toBe(1);
    await fixture.run(10 * MINUTE);
    expect(fixture.kis.asked).toBe(2);
    expect(fixture.kis.accepts(fixture.now.accessToken)).toBe(true);
  });

  it('is not read by every caller while a renewal is due', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(22.5 * HOUR);
    fixture.store.fault = 'rejects';
    const before = fixture.store.operations.length;
    for (let second = 0; second < 60; second += 1) {
      for (let caller = 0; caller < 100; caller += 1) expect(fixture.now).toBeInstanceOf(KisToken);
      await fixture.clock.advance(SECOND);
    }
    expect(fixture.store.operations.length - before).toBeLessThanOrEqual(3 * 13);
  });

  it('that loses its claims does not keep this process from obeying the interval', async () => {
    const fixture = new TokenServiceFixture();
    fixture.store.fault = 'rejects';
    await fixture.during(fixture.ask(), SECOND);
    await expect(fixture.during(fixture.tokens.refresh(), SECOND)).rejects.toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
    });
    await expect(fixture.during(fixture.tokens.deleteToken(), 0)).rejects.toMatchObject({
      code: 'TOKEN_STORE_FAILED',
    });
    expect(fixture.now).toBeInstanceOf(KisToken);
    fixture.store.fault = 'none';
    await fixture.during(fixture.tokens.deleteToken(), 0);
    await expect(fixture.during(fixture.ask(), SECOND)).rejects.toMatchObject({
      code: 'TOKEN_ISSUE_COOLDOWN',
    });
    await fixture.clock.advance(MINUTE);
    await fixture.during(fixture.ask(), SECOND);
    expect(fixture.kis.asked).toBe(2);
  });

  it('at the end of an issue does not settle the claim of the next', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.sameTokenMs = 0;
    void fixture.ask();
    await fixture.clock.advance(50);
    fixture.store.fault = 'hangs';
    await fixture.clock.advance(3 * SECOND);
    fixture.store.fault = 'none';
    await fixture.clock.advance(2 * MINUTE);
    const claim = (await fixture.store.inner.read(fixture.credential)).claim;
    expect(claim).toMatchObject({ open: false, failures: 0 });
    await fixture.during(fixture.tokens.refresh(), SECOND);
    const [first, second] = fixture.kis.issues;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(MINUTE);
  });
});

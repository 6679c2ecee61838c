import { Logger } from '@nestjs/common';
import { AccountLogger } from '../account-logger';
import { KisCredentialsRejectedError, KisUnavailableError } from '../kis.errors';
import type { KisTokenEventName } from '../kis.events';
import {
  FIXTURE_ACCOUNT,
  HOUR,
  MINUTE,
  SECOND,
  TokenServiceFixture,
} from '../../../test/support/kis/token-service-fixture';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('The log', () => {
  it('mentions no file where tokens are not stored in files', async () => {
    const log = jest.spyOn(AccountLogger.prototype, 'log');
    const fixture = new TokenServiceFixture();
    await fixture.during(fixture.tokens.onApplicationBootstrap(), SECOND);
    const texts = log.mock.calls.map(([, text]) => text);
    log.mockRestore();
    expect(texts).toContain('No stored token found');
    expect(texts.join()).not.toMatch(/file/);
  });
});

describe('Readiness', () => {
  it('is available with a stored token as soon as the module is up, without a request', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.restart();
    expect(fixture.tokens.readiness()).toMatchObject({
      ready: false,
      tokens: [{ status: 'absent', problem: null }],
    });
    await fixture.during(fixture.tokens.onApplicationBootstrap(), 0);
    expect(fixture.tokens.readiness()).toEqual({
      ready: true,
      tokens: [
        {
          alias: 'main',
          status: 'fresh',
          ready: true,
          degraded: null,
          problem: null,
          remainingSeconds: expect.any(Number),
        },
      ],
    });
    expect(fixture.kis.asked).toBe(1);
  });

  it('follows the validity of the token, not the last attempt', async () => {
    const fixture = await TokenServiceFixture.open();
    fixture.kis.fault = () => {
      throw new KisUnavailableError('KIS is down');
    };
    await fixture.clock.advance(22.5 * HOUR);
    await fixture.run(MINUTE);
    expect(fixture.tokens.readiness()).toMatchObject({
      ready: true,
      tokens: [{ status: 'due', problem: null }],
    });
    await fixture.clock.advance(24 * HOUR - 22.5 * HOUR - 3 * MINUTE);
    expect(fixture.tokens.readiness()).toMatchObject({ ready: true, tokens: [{ status: 'expiring' }] });
    await fixture.run(2 * MINUTE);
    expect(fixture.tokens.readiness()).toMatchObject({
      ready: false,
      tokens: [{ status: 'expired', ready: false, problem: expect.stringMatching(/KIS is down/) }],
    });
    expect(fixture.tokens.readiness().ready).toBe(false);
  });

  it('needs the token of one account, and names the others', async () => {
    const accounts = [FIXTURE_ACCOUNT, { ...FIXTURE_ACCOUNT, alias: 'live', mode: 'REAL' as const }];
    const fixture = new TokenServiceFixture({ accounts });
    await fixture.during(fixture.ask(), SECOND);
    expect(fixture.tokens.readiness()).toMatchObject({
      ready: true,
      tokens: [{ ready: true }, { ready: false }],
    });
    await fixture.during(Promise.resolve(fixture.tokens.getToken('live')), SECOND);
    expect(fixture.tokens.readiness().ready).toBe(true);
  });
});

describe('Events', () => {
  it('report the life of a token', async () => {
    const fixture = new TokenServiceFixture();
    await fixture.during(fixture.ask(), SECOND);
    expect(fixture.told.map(({ name }) => name)).toEqual(['issued', 'saved', 'waited']);
    expect(fixture.told[0]?.event).toMatchObject({ tookMs: 100, expiresAt: new Date(fixture.now.expiresAt) });
    expect(fixture.told[2]?.event).toMatchObject({ waitedMs: 100 });
    expect(fixture.told.every(({ event }) => event.credential.id === fixture.credential.id)).toBe(true);
  });

  it('report that an attempt failed, and when the next is due', async () => {
    const fixture = new TokenServiceFixture();
    fixture.kis.fault = () => {
      throw new KisCredentialsRejectedError('EGW00105');
    };
    await fixture.timed(fixture.ask(), SECOND);
    const retryAt = new Date(fixture.clock.now() - SECOND + 100 + 660_000);
    expect(fixture.heard('refreshFailed').map(({ event }) => event)).toMatchObject([
      { code: 'KIS_CREDENTIALS_REJECTED', message: 'EGW00105', retryAt },
    ]);
  });

  it('hold no token and no secret, as no error and no status does', async () => {
    const fixture = await TokenServiceFixture.open();
    await fixture.clock.advance(2 * HOUR);
    const { error } = await fixture.timed(fixture.replace(fixture.now));
    const status = await fixture.during(fixture.tokens.getTokenInfo(), 0);
    const all = JSON.stringify([fixture.told, status, fixture.tokens.readiness(), String(error), error]);
    expect(all).not.toContain(fixture.issued(0));
    expect(all).not.toContain('SSSS');
    expect(all).not.toContain(FIXTURE_ACCOUNT.appKey.slice(0, 11));
  });

  const NAMES: readonly KisTokenEventName[] = [
    'issued',
    'saved',
    'waited',
    'adopted',
    'rejected',
    'noProgress',
  ];

  it('go to listeners that throw, and nothing changes', async () => {
    const fixture = new TokenServiceFixture();
    let thrown = 0;
    for (const name of NAMES) {
      fixture.tokens.events.on(name, () => {
        thrown += 1;
        throw new Error('a bug of a listener');
      });
    }
    const token = await fixture.during(fixture.ask(), SECOND);
    await fixture.clock.advance(7 * HOUR);
    await fixture.during(fixture.replace(token), SECOND);
    expect(thrown).toBe(7);
    expect(fixture.kis.accepts(fixture.now.accessToken)).toBe(true);
    expect((await fixture.store.read(fixture.credential)).claim).toMatchObject({ open: false, failures: 0 });
  });

  it('go to async listeners that reject, and the rejection affects nothing else', async () => {
    const fixture = new TokenServiceFixture();
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    fixture.tokens.events.on('issued', () => Promise.reject(new Error('a bug of an async listener')));
    await fixture.during(fixture.ask(), SECOND);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('end with the subscription', async () => {
    const fixture = new TokenServiceFixture();
    let heard = 0;
    const stop = fixture.tokens.events.on('issued', () => (heard += 1));
    stop();
    await fixture.during(fixture.ask(), SECOND);
    expect(heard).toBe(0);
  });
});

import { Logger } from '@nestjs/common';
import { KisCredentialsRejectedError, KisUnavailableError } from '../kis.errors';
import type { KisTokenEventName } from '../kis.events';
import { DESK_ACCOUNT, HOUR, MINUTE, SECOND, TokenDesk } from '../../../test/support/kis/token-desk';

beforeAll(() => {
  Logger.overrideLogger(false);
});

describe('Readiness', () => {
  it('is there with a stored token as soon as the module is up, and asks nobody', async () => {
    const desk = await TokenDesk.open();
    desk.restart();
    expect(desk.tokens.readiness()).toMatchObject({
      ready: false,
      tokens: [{ status: 'absent', problem: null }],
    });
    await desk.during(desk.tokens.onApplicationBootstrap(), 0);
    expect(desk.tokens.readiness()).toEqual({
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
    expect(desk.kis.asked).toBe(1);
  });

  it('follows the validity of the token, not the last attempt', async () => {
    const desk = await TokenDesk.open();
    desk.kis.fault = () => {
      throw new KisUnavailableError('KIS is down');
    };
    await desk.clock.advance(22.5 * HOUR);
    await desk.run(MINUTE);
    expect(desk.tokens.readiness()).toMatchObject({
      ready: true,
      tokens: [{ status: 'due', problem: null }],
    });
    await desk.clock.advance(24 * HOUR - 22.5 * HOUR - 3 * MINUTE);
    expect(desk.tokens.readiness()).toMatchObject({ ready: true, tokens: [{ status: 'expiring' }] });
    await desk.run(2 * MINUTE);
    expect(desk.tokens.readiness()).toMatchObject({
      ready: false,
      tokens: [{ status: 'expired', ready: false, problem: expect.stringMatching(/KIS is down/) }],
    });
    expect(desk.tokens.readiness().ready).toBe(false);
  });

  it('needs the token of one account, and names the others', async () => {
    const accounts = [DESK_ACCOUNT, { ...DESK_ACCOUNT, alias: 'live', mode: 'REAL' as const }];
    const desk = new TokenDesk({ accounts });
    await desk.during(desk.ask(), SECOND);
    expect(desk.tokens.readiness()).toMatchObject({
      ready: true,
      tokens: [{ ready: true }, { ready: false }],
    });
    await desk.during(Promise.resolve(desk.tokens.getToken('live')), SECOND);
    expect(desk.tokens.readiness().ready).toBe(true);
  });
});

describe('Events', () => {
  it('tell the life of a token', async () => {
    const desk = new TokenDesk();
    await desk.during(desk.ask(), SECOND);
    expect(desk.told.map(({ name }) => name)).toEqual(['issued', 'saved', 'waited']);
    expect(desk.told[0]?.event).toMatchObject({ tookMs: 100, expiresAt: new Date(desk.now.expiresAt) });
    expect(desk.told[2]?.event).toMatchObject({ waitedMs: 100 });
    expect(desk.told.every(({ event }) => event.credential.id === desk.credential.id)).toBe(true);
  });

  it('tell that an attempt failed, and when the next is due', async () => {
    const desk = new TokenDesk();
    desk.kis.fault = () => {
      throw new KisCredentialsRejectedError('EGW00105');
    };
    await desk.timed(desk.ask(), SECOND);
    const retryAt = new Date(desk.clock.now() - SECOND + 100 + 660_000);
    expect(desk.heard('refreshFailed').map(({ event }) => event)).toMatchObject([
      { code: 'KIS_CREDENTIALS_REJECTED', message: 'EGW00105', retryAt },
    ]);
  });

  it('hold no token and no secret, as no error and no status does', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(2 * HOUR);
    const { error } = await desk.timed(desk.replace(desk.now));
    const status = await desk.during(desk.tokens.getTokenInfo(), 0);
    const all = JSON.stringify([desk.told, status, desk.tokens.readiness(), String(error), error]);
    expect(all).not.toContain(desk.issued(0));
    expect(all).not.toContain('SSSS');
    expect(all).not.toContain(DESK_ACCOUNT.appKey.slice(0, 11));
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
    const desk = new TokenDesk();
    let thrown = 0;
    for (const name of NAMES) {
      desk.tokens.events.on(name, () => {
        thrown += 1;
        throw new Error('a bug of a listener');
      });
    }
    const token = await desk.during(desk.ask(), SECOND);
    await desk.clock.advance(7 * HOUR);
    await desk.during(desk.replace(token), SECOND);
    expect(thrown).toBe(7);
    expect(desk.kis.accepts(desk.now.accessToken)).toBe(true);
    expect((await desk.store.read(desk.credential)).claim).toMatchObject({ open: false, failures: 0 });
  });

  it("go to async listeners that reject, and the rejection is nobody else's", async () => {
    const desk = new TokenDesk();
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    desk.tokens.events.on('issued', () => Promise.reject(new Error('a bug of an async listener')));
    await desk.during(desk.ask(), SECOND);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('end with the subscription', async () => {
    const desk = new TokenDesk();
    let heard = 0;
    const stop = desk.tokens.events.on('issued', () => (heard += 1));
    stop();
    await desk.during(desk.ask(), SECOND);
    expect(heard).toBe(0);
  });
});

describe('getTokenInfo', () => {
  it('tells the facts without the token', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(9 * SECOND);
    const issued = new Date('2026-11-22T00:00:00.100Z');
    expect(await desk.during(desk.tokens.getTokenInfo(), 0)).toEqual({
      alias: 'main',
      mode: 'MOCK',
      appKey: 'PSspecKey0…',
      status: 'fresh',
      tokenType: 'Bearer',
      issuedAt: issued,
      expiresAt: new Date('2026-11-23T00:00:00Z'),
      remainingSeconds: 86_390,
      refreshAt: new Date('2026-11-22T22:25:00Z'),
      source: 'api',
      store: 'memory',
      filePath: null,
      cooldownUntil: new Date('2026-11-22T00:01:01.100Z'),
      lastError: null,
      issuedToday: 1,
    });
  });

  it('tells of a token that is only stored, and where a token in memory came from', async () => {
    const desk = await TokenDesk.open();
    desk.restart();
    const before = await desk.during(desk.tokens.getTokenInfo(), 0);
    expect(before).toMatchObject({ status: 'fresh', source: 'memory' });
    expect(desk.tokens.readiness().ready).toBe(false);
  });

  it('tells the last error, and forgets it with the next success', async () => {
    const desk = new TokenDesk();
    desk.kis.fault = () => {
      throw new KisUnavailableError('KIS is down');
    };
    await desk.timed(desk.ask(), SECOND);
    expect(await desk.during(desk.tokens.getTokenInfo(), 0)).toMatchObject({
      status: 'absent',
      lastError: {
        code: 'KIS_UNAVAILABLE',
        message: 'KIS is down',
        at: new Date('2026-11-22T00:00:00.100Z'),
      },
    });
    desk.kis.fault = null;
    await desk.run(2 * MINUTE);
    expect((await desk.during(desk.tokens.getTokenInfo(), 0)).lastError).toBeNull();
  });

  it('knows no error of an attempt that was none: asked too soon, with a good token', async () => {
    const desk = await TokenDesk.open();
    await desk.timed(
      desk.tokens.refresh().then(() => desk.now),
      SECOND,
    );
    expect((await desk.during(desk.tokens.getTokenInfo(), 0)).lastError).toBeNull();
  });

  it('counts the requests of a Korean day', async () => {
    const desk = await TokenDesk.open();
    await desk.clock.advance(14 * HOUR);
    await desk.during(desk.tokens.refresh(), SECOND);
    expect((await desk.during(desk.tokens.getTokenInfo(), 0)).issuedToday).toBe(2);
    await desk.clock.advance(HOUR);
    expect((await desk.during(desk.tokens.getTokenInfo(), 0)).issuedToday).toBe(0);
  });

  it('answers while the store is broken', async () => {
    const desk = await TokenDesk.open();
    desk.store.fault = 'rejects';
    expect(await desk.during(desk.tokens.getTokenInfo(), 0)).toMatchObject({
      status: 'fresh',
      cooldownUntil: null,
    });
  });
});

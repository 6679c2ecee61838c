import { DEFAULT_SETTINGS, InvalidSettingsError } from './index';
import { TestSimulator } from '../../test/support/simulator/test-simulator';

let server: TestSimulator;
beforeEach(async () => {
  server = await TestSimulator.open();
});
afterEach(() => server.close());

const control = (method: string, path: string, body?: unknown) =>
  server.ask('mock', `/__sim${path}`, { method, body });

describe('the index of controls', () => {
  it('lists every control in words, what each setting accepts, and counts', async () => {
    await server.token('real');
    const { json } = await server.ask('real', '/__sim');
    expect(Object.keys(json['controls'] as object)).toEqual([
      'GET /__sim',
      'GET /__sim/settings',
      'PATCH /__sim/settings',
      'POST /__sim/clock',
      'GET /__sim/requests',
      'DELETE /__sim/requests',
      'GET /__sim/tokens',
      'POST /__sim/tokens/kill',
      'GET /__sim/issues',
      'POST /__sim/market',
      'GET /__sim/orders',
      'POST /__sim/orders/fill',
      'POST /__sim/orders/reject',
      'GET /__sim/realtime',
      'POST /__sim/realtime/close',
      'POST /__sim/realtime/ghost',
      'POST /__sim/realtime/frame',
      'POST /__sim/reset',
    ]);
    expect(json['accepts']).toMatchObject({ lastPageMark: 'one of "D", "E"' });
    expect(Object.keys(json['accepts'] as object).sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort());
    expect(json['counts']).toEqual({ requests: 1, tokens: 1, orders: 0, kakaoMessages: 1 });
  });

  it('answers 404 to an unknown control and 405 to a wrong method, and says what there is', async () => {
    expect(await control('GET', '/nothing')).toMatchObject({
      status: 404,
      json: { error: 'There is no /__sim/nothing; GET /__sim lists the controls.' },
    });
    expect(await control('DELETE', '/settings')).toMatchObject({
      status: 405,
      json: { error: '/__sim/settings takes GET, PATCH, not DELETE.' },
    });
  });

  it('is not on record among the requests', async () => {
    await control('GET', '');
    expect(server.simulator.requests.length).toBe(0);
  });
});

describe('settings', () => {
  it('can be read and changed, here and in the program', async () => {
    const changed = await control('PATCH', '/settings', { holdings: 30, tokenFault: 'drop' });
    expect(changed).toMatchObject({ status: 200, json: { holdings: 30, tokenFault: 'drop' } });
    expect(server.simulator.settings).toMatchObject({ holdings: 30, tokenFault: 'drop' });
    server.simulator.update({ holdings: 5 });
    expect((await control('GET', '/settings')).json['holdings']).toBe(5);
  });

  it('are changed all or not at all, and every problem is named', async () => {
    const refused = await control('PATCH', '/settings', { soldOut: 1, holdings: -1, holdigns: 3 });
    expect(refused.status).toBe(400);
    expect(refused.json['error']).toMatch(
      /^"holdings" must be a whole number from 0 to 110\. There is no setting "holdigns"; there are clockOffsetMs, /,
    );
    expect(server.simulator.settings.soldOut).toBe(0);
  });

  it.each([
    ['expiredAs', 404],
    ['tokenFault', 'explode'],
    ['refuseNextCode', 'EGW99999'],
    ['randomRateRefusals', 1.5],
    ['tokenDown', 'yes'],
    ['pageSize', 0],
    ['omitFields', ['a b']],
    ['omitFields', 'output1'],
    ['refuseTrId', 'x'],
    ['mockPerSecond', 0],
  ])('do not take %s: %p', async (name, value) => {
    expect((await control('PATCH', '/settings', { [name]: value })).status).toBe(400);
    expect(() => {
      server.simulator.update({ [name]: value });
    }).toThrow(InvalidSettingsError);
  });

  it.each(['[1]', '{', '"text"'])('do not take the body %s', async (body) => {
    expect(await control('PATCH', '/settings', body)).toMatchObject({
      status: 400,
      json: { error: 'The body must be a JSON object.' },
    });
  });
});

describe('the clock', () => {
  it('is moved from where it is, or against this machine', async () => {
    const advanced = await control('POST', '/clock', { advanceSeconds: 90 });
    expect(advanced.json).toEqual({
      now: '2026-11-23T01:01:30.000Z',
      inKorea: '2026-11-23 10:01:30',
      offsetSeconds: 90,
    });
    await control('POST', '/clock', { advanceSeconds: 10 });
    expect(server.simulator.now()).toBe(server.now + 100_000);
    await control('POST', '/clock', { offsetSeconds: -5 });
    expect(server.simulator.now()).toBe(server.now - 5_000);
  });

  it('ages tokens and the minute', async () => {
    const token = await server.token('mock');
    await control('POST', '/clock', { advanceSeconds: 60 });
    expect(await server.token('mock')).toBe(token);
    await control('POST', '/clock', { advanceSeconds: 86_400 });
    expect((await server.balance('mock', token)).json['msg_cd']).toBe('EGW00123');
  });

  it('does not lock a key out when it is turned back', async () => {
    await control('POST', '/clock', { advanceSeconds: 100_000 });
    await server.token('mock');
    await control('POST', '/clock', { offsetSeconds: 0 });
    const token = await server.token('mock');
    expect((await server.balance('mock', token)).status).toBe(200);
  });

  it.each([{}, { advanceSeconds: 'soon' }, { advanceSeconds: 1, offsetSeconds: 1 }, { seconds: 1 }])(
    'does not take %p',
    async (body) => {
      expect((await control('POST', '/clock', body)).status).toBe(400);
    },
  );

  it('does not go further than ten years', async () => {
    expect((await control('POST', '/clock', { offsetSeconds: 1e12 })).status).toBe(400);
  });
});

describe('a reset', () => {
  it('goes back to the first settings and an empty memory', async () => {
    const token = await server.token('mock');
    await control('PATCH', '/settings', { holdings: 9, clockOffsetMs: 5 });
    await control('POST', '/reset');
    const { settings, requests, kakaoMessages, orders } = server.simulator;
    expect(settings).toEqual({ ...DEFAULT_SETTINGS, realPerSecond: 1000, mockPerSecond: 1000 });
    expect([requests.length, kakaoMessages, orders.length]).toEqual([0, 0, 0]);
    expect(server.simulator.issuesOf(server.demo('mock').appKey)).toEqual([]);
    expect(await server.token('mock')).not.toBe(token);
  });
});

import { TestSimulator } from '../../test/support/simulator/test-simulator';

let server: TestSimulator;
beforeEach(async () => {
  server = await TestSimulator.open();
});
afterEach(() => server.close());

const control = (method: string, path: string, body?: unknown) =>
  server.ask('mock', `/__sim${path}`, { method, body });

describe('the records', () => {
  it('show requests without any secret', async () => {
    const token = await server.token('mock');
    server.simulator.update({ holdings: 21 });
    const { json } = await server.balance('mock', token);
    const query = { CTX_AREA_FK100: String(json['ctx_area_fk100']) };
    await server.balance('mock', token, { query });
    const shown = await control('GET', '/requests');
    const { appKey, appSecret, accountNumber } = server.demo('mock');
    for (const secret of [token, appKey, appSecret, accountNumber]) expect(shown.text).not.toContain(secret);
    expect(shown.json).toMatchObject({
      count: 3,
      requests: [
        { path: '/oauth2/tokenP', status: 200 },
        { trId: 'VTTC8434R', code: '20310000', query: { CANO: '5011****' } },
        { trId: 'VTTC8434R', code: 'EGW00203' },
      ],
    });
  });

  it('show the last requests only when so asked, and can be forgotten', async () => {
    await server.token('mock');
    await server.requestToken('mock');
    const { json } = await server.ask('mock', '/__sim/requests', { query: { limit: '1' } });
    expect(json).toMatchObject({ count: 2, requests: [{ code: 'EGW00133' }] });
    expect((await server.ask('mock', '/__sim/requests', { query: { limit: 'x' } })).status).toBe(400);
    await control('DELETE', '/requests');
    expect(server.simulator.requests.length).toBe(0);
    expect(server.simulator.issuesOf(server.demo('mock').appKey)).toHaveLength(2);
  });

  it('show tokens by their hashes and states', async () => {
    const token = await server.token('mock');
    server.simulator.killToken(token);
    await server.token('real');
    const shown = await control('GET', '/tokens');
    expect(shown.text).not.toContain(token);
    expect(shown.json['tokens']).toMatchObject([
      { appKey: 'PStoMm5NMd…', state: 'killed', expiresAt: '2026-11-24T01:00:00.000Z' },
      { state: 'valid' },
    ]);
    server.pass(86_400);
    expect((await control('GET', '/tokens')).json['tokens']).toMatchObject([
      { state: 'killed' },
      { state: 'expired' },
    ]);
  });

  it('show token requests with the gaps between them', async () => {
    await server.token('mock');
    server.pass(61);
    await server.token('mock');
    server.pass(5);
    await server.requestToken('mock');
    expect((await control('GET', '/issues')).json).toMatchObject({
      keys: [
        {
          appKey: 'PStoMm5NMd…',
          shortestGapSeconds: 5,
          requests: [
            { status: 200, gapSeconds: null },
            { status: 200, gapSeconds: 61 },
            { status: 403, code: 'EGW00133', gapSeconds: 5 },
          ],
        },
      ],
    });
  });
});

describe('killing tokens', () => {
  it('takes a key by its first characters, or all keys', async () => {
    const [mock, real] = [await server.token('mock'), await server.token('real')];
    expect((await control('POST', '/tokens/kill', { appKey: 'PStoMm5NMd' })).json).toEqual({ killed: 1 });
    expect((await server.balance('mock', mock)).json['msg_cd']).toBe('EGW00121');
    expect((await server.balance('real', real)).status).toBe(200);
    expect((await control('POST', '/tokens/kill')).status).toBe(200);
    expect((await server.balance('real', real)).json['msg_cd']).toBe('EGW00121');
  });

  it('counts and lists tokens of an earlier run once they have been used', async () => {
    const earlier = await TestSimulator.open();
    const token = await earlier.token('mock');
    await earlier.close();
    server.pass(1);
    expect((await server.balance('mock', token)).status).toBe(200);
    expect((await control('GET', '/tokens')).json['tokens']).toMatchObject([
      { appKey: 'PStoMm5NMd…', issuedAt: '2026-11-23T01:00:00.000Z', state: 'valid' },
    ]);
    expect((await control('GET', '')).json['counts']).toMatchObject({ tokens: 1 });
    expect((await control('POST', '/tokens/kill')).json).toEqual({ killed: 1 });
    expect((await server.balance('mock', token)).json['msg_cd']).toBe('EGW00121');
    expect((await control('GET', '/tokens')).json['tokens']).toMatchObject([{ state: 'killed' }]);
    expect((await control('POST', '/tokens/kill')).json).toEqual({ killed: 0 });
  });

  it.each([{ appKey: 'PS' }, { appKey: 3 }, { key: 'PStoMm5NMd' }])('does not take %p', async (body) => {
    expect((await control('POST', '/tokens/kill', body)).status).toBe(400);
  });
});

import { TestSimulator } from '../../test/support/simulator/test-simulator';

let server: TestSimulator;
beforeEach(async () => {
  server = await TestSimulator.open();
});
afterEach(() => server.close());

const issues = () => server.simulator.issuesOf(server.demo('mock').appKey);

/** Waits until a request has reached the brokerage, by asking the controls over and over. */
async function requestSeen(): Promise<void> {
  while (server.simulator.requests.length === 0) await server.ask('mock', '/__sim/settings');
}

describe('a fault of the token endpoint', () => {
  it('drop: issues, and destroys the connection', async () => {
    server.simulator.update({ tokenFault: 'drop' });
    await expect(server.requestToken('mock')).rejects.toThrow('socket hang up');
    expect(issues()).toMatchObject([{ status: 0, code: 'drop', tokenHash: expect.any(String) }]);
    server.simulator.update({ tokenFault: null });
    expect((await server.requestToken('mock')).json['error_code']).toBe('EGW00133');
  });

  it('tokenDown: destroys the connection, and the brokerage has seen nothing', async () => {
    server.simulator.update({ tokenDown: true });
    await expect(server.requestToken('mock')).rejects.toThrow('socket hang up');
    expect(issues()).toMatchObject([{ status: 0, code: 'tokenDown', tokenHash: null }]);
    server.simulator.update({ tokenDown: false });
    expect((await server.requestToken('mock')).status).toBe(200);
  });

  it('hang: issues, and never answers', async () => {
    server.simulator.update({ tokenFault: 'hang' });
    const waiting = expect(server.requestToken('mock')).rejects.toThrow('socket hang up');
    await requestSeen();
    expect(issues()).toMatchObject([{ status: 0, code: 'hang', tokenHash: expect.any(String) }]);
    await server.simulator.stop();
    await waiting;
  });

  it('truncated: breaks off in the middle of the body', async () => {
    server.simulator.update({ tokenFault: 'truncated' });
    await expect(server.requestToken('mock')).rejects.toThrow('aborted');
    expect(issues()).toMatchObject([{ status: 0, code: 'truncated', tokenHash: expect.any(String) }]);
  });

  it.each([
    ['http500', 500, 'EGW00002'],
    ['html502', 502, 'html502'],
    ['redirect', 307, 'redirect'],
  ] as const)('%s: answers %i and issues nothing', async (tokenFault, status, code) => {
    server.simulator.update({ tokenFault });
    const answer = await server.requestToken('mock');
    expect(answer.status).toBe(status);
    expect(issues()).toMatchObject([{ status, code, tokenHash: null }]);
    server.simulator.update({ tokenFault: null });
    expect((await server.requestToken('mock')).status).toBe(200);
  });

  it('html502 is a page, redirect names another path', async () => {
    server.simulator.update({ tokenFault: 'html502' });
    const page = await server.requestToken('mock');
    expect([page.headers.get('Content-Type'), page.text.startsWith('<html>')]).toEqual(['text/html', true]);
    server.simulator.update({ tokenFault: 'redirect' });
    expect((await server.requestToken('mock')).headers.get('Location')).toBe('/redirected');
  });

  it.each([
    ['emptyExpiry', '', 86_400],
    ['pastExpiry', '2026-11-23 09:40:00', 86_400],
    ['longExpiry', '2026-12-23 10:00:00', 2_592_000],
  ] as const)('%s: says so, and the token is good all the same', async (tokenFault, expired, expires_in) => {
    server.simulator.update({ tokenFault });
    const { json } = await server.requestToken('mock');
    expect(json).toMatchObject({ access_token_token_expired: expired, expires_in });
    expect((await server.balance('mock', String(json['access_token']))).status).toBe(200);
  });

  it('notJwt: issues an opaque text that works', async () => {
    server.simulator.update({ tokenFault: 'notJwt' });
    const token = await server.token('mock');
    expect(token).toMatch(/^opaque[0-9a-f]+$/);
    expect((await server.balance('mock', token)).status).toBe(200);
    server.pass(86_400);
    expect((await server.balance('mock', token)).json['msg_cd']).toBe('EGW00123');
  });
});

describe('a fault of the calls under /uapi', () => {
  const order = (token: string) =>
    server.inquire('mock', '/uapi/domestic-stock/v1/trading/order-cash', 'VTTC0802U', token, {
      method: 'POST',
      body: {
        CANO: server.demo('mock').accountNumber,
        ACNT_PRDT_CD: '01',
        PDNO: '005930',
        ORD_DVSN: '01',
        ORD_QTY: '1',
        ORD_UNPR: '0',
      },
    });

  it.each(['drop', 'truncated'] as const)('%s: executes an order and loses the answer', async (apiFault) => {
    const token = await server.token('mock');
    server.simulator.update({ apiFault });
    await expect(order(token)).rejects.toThrow();
    expect(server.simulator.orders).toHaveLength(1);
    expect(server.simulator.requests.all.at(-1)).toMatchObject({ status: 0, code: apiFault });
  });

  it.each([
    ['html502', 502],
    ['http503', 503],
    ['redirect', 307],
  ] as const)('%s: answers %i and executes nothing', async (apiFault, status) => {
    const token = await server.token('mock');
    server.simulator.update({ apiFault });
    expect((await order(token)).status).toBe(status);
    expect(server.simulator.orders).toEqual([]);
  });

  it('does not touch the token endpoint', async () => {
    server.simulator.update({ apiFault: 'drop' });
    expect((await server.requestToken('mock')).status).toBe(200);
  });
});

describe('fields that are left out', () => {
  it('are missing wherever they stand, and nothing else is', async () => {
    const token = await server.token('mock');
    const whole = (await server.balance('mock', token)).json;
    server.simulator.update({ omitFields: ['prdt_name', 'output2'] });
    const { json } = await server.balance('mock', token);
    expect(Object.keys(json)).toEqual(Object.keys(whole).filter((name) => name !== 'output2'));
    expect(json['output1']).toEqual(
      (whole['output1'] as object[]).map((row) => ({ ...row, prdt_name: undefined })),
    );
    expect(JSON.stringify(json)).not.toContain('prdt_name');
  });
});

describe('refusals on demand', () => {
  it('refuse every call, whatever its token', async () => {
    const token = await server.token('mock');
    server.simulator.update({ refuseAll: 'EGW00123' });
    expect(await server.balance('mock', token)).toMatchObject({ status: 500, json: { msg_cd: 'EGW00123' } });
    server.simulator.update({ refuseAll: null });
    expect((await server.balance('mock', token)).status).toBe(200);
  });

  it('refuse so many further calls with a code, and count down', async () => {
    const token = await server.token('mock');
    server.simulator.update({ refuseNext: 2, refuseNextCode: 'EGW00215' });
    const codes = [];
    for (let call = 0; call < 3; call += 1) codes.push((await server.balance('mock', token)).json['msg_cd']);
    expect(codes).toEqual(['EGW00215', 'EGW00215', '20310000']);
    expect(server.simulator.settings.refuseNext).toBe(0);
  });

  it.each([
    ['EGW00316', 500, '1'],
    ['EGW00206', 500, '1'],
    ['OPSQ1002', 200, '1'],
    ['OPSQ2000', 200, '2'],
    ['APBK0919', 200, '7'],
    ['IGW00036', 500, '1'],
    ['APBK9999', 200, '1'],
  ])('play any code in its own form: %s', async (code, status, rtCd) => {
    const token = await server.token('mock');
    server.simulator.update({ refuseAll: code });
    expect(await server.balance('mock', token)).toMatchObject({
      status,
      json: { rt_cd: rtCd, msg_cd: code, msg1: expect.stringMatching(/./) },
    });
  });

  it('concern one call, or following pages only, where that is set', async () => {
    const token = await server.token('mock');
    server.simulator.update({ refuseAll: 'OPSQ0003', refuseTrId: 'VTTC8908R', pageSize: 2 });
    const first = await server.balance('mock', token);
    expect(first.status).toBe(200);
    const following = {
      headers: { tr_cont: 'N' },
      query: {
        CTX_AREA_FK100: String(first.json['ctx_area_fk100']),
        CTX_AREA_NK100: String(first.json['ctx_area_nk100']),
      },
    };
    server.simulator.update({ refuseAll: 'SYDB0050', refuseTrId: null, refusePages: 'following' });
    expect((await server.balance('mock', token)).json['rt_cd']).toBe('0');
    expect((await server.balance('mock', token, following)).json['msg_cd']).toBe('SYDB0050');
    server.simulator.update({ refusePages: 'first' });
    expect((await server.balance('mock', token)).json['msg_cd']).toBe('SYDB0050');
    expect((await server.balance('mock', token, following)).json['rt_cd']).toBe('0');
  });

  it('refuse tokens with a code, in the form of the token endpoint', async () => {
    server.simulator.update({ tokenRefusal: 'EGW00207' });
    const refused = await server.requestToken('mock');
    expect([refused.status, refused.text]).toEqual([
      403,
      '{"error_description":"IP 주소가 없거나 유효하지 않습니다.","error_code":"EGW00207"}',
    ]);
    server.simulator.update({ tokenRefusal: null });
    expect((await server.requestToken('mock')).status).toBe(200);
  });

  it('kill one token, or all', async () => {
    const [mock, real] = [await server.token('mock'), await server.token('real')];
    server.simulator.killToken(mock);
    expect((await server.balance('mock', mock)).json['msg_cd']).toBe('EGW00121');
    expect((await server.balance('real', real)).status).toBe(200);
    server.simulator.killAllTokens();
    expect((await server.balance('real', real)).json['msg_cd']).toBe('EGW00121');
  });
});

describe('latency', () => {
  it('delays the answer, not the work', async () => {
    server.simulator.update({ latencyMs: 600_000 });
    const waiting = expect(server.requestToken('mock')).rejects.toThrow('socket hang up');
    await requestSeen();
    expect(issues()).toMatchObject([{ status: 200, tokenHash: expect.any(String) }]);
    await server.simulator.stop();
    await waiting;
  });

  it('adds up at the token endpoint', async () => {
    server.simulator.update({ latencyMs: 10, tokenLatencyMs: 20 });
    const started = performance.now();
    expect((await server.requestToken('mock')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(25);
  });
});

import { Bench } from '../../test/support/simulator/bench';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

const issues = () => bench.simulator.issuesOf(bench.demo('mock').appKey);

/** Waits until a request has reached the brokerage, by asking the controls over and over. */
async function requestSeen(): Promise<void> {
  while (bench.simulator.requests.length === 0) await bench.ask('mock', '/__sim/settings');
}

describe('a fault of the token endpoint', () => {
  it('drop: issues, and destroys the connection', async () => {
    bench.simulator.update({ tokenFault: 'drop' });
    await expect(bench.requestToken('mock')).rejects.toThrow('socket hang up');
    expect(issues()).toMatchObject([{ status: 0, code: 'drop', tokenHash: expect.any(String) }]);
    bench.simulator.update({ tokenFault: null });
    expect((await bench.requestToken('mock')).json['error_code']).toBe('EGW00133');
  });

  it('tokenDown: destroys the connection, and the brokerage has seen nothing', async () => {
    bench.simulator.update({ tokenDown: true });
    await expect(bench.requestToken('mock')).rejects.toThrow('socket hang up');
    expect(issues()).toMatchObject([{ status: 0, code: 'tokenDown', tokenHash: null }]);
    bench.simulator.update({ tokenDown: false });
    expect((await bench.requestToken('mock')).status).toBe(200);
  });

  it('hang: issues, and never answers', async () => {
    bench.simulator.update({ tokenFault: 'hang' });
    const waiting = expect(bench.requestToken('mock')).rejects.toThrow('socket hang up');
    await requestSeen();
    expect(issues()).toMatchObject([{ status: 0, code: 'hang', tokenHash: expect.any(String) }]);
    await bench.simulator.stop();
    await waiting;
  });

  it('truncated: breaks off in the middle of the body', async () => {
    bench.simulator.update({ tokenFault: 'truncated' });
    await expect(bench.requestToken('mock')).rejects.toThrow('aborted');
    expect(issues()).toMatchObject([{ status: 0, code: 'truncated', tokenHash: expect.any(String) }]);
  });

  it.each([
    ['http500', 500, 'EGW00002'],
    ['html502', 502, 'html502'],
    ['redirect', 307, 'redirect'],
  ] as const)('%s: answers %i and issues nothing', async (tokenFault, status, code) => {
    bench.simulator.update({ tokenFault });
    const answer = await bench.requestToken('mock');
    expect(answer.status).toBe(status);
    expect(issues()).toMatchObject([{ status, code, tokenHash: null }]);
    bench.simulator.update({ tokenFault: null });
    expect((await bench.requestToken('mock')).status).toBe(200);
  });

  it('html502 is a page, redirect names another path', async () => {
    bench.simulator.update({ tokenFault: 'html502' });
    const page = await bench.requestToken('mock');
    expect([page.headers.get('Content-Type'), page.text.startsWith('<html>')]).toEqual(['text/html', true]);
    bench.simulator.update({ tokenFault: 'redirect' });
    expect((await bench.requestToken('mock')).headers.get('Location')).toBe('/redirected');
  });

  it.each([
    ['emptyExpiry', '', 86_400],
    ['pastExpiry', '2026-11-23 09:40:00', 86_400],
    ['longExpiry', '2026-12-23 10:00:00', 2_592_000],
  ] as const)('%s: says so, and the token is good all the same', async (tokenFault, expired, expires_in) => {
    bench.simulator.update({ tokenFault });
    const { json } = await bench.requestToken('mock');
    expect(json).toMatchObject({ access_token_token_expired: expired, expires_in });
    expect((await bench.balance('mock', String(json['access_token']))).status).toBe(200);
  });

  it('notJwt: issues an opaque text that works', async () => {
    bench.simulator.update({ tokenFault: 'notJwt' });
    const token = await bench.token('mock');
    expect(token).toMatch(/^opaque[0-9a-f]+$/);
    expect((await bench.balance('mock', token)).status).toBe(200);
    bench.pass(86_400);
    expect((await bench.balance('mock', token)).json['msg_cd']).toBe('EGW00123');
  });
});

describe('a fault of the calls under /uapi', () => {
  const order = (token: string) =>
    bench.inquire('mock', '/uapi/domestic-stock/v1/trading/order-cash', 'VTTC0802U', token, {
      method: 'POST',
      body: {
        CANO: bench.demo('mock').accountNumber,
        ACNT_PRDT_CD: '01',
        PDNO: '005930',
        ORD_DVSN: '01',
        ORD_QTY: '1',
        ORD_UNPR: '0',
      },
    });

  it.each(['drop', 'truncated'] as const)('%s: executes an order and loses the answer', async (apiFault) => {
    const token = await bench.token('mock');
    bench.simulator.update({ apiFault });
    await expect(order(token)).rejects.toThrow();
    expect(bench.simulator.orders).toHaveLength(1);
    expect(bench.simulator.requests.all.at(-1)).toMatchObject({ status: 0, code: apiFault });
  });

  it.each([
    ['html502', 502],
    ['http503', 503],
    ['redirect', 307],
  ] as const)('%s: answers %i and executes nothing', async (apiFault, status) => {
    const token = await bench.token('mock');
    bench.simulator.update({ apiFault });
    expect((await order(token)).status).toBe(status);
    expect(bench.simulator.orders).toEqual([]);
  });

  it('does not touch the token endpoint', async () => {
    bench.simulator.update({ apiFault: 'drop' });
    expect((await bench.requestToken('mock')).status).toBe(200);
  });
});

describe('fields that are left out', () => {
  it('are missing wherever they stand, and nothing else is', async () => {
    const token = await bench.token('mock');
    const whole = (await bench.balance('mock', token)).json;
    bench.simulator.update({ omitFields: ['prdt_name', 'output2'] });
    const { json } = await bench.balance('mock', token);
    expect(Object.keys(json)).toEqual(Object.keys(whole).filter((name) => name !== 'output2'));
    expect(json['output1']).toEqual(
      (whole['output1'] as object[]).map((row) => ({ ...row, prdt_name: undefined })),
    );
    expect(JSON.stringify(json)).not.toContain('prdt_name');
  });
});

describe('refusals on demand', () => {
  it('refuse every call, whatever its token', async () => {
    const token = await bench.token('mock');
    bench.simulator.update({ refuseAll: 'EGW00123' });
    expect(await bench.balance('mock', token)).toMatchObject({ status: 500, json: { msg_cd: 'EGW00123' } });
    bench.simulator.update({ refuseAll: null });
    expect((await bench.balance('mock', token)).status).toBe(200);
  });

  it('refuse so many further calls with a code, and count down', async () => {
    const token = await bench.token('mock');
    bench.simulator.update({ refuseNext: 2, refuseNextCode: 'EGW00215' });
    const codes = [];
    for (let call = 0; call < 3; call += 1) codes.push((await bench.balance('mock', token)).json['msg_cd']);
    expect(codes).toEqual(['EGW00215', 'EGW00215', '20310000']);
    expect(bench.simulator.settings.refuseNext).toBe(0);
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
    const token = await bench.token('mock');
    bench.simulator.update({ refuseAll: code });
    expect(await bench.balance('mock', token)).toMatchObject({
      status,
      json: { rt_cd: rtCd, msg_cd: code, msg1: expect.stringMatching(/./) },
    });
  });

  it('concern one call, or following pages only, where that is set', async () => {
    const token = await bench.token('mock');
    bench.simulator.update({ refuseAll: 'OPSQ0003', refuseTrId: 'VTTC8908R', pageSize: 2 });
    const first = await bench.balance('mock', token);
    expect(first.status).toBe(200);
    const following = {
      headers: { tr_cont: 'N' },
      query: {
        CTX_AREA_FK100: String(first.json['ctx_area_fk100']),
        CTX_AREA_NK100: String(first.json['ctx_area_nk100']),
      },
    };
    bench.simulator.update({ refuseAll: 'SYDB0050', refuseTrId: null, refusePages: 'following' });
    expect((await bench.balance('mock', token)).json['rt_cd']).toBe('0');
    expect((await bench.balance('mock', token, following)).json['msg_cd']).toBe('SYDB0050');
    bench.simulator.update({ refusePages: 'first' });
    expect((await bench.balance('mock', token)).json['msg_cd']).toBe('SYDB0050');
    expect((await bench.balance('mock', token, following)).json['rt_cd']).toBe('0');
  });

  it('refuse tokens with a code, in the form of the token endpoint', async () => {
    bench.simulator.update({ tokenRefusal: 'EGW00207' });
    const refused = await bench.requestToken('mock');
    expect([refused.status, refused.text]).toEqual([
      403,
      '{"error_description":"IP 주소가 없거나 유효하지 않습니다.","error_code":"EGW00207"}',
    ]);
    bench.simulator.update({ tokenRefusal: null });
    expect((await bench.requestToken('mock')).status).toBe(200);
  });

  it('kill one token, or all', async () => {
    const [mock, real] = [await bench.token('mock'), await bench.token('real')];
    bench.simulator.killToken(mock);
    expect((await bench.balance('mock', mock)).json['msg_cd']).toBe('EGW00121');
    expect((await bench.balance('real', real)).status).toBe(200);
    bench.simulator.killAllTokens();
    expect((await bench.balance('real', real)).json['msg_cd']).toBe('EGW00121');
  });
});

describe('latency', () => {
  it('delays the answer, not the work', async () => {
    bench.simulator.update({ latencyMs: 600_000 });
    const waiting = expect(bench.requestToken('mock')).rejects.toThrow('socket hang up');
    await requestSeen();
    expect(issues()).toMatchObject([{ status: 200, tokenHash: expect.any(String) }]);
    await bench.simulator.stop();
    await waiting;
  });

  it('adds up at the token endpoint', async () => {
    bench.simulator.update({ latencyMs: 10, tokenLatencyMs: 20 });
    const started = performance.now();
    expect((await bench.requestToken('mock')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(25);
  });
});

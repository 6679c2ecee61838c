import { TestSimulator, credentials, strangerKeys } from '../../test/support/simulator/test-simulator';

describe('the gateway of /uapi', () => {
  let server: TestSimulator;
  let token: string;
  beforeEach(async () => {
    server = await TestSimulator.open();
    token = await server.token('mock');
  });
  afterEach(() => server.close());

  it('refuses an unknown token with HTTP 500 and the literal body', async () => {
    const refused = await server.balance('mock', 'unknown');
    expect(refused.status).toBe(500);
    expect(refused.text).toBe('{"rt_cd":"1","msg_cd":"EGW00121","msg1":"유효하지 않은 token 입니다."}');
  });

  it('refuses an expired token from the second of its expiry on', async () => {
    server.pass(86_399);
    expect((await server.balance('mock', token)).status).toBe(200);
    server.pass(1);
    const refused = await server.balance('mock', token);
    expect(refused.status).toBe(500);
    expect(refused.text).toBe('{"rt_cd":"1","msg_cd":"EGW00123","msg1":"기간이 만료된 token 입니다."}');
  });

  it('refuses tokens with HTTP 200 when so set, and other things still with 500', async () => {
    server.simulator.update({ expiredAs: 200 });
    expect((await server.balance('mock', 'unknown')).status).toBe(200);
    server.pass(86_400);
    expect(await server.balance('mock', token)).toMatchObject({ status: 200, json: { msg_cd: 'EGW00123' } });
    const basic = await server.balance('mock', token, { headers: { authorization: 'Basic x' } });
    expect(basic.status).toBe(500);
  });

  it('refuses a token whose signature or content was changed', async () => {
    const [header, payload = '', signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
    const forged = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 86_400 })).toString('base64url');
    expect((await server.balance('mock', `${header}.${forged}.${signature}`)).json['msg_cd']).toBe(
      'EGW00121',
    );
    expect((await server.balance('mock', `${header}.${payload}.x`)).json['msg_cd']).toBe('EGW00121');
  });

  it.each([
    ['no authorization', { authorization: '' }, 'EGW00122'],
    ['no token after Bearer', { authorization: 'Bearer ' }, 'EGW00122'],
    ['another scheme', { authorization: 'Basic abc' }, 'EGW00205'],
    ['no app key', { appkey: '' }, 'EGW00102'],
    ['a malformed app key', { appkey: 'short' }, 'EGW00103'],
    ['another secret', { appsecret: 'x'.repeat(180) }, 'EGW00304'],
  ])('refuses %s', async (_case, headers, code) => {
    expect(await server.balance('mock', token, { headers })).toMatchObject({
      status: 500,
      json: { rt_cd: '1', msg_cd: code },
    });
  });

  it('understands header names and query keys in any case', async () => {
    const { appKey, appSecret, accountNumber } = server.demo('mock');
    const answer = await server.ask('mock', '/uapi/domestic-stock/v1/trading/inquire-balance', {
      headers: { Authorization: `Bearer ${token}`, Appkey: appKey, Appsecret: appSecret, Tr_Id: 'VTTC8434R' },
      query: {
        cano: accountNumber,
        acnt_prdt_cd: '01',
        afhr_flpr_yn: 'N',
        inqr_dvsn: '02',
        unpr_dvsn: '01',
        fund_sttl_icld_yn: 'N',
        fncg_amt_auto_rdpt_yn: 'N',
        prcs_dvsn: '00',
        ctx_area_fk100: '',
        ctx_area_nk100: '',
      },
    });
    expect(answer).toMatchObject({ status: 200, json: { rt_cd: '0' } });
  });

  it('refuses a token of another key, and one of the other environment as expired', async () => {
    const keys = strangerKeys('neighbour');
    const neighbours = await server.token('mock', keys);
    expect((await server.balance('mock', neighbours)).json['msg_cd']).toBe('EGW00121');
    expect((await server.balance('real', token)).json['msg_cd']).toBe('EGW00123');
  });

  it('refuses a mock key at the real host and a real key at the mock host', async () => {
    const realToken = await server.token('real');
    const [mockKeys, realKeys] = [server.demo('mock'), server.demo('real')];
    expect(await server.balance('real', token, { headers: credentials(mockKeys, token) })).toMatchObject({
      status: 500,
      json: { msg_cd: 'EGW02004', msg1: '실전투자 도메인은 모의투자 앱키로 호출하실 수 없습니다.' },
    });
    expect(
      await server.balance('mock', realToken, { headers: credentials(realKeys, realToken) }),
    ).toMatchObject({
      status: 500,
      json: { msg_cd: 'EGW02007', msg1: '해당 앱키는 모의투자용 앱키가 아닙니다.' },
    });
  });

  it('takes the host of the first token request for the home of an unknown key', async () => {
    const keys = strangerKeys('first seen at mock');
    const strangersToken = await server.token('mock', keys);
    const headers = credentials(keys, strangersToken);
    const query = { CANO: '50777777' };
    expect((await server.balance('real', strangersToken, { headers, query })).json['msg_cd']).toBe(
      'EGW02004',
    );
    expect((await server.balance('mock', strangersToken, { headers, query })).status).toBe(200);
  });

  it('refuses transactions of the other host, and ones that do not exist', async () => {
    const realToken = await server.token('real');
    const withTr = (tr_id: string) => ({ headers: { tr_id } });
    expect(await server.balance('mock', token, withTr('TTTC8434R'))).toMatchObject({
      status: 500,
      json: { msg_cd: 'EGW02006', msg1: '모의투자 TR 이 아닙니다.' },
    });
    expect(await server.balance('real', realToken, withTr('VTTC8434R'))).toMatchObject({
      status: 500,
      json: { msg_cd: 'EGW02005', msg1: '실전투자 TR 이 아닙니다.' },
    });
    expect((await server.balance('mock', token, withTr('VTRP6548R'))).json).toMatchObject({
      rt_cd: '1',
      msg_cd: 'OPSQ0002',
      msg1: '없는 서비스 코드 입니다',
    });
    expect((await server.balance('mock', token, withTr(''))).json['msg_cd']).toBe('OPSQ9999');
  });

  it('takes the first account of an unknown key for its own, and refuses any other', async () => {
    const keys = strangerKeys('one account');
    const strangersToken = await server.token('mock', keys);
    const asked = (CANO: string) => ({ headers: credentials(keys, strangersToken), query: { CANO } });
    expect((await server.balance('mock', strangersToken, asked('50888888'))).status).toBe(200);
    expect(await server.balance('mock', strangersToken, asked('50999999'))).toMatchObject({
      status: 500,
      json: { msg_cd: 'IGW00002', msg1: '현재 계좌의 계좌번호와 요청 계좌번호가 일치하지 않습니다.' },
    });
  });

  it.each([{ CANO: '' }, { CANO: '1234' }, { ACNT_PRDT_CD: '1' }])(
    'answers 200 with rt_cd 2 to the malformed account %p',
    async (query) => {
      expect(await server.balance('mock', token, { query })).toMatchObject({
        status: 200,
        json: { rt_cd: '2', msg_cd: 'OPSQ2000', msg1: 'ERROR : INPUT INVALID_CHECK_ACNO' },
      });
    },
  );

  it('names a field that was left out', async () => {
    const { accountNumber, appKey, appSecret } = server.demo('mock');
    const answer = await server.ask('mock', '/uapi/overseas-stock/v1/trading/inquire-balance', {
      headers: { ...credentials({ appKey, appSecret }, token), tr_id: 'VTTS3012R' },
      query: { CANO: accountNumber, ACNT_PRDT_CD: '01', OVRS_EXCG_CD: 'NASD', TR_CRCY_CD: 'USD' },
    });
    expect(answer).toMatchObject({
      status: 200,
      json: { rt_cd: '2', msg_cd: 'OPSQ2001', msg1: 'ERROR : INPUT FIELD NOT FOUND [CTX_AREA_FK200]' },
    });
  });

  it('answers 404 in its own envelope to an unknown path', async () => {
    expect(await server.ask('mock', '/uapi/nowhere')).toMatchObject({
      status: 404,
      json: { rt_cd: '1', msg_cd: 'EGW00202' },
    });
  });
});

describe('the limit of calls a second', () => {
  it.each([
    ['real', 18],
    ['mock', 1],
  ] as const)(
    'lets at the %s host %i calls of a key through, as a window that slides',
    async (host, limit) => {
      const server = await TestSimulator.open({ realPerSecond: 18, mockPerSecond: 1 });
      const token = await server.token(host);
      for (let call = 0; call < limit; call += 1) {
        expect((await server.balance(host, token)).status).toBe(200);
      }
      server.pass(0.999);
      const refused = await server.balance(host, token);
      expect(refused.status).toBe(500);
      expect(refused.text).toBe('{"rt_cd":"1","msg_cd":"EGW00201","msg1":"초당 거래건수를 초과하였습니다."}');
      server.pass(0.001);
      expect((await server.balance(host, token)).status).toBe(200);
      await server.close();
    },
  );

  it('is counted for each key apart', async () => {
    const server = await TestSimulator.open({ mockPerSecond: 1 });
    const keys = strangerKeys('other');
    const [one, other] = [await server.token('mock'), await server.token('mock', keys)];
    expect((await server.balance('mock', one)).status).toBe(200);
    const asked = { headers: credentials(keys, other), query: { CANO: '50666666' } };
    expect((await server.balance('mock', other, asked)).status).toBe(200);
    await server.close();
  });

  it('refuses by chance when so set, at the gateway or in the ledger', async () => {
    const server = await TestSimulator.open({ randomRateRefusals: 0.5 }, { random: () => 0.4 });
    const token = await server.token('mock');
    expect((await server.balance('mock', token)).json['msg_cd']).toBe('EGW00201');
    server.simulator.update({ randomRateRefusals: 0.4, ledgerRefusals: 0.41 });
    expect(await server.balance('mock', token)).toMatchObject({
      status: 500,
      json: { msg_cd: 'EGW00215', msg1: '원장에서 허용 가능한 초당 거래건수를 초과하였습니다.' },
    });
    server.simulator.update({ ledgerRefusals: 0 });
    expect((await server.balance('mock', token)).status).toBe(200);
    await server.close();
  });
});

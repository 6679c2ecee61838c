import { type KisHost } from './message';
import { Bench, type Heard, credentials, objectOf, rowsOf, sum } from './spec-support';

const TRADING = '/uapi/domestic-stock/v1/trading';
const OVERSEAS = '/uapi/overseas-stock/v1/trading';

let bench: Bench;
let tokens: Record<KisHost, string>;
beforeEach(async () => {
  bench = await Bench.open();
  tokens = { real: await bench.token('real'), mock: await bench.token('mock') };
});
afterEach(() => bench.close());

describe('the assets of an account', () => {
  const assets = (host: KisHost, trId: string) =>
    bench.inquire(host, `${TRADING}/inquire-account-balance`, trId, tokens[host], {
      query: { INQR_DVSN_1: '', BSPR_BF_DT_APLY_YN: '' },
    });

  it('come as twenty rows without names, the last one their sum', async () => {
    const answer = await assets('real', 'CTRP6548R');
    const rows = rowsOf(answer);
    expect(rows).toHaveLength(20);
    const [classes, last] = [rows.slice(0, 19), rows[19]];
    for (const column of ['pchs_amt', 'evlu_amt', 'evlu_pfls_amt', 'real_nass_amt']) {
      expect(Number(last?.[column])).toBe(sum(classes, column));
    }
    expect(last?.['whol_weit_rt']).toBe('100.00000000');
    expect(objectOf(answer, 'output2')['tot_asst_amt']).toBe(last?.['evlu_amt']);
    expect(answer.json).toMatchObject({ msg_cd: 'KIOK0530', msg1: '조회되었습니다'.padEnd(73) });
  });

  it('agree with the domestic balance', async () => {
    const [stocks] = rowsOf(await assets('real', 'CTRP6548R'));
    const balance = rowsOf(await bench.balance('real', tokens.real));
    expect(Number(stocks?.['evlu_amt'])).toBe(sum(balance, 'evlu_amt'));
  });

  it('are not there at the mock host', async () => {
    expect((await assets('mock', 'CTRP6548R')).json['msg_cd']).toBe('EGW02006');
    expect((await assets('mock', 'VTRP6548R')).json['msg_cd']).toBe('OPSQ0002');
  });
});

describe('the buying power', () => {
  const buyingPower = (query: Record<string, string>) =>
    bench.inquire('mock', `${TRADING}/inquire-psbl-order`, 'VTTC8908R', tokens.mock, {
      query: {
        PDNO: '',
        ORD_UNPR: '',
        ORD_DVSN: '00',
        CMA_EVLU_AMT_ICLD_YN: 'N',
        OVRS_ICLD_YN: 'N',
        ...query,
      },
    });
  const outputOf = async (query: Record<string, string>) => objectOf(await buyingPower(query), 'output');

  it('is amounts only without a stock', async () => {
    const { json } = await buyingPower({});
    expect(Object.keys(json)).toEqual(['output', 'rt_cd', 'msg_cd', 'msg1']);
    expect(json['output']).toMatchObject({
      ord_psbl_cash: '49750000',
      nrcvb_buy_amt: '49992900',
      max_buy_amt: '49992900',
      psbl_qty_calc_unpr: '0',
      nrcvb_buy_qty: '0',
      max_buy_qty: '0',
    });
  });

  it('is shares at the asked price', async () => {
    expect(await outputOf({ PDNO: '005930', ORD_UNPR: '68100' })).toMatchObject({
      psbl_qty_calc_unpr: '68100',
      nrcvb_buy_qty: String(Math.floor(49_992_900 / 68_100)),
      max_buy_qty: String(Math.floor(49_992_900 / 68_100)),
    });
  });

  it('reckons a market order with the highest price of the day and the margin rate', async () => {
    const output = await outputOf({ PDNO: '005930', ORD_DVSN: '01' });
    expect(Number(output['psbl_qty_calc_unpr'])).toBeGreaterThan(120_000);
    expect(output['max_buy_amt']).toBe('250000000');
  });

  it('is refused by the service for a stock that nobody knows', async () => {
    expect(await buyingPower({ PDNO: '999999' })).toMatchObject({
      status: 200,
      json: { rt_cd: '7', msg_cd: 'APBK0656' },
    });
  });
});

describe('the price of a stock', () => {
  const quote = async (symbol: string, host: KisHost = 'mock') => {
    const path = '/uapi/domestic-stock/v1/quotations/inquire-price';
    const query = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: symbol };
    return objectOf(await bench.inquire(host, path, 'FHKST01010100', tokens[host], { query }), 'output');
  };

  it('is the one of the balance, at both hosts', async () => {
    const [held] = rowsOf(await bench.balance('mock', tokens.mock));
    expect(await quote('005930')).toMatchObject({
      stck_prpr: held?.['prpr'],
      prdy_vrss: held?.['bfdy_cprs_icdc'],
    });
    expect(await quote('005930', 'real')).toEqual(await quote('005930'));
  });

  it('lies inside the limits of the day and carries the sign of its change', async () => {
    for (const symbol of ['005930', '000660', '247540']) {
      const price = await quote(symbol);
      const change = Number(price['prdy_vrss']);
      expect(price['prdy_vrss_sign']).toBe(change > 0 ? '2' : change < 0 ? '5' : '3');
      expect(Number(price['stck_prpr'])).toBeLessThan(Number(price['stck_mxpr']));
      expect(Number(price['stck_prpr'])).toBeGreaterThan(Number(price['stck_llam']));
      expect(Number(price['stck_prpr']) % Number(price['aspr_unit'])).toBe(0);
    }
  });

  it('is "0" in a good answer for a symbol that nobody knows', async () => {
    expect(await quote('999999')).toMatchObject({ stck_prpr: '0', stck_shrn_iscd: '999999' });
  });
});

describe('the overseas balance', () => {
  const overseas = (
    host: KisHost,
    query: Record<string, string> = {},
    headers: Record<string, string> = {},
  ) =>
    bench.inquire(
      host,
      `${OVERSEAS}/inquire-balance`,
      host === 'real' ? 'TTTS3012R' : 'VTTS3012R',
      tokens[host],
      {
        query: { OVRS_EXCG_CD: '', TR_CRCY_CD: '', CTX_AREA_FK200: '', CTX_AREA_NK200: '', ...query },
        headers,
      },
    );
  const symbols = (answer: Heard) => rowsOf(answer).map((row) => row['ovrs_pdno']);

  it('ends with a row of nothing and has its sums in an object', async () => {
    const answer = await overseas('real');
    expect(symbols(answer)).toEqual(['AAPL', 'TSLA', 'KO', '']);
    expect(rowsOf(answer).at(-1)).toMatchObject({ ovrs_cblc_qty: '0', pchs_avg_pric: '0.0000' });
    const sums = objectOf(answer, 'output2');
    expect(Number(sums['frcr_pchs_amt1'])).toBeCloseTo(sum(rowsOf(answer), 'frcr_pchs_amt1'), 4);
    expect(Number(sums['ovrs_tot_pfls'])).toBeCloseTo(sum(rowsOf(answer), 'frcr_evlu_pfls_amt'), 4);
    expect(answer.json['ctx_area_nk200']).toHaveLength(200);
  });

  it('knows NASD for all of the United States at the real host, for Nasdaq at the mock host', async () => {
    bench.simulator.update({ overseasHoldings: 6 });
    const held = async (host: KisHost, OVRS_EXCG_CD: string) =>
      symbols(await overseas(host, { OVRS_EXCG_CD })).slice(0, -1);
    expect(await held('real', 'NASD')).toEqual(['AAPL', 'TSLA', 'KO', 'SPY']);
    expect(await held('real', 'NAS')).toEqual(['AAPL', 'TSLA']);
    expect(await held('mock', 'NASD')).toEqual(['AAPL', 'TSLA']);
    expect(await held('mock', 'NYSE')).toEqual(['KO']);
    expect(await held('mock', 'SEHK')).toEqual(['00700']);
  });

  it('keeps to the currency asked for', async () => {
    bench.simulator.update({ overseasHoldings: 6 });
    expect(symbols(await overseas('real', { TR_CRCY_CD: 'JPY' }))).toEqual(['7203', '']);
    expect((await overseas('real', { OVRS_EXCG_CD: 'NASD', TR_CRCY_CD: 'JPY' })).json).toMatchObject({
      msg_cd: 'KIOK0560',
      output1: [],
    });
  });

  it('comes in pages, the row of nothing on the last one', async () => {
    bench.simulator.update({ pageSize: 2 });
    const first = await overseas('mock');
    expect([symbols(first), first.headers.get('tr_cont')]).toEqual([['AAPL', 'TSLA'], 'M']);
    const areas = {
      CTX_AREA_FK200: String(first.json['ctx_area_fk200']),
      CTX_AREA_NK200: String(first.json['ctx_area_nk200']),
    };
    const last = await overseas('mock', areas, { tr_cont: 'N' });
    expect([symbols(last), last.headers.get('tr_cont')]).toEqual([['KO', ''], 'D']);
  });

  it('has empty sums for an empty account', async () => {
    bench.simulator.update({ emptyAccount: true });
    expect((await overseas('real')).json).toMatchObject({ output1: [], output2: {} });
  });
});

describe('the present overseas balance', () => {
  const present = (host: KisHost, query: Record<string, string> = {}) =>
    bench.inquire(
      host,
      `${OVERSEAS}/inquire-present-balance`,
      host === 'real' ? 'CTRP6504R' : 'VTRP6504R',
      tokens[host],
      { query: { WCRC_FRCR_DVSN_CD: '02', NATN_CD: '000', TR_MKET_CD: '00', INQR_DVSN_CD: '00', ...query } },
    );

  it('fills the third output only at the mock host', async () => {
    const { json } = await present('mock');
    expect(json).toMatchObject({ output1: [], output2: [] });
    expect(Number(objectOf(await present('mock'), 'output3')['evlu_amt_smtl'])).toBeGreaterThan(0);
  });

  it('carries won under the foreign names when won are asked for', async () => {
    const [foreign] = rowsOf(await present('real'));
    const [won] = rowsOf(await present('real', { WCRC_FRCR_DVSN_CD: '01' }));
    const rate = Number(foreign?.['bass_exrt']);
    expect(Number(won?.['frcr_evlu_amt2'])).toBeCloseTo(Number(foreign?.['frcr_evlu_amt2']) * rate, 0);
  });

  it('keeps to the country and the market asked for', async () => {
    bench.simulator.update({ overseasHoldings: 6 });
    const symbols = async (query: Record<string, string>) =>
      rowsOf(await present('real', query)).map((row) => row['pdno']);
    expect(await symbols({ NATN_CD: '840' })).toEqual(['AAPL', 'TSLA', 'KO', 'SPY']);
    expect(await symbols({ NATN_CD: '840', TR_MKET_CD: '02' })).toEqual(['KO']);
    expect(await symbols({ NATN_CD: '392' })).toEqual(['7203']);
  });
});

describe('an order', () => {
  const order = (host: KisHost, trId: string) => {
    const body = {
      CANO: bench.demo(host).accountNumber,
      ACNT_PRDT_CD: '01',
      PDNO: '005930',
      ORD_DVSN: '00',
      ORD_QTY: '1',
      ORD_UNPR: '68000',
    };
    return bench.inquire(host, `${TRADING}/order-cash`, trId, tokens[host], { method: 'POST', body });
  };

  it.each([
    ['real', 'TTTC0802U', 'buy', 'APBK0013'],
    ['real', 'TTTC0011U', 'sell', 'APBK0013'],
    ['mock', 'VTTC0012U', 'buy', '40600000'],
    ['mock', 'VTTC0801U', 'sell', '40590000'],
  ] as const)('is accepted at the %s host as %s and counted as one to %s', async (host, trId, side, code) => {
    const { json } = await order(host, trId);
    expect(json).toMatchObject({
      output: { KRX_FWDG_ORD_ORGNO: expect.any(String), ODNO: '0000000001', ORD_TMD: '100000' },
      rt_cd: '0',
      msg_cd: code,
    });
    expect(bench.simulator.orders).toEqual([
      {
        at: bench.now,
        host,
        trId,
        side,
        accountNumber: bench.demo(host).accountNumber,
        symbol: '005930',
        quantity: '1',
        price: '68000',
        orderNumber: '0000000001',
      },
    ]);
  });

  it('that is refused is not counted', async () => {
    await bench.inquire('mock', `${TRADING}/order-cash`, 'VTTC0802U', 'unknown', {
      method: 'POST',
      body: {},
    });
    expect(bench.simulator.orders).toEqual([]);
  });
});

describe('POST /uapi/hashkey', () => {
  it('hashes an order against key and secret, without a token', async () => {
    const headers = credentials(bench.demo('mock'), '');
    const asked = { method: 'POST', headers, body: { CANO: '50112345', ORD_QTY: '1' } };
    const { status, json } = await bench.ask('mock', '/uapi/hashkey', asked);
    expect(status).toBe(200);
    expect(json).toEqual({
      BODY: { CANO: '50112345', ORD_QTY: '1' },
      HASH: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const wrong = { ...asked, headers: { ...headers, appsecret: 'x' } };
    expect((await bench.ask('mock', '/uapi/hashkey', wrong)).json['msg_cd']).toBe('EGW00304');
  });
});

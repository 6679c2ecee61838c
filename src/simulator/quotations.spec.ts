import { type KisHost } from './message';
import { TestSimulator, type Heard, objectOf, rowsOf } from '../../test/support/simulator/test-simulator';

const QUOTATIONS = '/uapi/domestic-stock/v1/quotations';

let server: TestSimulator;
let tokens: Record<KisHost, string>;
beforeEach(async () => {
  server = await TestSimulator.open();
  tokens = await server.tokens();
});
afterEach(() => server.close());

const ask = (name: string, trId: string, query: Record<string, string>, host: KisHost = 'real') =>
  server.inquire(host, `${QUOTATIONS}/${name}`, trId, tokens[host], { query });

const STOCK = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: '005930' };

describe('the price at a venue', () => {
  const price = (market: string, symbol = '005930') =>
    ask('inquire-price', 'FHKST01010100', { FID_COND_MRKT_DIV_CODE: market, FID_INPUT_ISCD: symbol });

  it('is the same everywhere in regular hours', async () => {
    const [krx, nxt, both] = [await price('J'), await price('NX'), await price('UN')].map(
      (heard) => objectOf(heard, 'output')['stck_prpr'],
    );
    expect([nxt, both]).toEqual([krx, krx]);
  });

  it('stands still at KRX in the after-market, around whose close the limits are then', async () => {
    server.pass(6.5 * 3600);
    const [krx, later] = [await price('J'), (server.pass(1800), await price('J'))].map((heard) =>
      objectOf(heard, 'output'),
    );
    expect(later).toEqual(krx);
    expect(krx?.['stck_sdpr']).toBe(krx?.['stck_prpr']);
    const evening = new Set<string | undefined>();
    for (let turn = 0; turn < 5; turn += 1) {
      server.pass(900);
      evening.add(objectOf(await price('NX'), 'output')['stck_prpr']);
    }
    expect(evening.size).toBeGreaterThan(1);
  });

  it('is "0" at NXT for a stock that is not traded there', async () => {
    expect(objectOf(await price('NX', '069500'), 'output')['stck_prpr']).toBe('0');
    expect(objectOf(await price('UN', '069500'), 'output')['stck_prpr']).not.toBe('0');
  });

  it('is refused for an unknown market', async () => {
    expect((await price('X')).json).toMatchObject({
      rt_cd: '2',
      msg_cd: 'OPSQ2001',
      msg1: 'ERROR : INPUT INVALID_CHECK_MRKT_DIV_CODE',
    });
  });
});

describe('the order book', () => {
  const book = (host: KisHost, query = STOCK) =>
    ask('inquire-asking-price-exp-ccn', 'FHKST01010200', query, host);

  it('has ten levels around the price at both hosts', async () => {
    const heard = await book('mock');
    const levels = objectOf(heard, 'output1');
    expect(levels).toMatchObject({ aspr_acpt_hour: '100000', new_mkop_cls_code: '20' });
    const asks = Array.from({ length: 10 }, (_, index) => Number(levels[`askp${index + 1}`]));
    const bids = Array.from({ length: 10 }, (_, index) => Number(levels[`bidp${index + 1}`]));
    expect([...asks].reverse().concat(bids)).toEqual([...asks, ...bids].sort((a, b) => b - a));
    const quantities = Array.from({ length: 10 }, (_, index) => Number(levels[`askp_rsqn${index + 1}`]));
    expect(Number(levels['total_askp_rsqn'])).toBe(quantities.reduce((sum, quantity) => sum + quantity));
    expect(objectOf(heard, 'output2')).toMatchObject({ antc_cnpr: '0', stck_shrn_iscd: '005930' });
    expect((await book('real')).json['output1']).toEqual(heard.json['output1']);
  });

  it('has the expected trade of an auction', async () => {
    server.pass(-75 * 60);
    const expected = objectOf(await book('real'), 'output2');
    expect(Number(expected['antc_cnpr'])).toBeGreaterThan(0);
    expect(Number(expected['antc_vol'])).toBeGreaterThan(0);
    expect(objectOf(await book('real'), 'output1')['new_mkop_cls_code']).toBe('00');
  });

  it('is empty for an unknown symbol', async () => {
    expect((await book('real', { ...STOCK, FID_INPUT_ISCD: '999999' })).json).toMatchObject({
      rt_cd: '0',
      output1: {},
    });
  });
});

describe('thirty prices at once', () => {
  it('come in the order asked for, not at the mock host', async () => {
    const query = {
      FID_COND_MRKT_DIV_CODE_1: 'J',
      FID_INPUT_ISCD_1: '000660',
      FID_COND_MRKT_DIV_CODE_2: 'UN',
      FID_INPUT_ISCD_2: '005930',
      FID_COND_MRKT_DIV_CODE_3: 'J',
      FID_INPUT_ISCD_3: '999999',
    };
    const rows = rowsOf(await ask('intstock-multprice', 'FHKST11300006', query), 'output');
    expect(rows.map((row) => row['inter_shrn_iscd'])).toEqual(['000660', '005930', '999999']);
    expect(rows[0]?.['inter_kor_isnm']).toBe('SK하이닉스');
    expect(rows[2]?.['inter2_prpr']).toBe('0');
    expect((await ask('intstock-multprice', 'FHKST11300006', query, 'mock')).json['msg_cd']).toBe('OPSQ0002');
  });
});

describe('the holidays', () => {
  const days = (query: Record<string, string>, tr_cont = '') =>
    server.inquire('real', `${QUOTATIONS}/chk-holiday`, 'CTCA0903R', tokens.real, {
      query: { CTX_AREA_NK: '', CTX_AREA_FK: '', ...query },
      headers: { tr_cont },
    });
  const areas = ({ json }: Heard) => ({
    CTX_AREA_NK: String(json['ctx_area_nk']),
    CTX_AREA_FK: String(json['ctx_area_fk']),
  });

  it('are listed from a day on, page by page', async () => {
    const first = await days({ BASS_DT: '20260920' });
    expect(first.headers.get('tr_cont')).toBe('M');
    const marks = rowsOf(first, 'output').map((row) => `${row['bass_dt'] ?? ''} ${row['opnd_yn'] ?? ''}`);
    expect(marks.slice(0, 8)).toEqual([
      '20260920 N',
      '20260921 Y',
      '20260922 Y',
      '20260923 Y',
      '20260924 N',
      '20260925 N',
      '20260926 N',
      '20260927 N',
    ]);
    expect(rowsOf(first, 'output')[0]?.['wday_dvsn_cd']).toBe('01');
    const second = await days({ BASS_DT: '20260920', ...areas(first) }, 'N');
    expect(rowsOf(second, 'output')[0]?.['bass_dt']).toBe('20261015');
  });

  it('need a date', async () => {
    expect((await days({ BASS_DT: '2026' })).json['msg_cd']).toBe('OPSQ2001');
  });

  it('abroad are known by the days on which trades settle', async () => {
    const settle = (TRAD_DT: string) =>
      server.inquire(
        'real',
        '/uapi/overseas-stock/v1/quotations/countries-holiday',
        'CTOS5011R',
        tokens.real,
        {
          query: { TRAD_DT, CTX_AREA_NK: '', CTX_AREA_FK: '' },
        },
      );
    const nasdaq = rowsOf(await settle('20261125'), 'output').find((row) => row['prdt_type_cd'] === '512');
    expect(nasdaq).toMatchObject({ tr_natn_cd: '840', acpl_sttl_dt: '20261127', dmst_sttl_dt: '20261127' });
    const onThanksgiving = rowsOf(await settle('20261126'), 'output').map((row) => row['tr_natn_cd']);
    expect(onThanksgiving).not.toContain('840');
    expect(onThanksgiving).toContain('392');
  });
});

describe('master data', () => {
  const product = (PDNO: string, PRDT_TYPE_CD: string) =>
    ask('search-info', 'CTPF1604R', { PDNO, PRDT_TYPE_CD });
  const stock = (PDNO: string) => ask('search-stock-info', 'CTPF1002R', { PDNO, PRDT_TYPE_CD: '300' });

  it('name a product of any market', async () => {
    expect(objectOf(await product('005930', '300'), 'output')).toMatchObject({
      shtn_pdno: '005930',
      std_pdno: 'KR7005930003',
      prdt_abrv_name: '삼성전자',
      prdt_type_cd: '300',
    });
    expect(objectOf(await product('NVDA', '512'), 'output')).toMatchObject({ prdt_name: '엔비디아' });
  });

  it('are refused with rt_cd 7 where the product is of another type', async () => {
    expect((await product('NVDA', '513')).json).toMatchObject({ rt_cd: '7' });
    expect((await stock('999999')).json).toMatchObject({ rt_cd: '7' });
  });

  it('tell what NXT trades and what is stopped', async () => {
    expect(objectOf(await stock('005930'), 'output')).toMatchObject({
      cptt_trad_tr_psbl_yn: 'Y',
      nxt_tr_stop_yn: 'N',
      tr_stop_yn: 'N',
      mket_id_cd: 'STK',
    });
    expect(objectOf(await stock('069500'), 'output')).toMatchObject({
      cptt_trad_tr_psbl_yn: 'N',
      scty_grp_id_cd: 'EF',
    });
    const body = { symbol: '005930', halted: true };
    await server.ask('real', '/__sim/market', { method: 'POST', body });
    expect(objectOf(await stock('005930'), 'output')).toMatchObject({ tr_stop_yn: 'Y', nxt_tr_stop_yn: 'Y' });
  });

  it('are not available at the mock host', async () => {
    const query = { PDNO: '005930', PRDT_TYPE_CD: '300' };
    expect((await ask('search-stock-info', 'CTPF1002R', query, 'mock')).json['msg_cd']).toBe('EGW02006');
  });
});

describe('the market control', () => {
  const control = (body: object) => server.ask('mock', '/__sim/market', { method: 'POST', body });
  const price = async () =>
    objectOf(await ask('inquire-price', 'FHKST01010100', STOCK), 'output')['stck_prpr'];

  it('holds a price and lets it go', async () => {
    const before = await price();
    expect((await control({ symbol: '005930', price: 70_000 })).json).toEqual({
      symbol: '005930',
      pinned: true,
      halted: false,
    });
    expect(await price()).toBe('70000');
    await control({ symbol: '005930', price: null });
    expect(await price()).toBe(before);
    await control({ symbol: '005930', price: 70_000 });
    server.simulator.reset();
    expect(await price()).toBe(before);
  });

  it.each([
    [{ symbol: '999999' }, 'The simulator knows no stock "999999".'],
    [{ symbol: '005930', price: 70_050 }, '70050 is not on a tick; the next one that is: 70100.'],
    [{ symbol: '005930', price: -1 }, 'Give {"symbol": "005930", "price": 70000}'],
    [{ price: 1 }, 'Give {"symbol": "005930", "price": 70000}'],
    [{ symbol: '005930', halted: 'yes' }, 'Give {"symbol": "005930", "price": 70000}'],
  ])('refuses %j', async (body, words) => {
    const { status, json } = await control(body);
    expect(status).toBe(400);
    expect(json['error']).toContain(words);
  });
});

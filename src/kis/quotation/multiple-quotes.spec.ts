import { openHttp, type HttpFixture } from '../../../test/support/kis/http-fixture';
import { json, LocalKis } from '../../../test/support/kis/local-kis';

/** 관심종목(멀티종목) 시세조회, with the names of the portal. */
const row = (symbol: string, more: object = {}) => ({
  inter_shrn_iscd: symbol,
  inter_kor_isnm: '삼성전자',
  inter2_prpr: '70000',
  inter2_prdy_vrss: '-500',
  prdy_vrss_sign: '5',
  prdy_ctrt: '-0.71',
  acml_vol: '1000',
  inter2_oprc: '70500',
  inter2_hgpr: '71000',
  inter2_lwpr: '69900',
  inter2_llam: '49400',
  inter2_mxpr: '91600',
  acml_tr_pbmn: '70000000',
  inter2_sdpr: '70500',
  ...more,
});

describe('prices of several stocks', () => {
  let kis: LocalKis;
  let fixture: HttpFixture;

  beforeEach(async () => {
    kis = await LocalKis.start();
    fixture = await openHttp(kis.origin, { mode: 'REAL' });
  });

  afterEach(async () => {
    await fixture.close();
    await kis.stop();
  });

  const answer = (...output: readonly object[]): void => {
    kis.reply = json(200, { output, rt_cd: '0', msg_cd: 'MCA00000', msg1: '정상처리 되었습니다.' });
  };
  const prices = (...symbols: string[]) =>
    fixture.quotations.prices(fixture.configuration.account(), symbols);

  it('are one call, in the order asked for, whatever the order of the rows', async () => {
    answer(row('005930'), row('000660', { inter2_prpr: '128500' }));

    const found = await prices('000660', 'A005930');
    expect(found.map(({ symbol, price }) => [symbol, price])).toEqual([
      ['000660', '128500'],
      ['005930', '70000'],
    ]);
    expect(found[1]).toEqual({
      asOf: new Date(fixture.clock.now()),
      symbol: '005930',
      price: '70000',
      change: '-500',
      changeSign: '5',
      changeRate: '-0.71',
      open: '70500',
      high: '71000',
      low: '69900',
      upperLimit: '91600',
      lowerLimit: '49400',
      basePrice: '70500',
      volume: '1000',
      tradingValue: '70000000',
      per: null,
      pbr: null,
      eps: null,
      bps: null,
      marketCap: null,
    });
    expect(kis.requests.map(({ url, headers }) => [url, headers['tr_id']])).toEqual([
      [
        '/uapi/domestic-stock/v1/quotations/intstock-multprice?FID_COND_MRKT_DIV_CODE_1=J&FID_INPUT_ISCD_1=000660&FID_COND_MRKT_DIV_CODE_2=J&FID_INPUT_ISCD_2=005930',
        'FHKST11300006',
      ],
    ]);
  });

  it.each([
    ['a price of 0', { inter2_prpr: '0' }],
    ['no price', { inter2_prpr: '' }],
  ])('name the symbol that KIS does not know, by %s', async (_, more) => {
    answer(row('005930'), { inter_shrn_iscd: '999999', inter_kor_isnm: '', acml_vol: '0', ...more });

    await expect(prices('005930', '999999')).rejects.toMatchObject({
      code: 'SYMBOL_NOT_FOUND',
      message: expect.stringContaining('"999999"'),
    });
  });

  it.each(['inter_shrn_iscd', 'inter2_sdpr', 'acml_vol'])('are refused without %s', async (name) => {
    answer(Object.fromEntries(Object.entries(row('005930')).filter(([key]) => key !== name)));

    await expect(prices('005930')).rejects.toMatchObject({
      code: 'KIS_BAD_RESPONSE',
      message: expect.stringContaining(`output[0].${name} `),
    });
  });
});

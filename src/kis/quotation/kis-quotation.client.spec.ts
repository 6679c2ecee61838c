import { Logger } from '@nestjs/common';
import { openHttp, type HttpFixture } from '../../../test/support/kis/http-fixture';
import { json, LocalKis } from '../../../test/support/kis/local-kis';

/** 주식현재가 시세, from the portal's example. */
const OUTPUT = {
  stck_prpr: '128500',
  prdy_vrss: '0',
  prdy_vrss_sign: '3',
  prdy_ctrt: '0.00',
  acml_tr_pbmn: '344570137500',
  acml_vol: '2669075',
  stck_oprc: '128501',
  stck_hgpr: '130000',
  stck_lwpr: '128502',
  stck_mxpr: '167000',
  stck_llam: '90000',
  stck_sdpr: '128503',
  hts_avls: '935483',
  per: '19.67',
  pbr: '1.72',
  eps: '6532.00',
  bps: '74721.00',
};

describe('KisQuotationClient', () => {
  let kis: LocalKis;
  let fixture: HttpFixture;

  beforeEach(async () => {
    kis = await LocalKis.start();
    fixture = await openHttp(kis.origin);
    Logger.overrideLogger(false);
  });

  afterEach(async () => {
    await fixture.close();
    await kis.stop();
  });

  const answer = (output: object): void => {
    kis.reply = json(200, { output, rt_cd: '0', msg_cd: 'MCA00000', msg1: '정상처리 되었습니다!' });
  };
  const price = (symbol: string) => fixture.quotations.price(fixture.configuration.account(), symbol);

  it('reads the portal example under our names', async () => {
    answer(OUTPUT);

    await expect(price('000660')).resolves.toEqual({
      asOf: new Date(fixture.clock.now()),
      symbol: '000660',
      price: '128500',
      change: '0',
      changeSign: '3',
      changeRate: '0.00',
      open: '128501',
      high: '130000',
      low: '128502',
      upperLimit: '167000',
      lowerLimit: '90000',
      basePrice: '128503',
      volume: '2669075',
      tradingValue: '344570137500',
      per: '19.67',
      pbr: '1.72',
      eps: '6532.00',
      bps: '74721.00',
      marketCap: '935483',
    });
    expect(kis.requests[0]).toMatchObject({
      url: '/uapi/domestic-stock/v1/quotations/inquire-price?FID_COND_MRKT_DIV_CODE=J&FID_INPUT_ISCD=000660',
      headers: { tr_id: 'FHKST01010100' },
    });
  });

  it('has null for what KIS leaves out', async () => {
    answer(Object.fromEntries(Object.entries(OUTPUT).filter(([name]) => name !== 'per')));

    await expect(price('069500')).resolves.toMatchObject({ per: null, pbr: '1.72' });
  });

  it.each([
    ['all zeros', Object.fromEntries(Object.keys(OUTPUT).map((name) => [name, '0']))],
    ['a price of 0 and little else', { stck_prpr: '0', stck_shrn_iscd: '999999' }],
    ['a price of 0.00', { ...OUTPUT, stck_prpr: '0.00' }],
  ])('knows a symbol that KIS does not know by %s', async (_, output) => {
    answer(output);

    await expect(price('999999')).rejects.toMatchObject({
      code: 'SYMBOL_NOT_FOUND',
      message: expect.stringContaining('"999999"'),
    });
  });

  it('does not pass off an answer without a price as a quote', async () => {
    answer(Object.fromEntries(Object.entries(OUTPUT).filter(([name]) => name !== 'stck_prpr')));
    await expect(price('000660')).rejects.toThrow('output.stck_prpr is missing');

    answer({});
    await expect(price('000660')).rejects.toHaveProperty('code', 'KIS_BAD_RESPONSE');
  });

  it.each(['005930', '00104K', 'Q530031'])('takes %s for a symbol', async (symbol) => {
    answer(OUTPUT);

    await expect(price(symbol)).resolves.toHaveProperty('symbol', symbol);
  });

  it.each([
    ['A005930', '005930'],
    ['A00593', 'A00593'],
  ])('asks for %s as %s', async (text, symbol) => {
    answer(OUTPUT);

    await expect(price(text)).resolves.toHaveProperty('symbol', symbol);
    expect(kis.requests[0]?.url).toMatch(new RegExp(`FID_INPUT_ISCD=${symbol}$`));
  });

  it.each(['', '5930', '0059300', 'abcdef', '005930&X=1', 'KR7005930003'])(
    'sends nothing for "%s"',
    async (symbol) => {
      await expect(price(symbol)).rejects.toHaveProperty('code', 'INVALID_REQUEST');
      expect(kis.requests).toHaveLength(0);
    },
  );
});

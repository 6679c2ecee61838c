import { openHttp, type HttpFixture } from '../../../test/support/kis/http-fixture';
import { json, LocalKis, type Reply } from '../../../test/support/kis/local-kis';
import type { KisCandleQuestion } from './candle';

/** 국내주식기간별시세, a row with the names of the portal. */
const day = (date: string, more: object = {}) => ({
  stck_bsop_date: date,
  stck_clpr: '124500',
  stck_oprc: '124000',
  stck_hgpr: '125000',
  stck_lwpr: '123500',
  acml_vol: '1000',
  acml_tr_pbmn: '124300000',
  flng_cls_code: '00',
  prtt_rate: '0.00',
  mod_yn: 'N',
  ...more,
});

/** 주식당일분봉조회 */
const minute = (date: string, hour: string, total: string, more: object = {}) => ({
  stck_bsop_date: date,
  stck_cntg_hour: hour,
  stck_prpr: '124500',
  stck_oprc: '124000',
  stck_hgpr: '125000',
  stck_lwpr: '123500',
  cntg_vol: '10',
  acml_tr_pbmn: total,
  ...more,
});

const HEAD = { stck_prpr: '124500', hts_kor_isnm: 'SK하이닉스' };

const page = (rows: readonly object[], output1: object = HEAD): Reply =>
  json(200, { output1, output2: rows, rt_cd: '0', msg_cd: 'MCA00000', msg1: '정상처리 되었습니다.' });

describe('candles', () => {
  let kis: LocalKis;
  let fixture: HttpFixture;

  beforeEach(async () => {
    kis = await LocalKis.start();
    fixture = await openHttp(kis.origin, { mode: 'REAL' });
    // A Wednesday, 13:00:30 in Korea.
    fixture.clock.step(Date.parse('2026-11-25T04:00:30Z') - fixture.clock.now());
  });

  afterEach(async () => {
    await fixture.close();
    await kis.stop();
  });

  const ask = (question: KisCandleQuestion, symbol = '000660') =>
    fixture.quotations.candles(fixture.configuration.account(), symbol, question);
  const queryOf = (index: number): Record<string, string> =>
    Object.fromEntries(new URL(kis.requests[index]?.url ?? '', 'http://kis').searchParams);

  it('of days are asked for back from the end, and every day counts once', async () => {
    kis.script(
      page([day('20261124'), day('20261123'), day('20261120')]),
      page([day('20261123', { stck_clpr: '1' }), day('20261119'), day('20261118')]),
    );

    const found = await ask({ interval: '1d', from: '2026-11-19', to: '2026-11-24' });
    expect(found).toEqual({
      symbol: '000660',
      interval: '1d',
      adjusted: true,
      truncated: null,
      candles: ['2026-11-19', '2026-11-20', '2026-11-23', '2026-11-24'].map((time) => ({
        time,
        open: '124000',
        high: '125000',
        low: '123500',
        close: '124500',
        volume: '1000',
        value: '124300000',
      })),
    });
    expect(kis.requests.map(({ headers }) => headers['tr_id'])).toEqual(['FHKST03010100', 'FHKST03010100']);
    expect(queryOf(0)).toEqual({
      FID_COND_MRKT_DIV_CODE: 'J',
      FID_INPUT_ISCD: '000660',
      FID_INPUT_DATE_1: '20261105',
      FID_INPUT_DATE_2: '20261124',
      FID_PERIOD_DIV_CODE: 'D',
      FID_ORG_ADJ_PRC: '0',
    });
    expect(queryOf(1)).toMatchObject({ FID_INPUT_DATE_2: '20261119' });
  });

  it('that KIS no longer has are reported as missing', async () => {
    kis.script(page([day('20261124'), day('20261123')]), page([{}]));

    await expect(ask({ interval: '1d', from: '2026-11-02', adjusted: false })).resolves.toMatchObject({
      adjusted: false,
      truncated: '2026-11-23',
    });
    expect(queryOf(0)).toMatchObject({ FID_INPUT_DATE_2: '20261125', FID_ORG_ADJ_PRC: '1' });
  });

  it('of a week are asked for as a whole, and the next page ends before the week', async () => {
    kis.script(page([day('20261124'), day('20261119')]), page([day('20261106')]));

    await ask({ interval: '1w', from: '2026-11-11', to: '2026-11-24' });
    expect(queryOf(0)).toMatchObject({ FID_INPUT_DATE_1: '20261026', FID_INPUT_DATE_2: '20261125' });
    expect(queryOf(1)).toMatchObject({ FID_INPUT_DATE_2: '20261115', FID_PERIOD_DIV_CODE: 'W' });
  });

  it('of minutes have the difference of the running totals, and leave out the one that is running', async () => {
    kis.script(
      page([
        minute('20261125', '130000', '9000', { cntg_vol: '999' }),
        minute('20261125', '125900', '9000'),
        minute('20261125', '125800', '7500'),
        minute('20261125', '125700', '7000'),
      ]),
    );

    const { candles, truncated } = await ask({
      interval: '1m',
      from: '2026-11-25T12:58:00+09:00',
      to: '2026-11-25T13:10:00+09:00',
    });
    expect(truncated).toBeNull();
    expect(candles).toEqual([
      expect.objectContaining({ time: '2026-11-25T03:58:00.000Z', value: '500' }),
      expect.objectContaining({ time: '2026-11-25T03:59:00.000Z', value: '1500', volume: '10' }),
    ]);
    expect(queryOf(0)).toEqual({
      FID_COND_MRKT_DIV_CODE: 'J',
      FID_INPUT_ISCD: '000660',
      FID_INPUT_HOUR_1: '125959',
      FID_PW_DATA_INCU_YN: 'N',
      FID_ETC_CLS_CODE: '',
    });
  });

  it('of minutes before today come from another call, which may end at a day without trading', async () => {
    kis.script(
      page([minute('20261123', '090100', '300'), minute('20261123', '090000', '100')]),
      page([]),
      page([minute('20261120', '153000', '900')]),
    );

    const { candles } = await ask({ interval: '1m', from: '2026-11-23', to: '2026-11-23' });
    expect(candles.map(({ time, value }) => [time, value])).toEqual([
      ['2026-11-23T00:00:00.000Z', '100'],
      ['2026-11-23T00:01:00.000Z', '200'],
    ]);
    expect(kis.requests.map(({ headers }) => headers['tr_id'])).toEqual(
      Array.from({ length: 3 }, () => 'FHKST03010230'),
    );
    expect([0, 1, 2].map((index) => queryOf(index))).toEqual(
      [
        ['20261123', '235959'],
        ['20261123', '085959'],
        ['20261120', '235959'],
      ].map(([date, hour]) => ({
        FID_COND_MRKT_DIV_CODE: 'J',
        FID_INPUT_ISCD: '000660',
        FID_INPUT_HOUR_1: hour,
        FID_INPUT_DATE_1: date,
        FID_PW_DATA_INCU_YN: 'Y',
        FID_FAKE_TICK_INCU_YN: '',
      })),
    );
  });

  it('of minutes on a day without trading are those of the day before it', async () => {
    kis.script(
      page([minute('20261124', '100000', '900')]),
      page([minute('20261124', '153000', '1900'), minute('20261124', '152900', '900')]),
      page([minute('20261124', '090000', '100')]),
      page([minute('20261123', '153000', '100')]),
    );

    const { candles } = await ask({ interval: '1m', from: '2026-11-24' });
    expect(candles.map(({ time }) => time.slice(11, 16))).toEqual(['00:00', '06:29', '06:30']);
  });

  it.each(['stck_clpr', 'stck_bsop_date', 'acml_vol', 'acml_tr_pbmn'])(
    'are refused without %s',
    async (name) => {
      kis.reply = page([Object.fromEntries(Object.entries(day('20261124')).filter(([key]) => key !== name))]);

      await expect(ask({ interval: '1d' })).rejects.toMatchObject({
        code: 'KIS_BAD_RESPONSE',
        message: expect.stringContaining(`output2[0].${name} `),
      });
    },
  );

  it.each([
    ['a date that is none', { interval: '1d' } as const, page([day('20261131')])],
    ['a time that is none', { interval: '1m' } as const, page([minute('20261125', '126000', '1')])],
    [
      'no list',
      { interval: '1d' } as const,
      json(200, { output1: HEAD, rt_cd: '0', msg_cd: 'MCA00000', msg1: '' }),
    ],
  ])('are refused with %s', async (_, question, reply) => {
    kis.reply = reply;

    await expect(ask(question)).rejects.toHaveProperty('code', 'KIS_BAD_RESPONSE');
  });

  it('end in an error, not in a loop, when KIS always has more', async () => {
    kis.reply = (response, request) => {
      const query = new URL(request.url, 'http://kis').searchParams;
      const date = query.get('FID_INPUT_DATE_2') ?? '';
      page([day(date)])(response, request);
    };
    fixture = await reopened(fixture, kis.origin);

    await expect(ask({ interval: '1d', from: '1990-01-01' })).rejects.toThrow('shorter range');
  });

  it('are not asked for where there can be none', async () => {
    await expect(ask({ interval: '1d', from: '2190-01-01' })).rejects.toThrow('from is in the future');
    await expect(ask({ interval: '1d', from: '2027-01-01', to: '2027-02-01' })).resolves.toMatchObject({
      candles: [],
      truncated: null,
    });
    expect(kis.requests).toHaveLength(0);
  });
});

/** With a pace that does not matter, and no limit to the time of the whole. */
async function reopened(fixture: HttpFixture, origin: string): Promise<HttpFixture> {
  await fixture.close();
  return openHttp(origin, { mode: 'REAL', requestsPerSecond: 1000 });
}

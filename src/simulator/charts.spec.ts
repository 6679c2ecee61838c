import { type KisHost } from './message';
import { TestSimulator, objectOf, rowsOf } from '../../test/support/simulator/test-simulator';

const QUOTATIONS = '/uapi/domestic-stock/v1/quotations';
const STOCK = { FID_COND_MRKT_DIV_CODE: 'J', FID_INPUT_ISCD: '005930' };

let server: TestSimulator;
let tokens: Record<KisHost, string>;
beforeEach(async () => {
  server = await TestSimulator.open();
  tokens = await server.tokens();
});
afterEach(() => server.close());

const ask = (name: string, trId: string, query: Record<string, string>, host: KisHost = 'real') =>
  server.inquire(host, `${QUOTATIONS}/${name}`, trId, tokens[host], { query: { ...STOCK, ...query } });

describe('the daily chart', () => {
  const chart = (query: Record<string, string>) =>
    ask('inquire-daily-itemchartprice', 'FHKST03010100', {
      FID_INPUT_DATE_1: '20260101',
      FID_INPUT_DATE_2: '20261123',
      FID_PERIOD_DIV_CODE: 'D',
      FID_ORG_ADJ_PRC: '0',
      ...query,
    });
  const dates = async (query: Record<string, string>) =>
    rowsOf(await chart(query), 'output2').map((row) => row['stck_bsop_date']);

  it('has at most a hundred rows, newest first', async () => {
    const days = await dates({});
    expect(days).toHaveLength(100);
    expect(days.slice(0, 2)).toEqual(['20261123', '20261120']);
    expect(days).toEqual([...days].sort().reverse());
  });

  it('has the days, weeks, months and years of a range', async () => {
    const june = { FID_INPUT_DATE_1: '20240601', FID_INPUT_DATE_2: '20240630' };
    expect(await dates(june)).toHaveLength(19);
    expect(await dates({ ...june, FID_PERIOD_DIV_CODE: 'W' })).toHaveLength(4);
    expect(await dates({ ...june, FID_PERIOD_DIV_CODE: 'M' })).toEqual(['20240628']);
    const years = { FID_INPUT_DATE_1: '00000101', FID_PERIOD_DIV_CODE: 'Y' };
    expect((await dates(years)).length).toBeGreaterThan(40);
  });

  it('begins with the price of now', async () => {
    const heard = await chart({});
    const [today] = rowsOf(heard, 'output2');
    expect(today?.['stck_clpr']).toBe(objectOf(heard, 'output1')['stck_prpr']);
    expect(today?.['prdy_vrss']).toBe(objectOf(heard, 'output1')['prdy_vrss']);
  });

  it('has higher unadjusted prices before a split, and marks its day', async () => {
    const around = { FID_INPUT_DATE_1: '20180503', FID_INPUT_DATE_2: '20180504' };
    const [after, before] = rowsOf(await chart(around), 'output2');
    const [rawAfter, rawBefore] = rowsOf(await chart({ ...around, FID_ORG_ADJ_PRC: '1' }), 'output2');
    expect(rawAfter).toEqual(after);
    expect(after?.['prtt_rate']).toBe('0.02');
    expect(Number(rawBefore?.['stck_clpr'])).toBe(50 * Number(before?.['stck_clpr']));
  });

  it('has nothing of an unknown symbol, or of a range without trading', async () => {
    expect((await chart({ FID_INPUT_ISCD: '999999' })).json).toMatchObject({
      output1: { stck_prpr: '0' },
      output2: [{}],
    });
    expect(
      (await chart({ FID_INPUT_DATE_1: '20261121', FID_INPUT_DATE_2: '20261122' })).json['output2'],
    ).toEqual([{}]);
  });

  it.each([{ FID_PERIOD_DIV_CODE: 'H' }, { FID_INPUT_DATE_2: 'today' }, { FID_COND_MRKT_DIV_CODE: 'Q' }])(
    'is refused for %j',
    async (query) => {
      expect((await chart(query)).json['msg_cd']).toBe('OPSQ2001');
    },
  );
});

describe('the minutes of today', () => {
  const minutes = (FID_INPUT_HOUR_1: string) =>
    ask(
      'inquire-time-itemchartprice',
      'FHKST03010200',
      { FID_INPUT_HOUR_1, FID_PW_DATA_INCU_YN: 'N', FID_ETC_CLS_CODE: '' },
      'mock',
    );
  const times = async (hour: string) =>
    rowsOf(await minutes(hour), 'output2').map((row) => row['stck_cntg_hour']);

  it('are thirty, backwards from the minute asked for', async () => {
    const list = await times('095500');
    expect(list).toHaveLength(30);
    expect([list[0], list.at(-1)]).toEqual(['095500', '092600']);
    expect(await times('090200')).toEqual(['090200', '090100', '090000']);
    expect(await times('085900')).toEqual([]);
  });

  it('have the price of now where they are still to come', async () => {
    const heard = await minutes('101000');
    const rows = rowsOf(heard, 'output2');
    expect(rows[0]?.['stck_cntg_hour']).toBe('101000');
    expect(new Set(rows.slice(0, 10).map((row) => row['stck_prpr']))).toEqual(
      new Set([objectOf(heard, 'output1')['stck_prpr']]),
    );
    expect(rows[10]?.['stck_cntg_hour']).toBe('100000');
  });

  it('show the volume of the minute before until something is traded', async () => {
    const [first, before] = rowsOf(await minutes('100000'), 'output2');
    expect(first?.['cntg_vol']).toBe(before?.['cntg_vol']);
    server.pass(30);
    const [later, same] = rowsOf(await minutes('100000'), 'output2');
    expect(same).toEqual(before);
    expect(Number(later?.['cntg_vol'])).toBeLessThan(Number(before?.['cntg_vol']));
  });

  it('have one trade at the end of the closing auction and none in it', async () => {
    server.pass(6 * 3600);
    expect((await times('153000')).slice(0, 3)).toEqual(['153000', '151900', '151800']);
  });
});

describe('the minutes of past days', () => {
  const minutes = (query: Record<string, string>, host: KisHost = 'real') =>
    ask(
      'inquire-time-dailychartprice',
      'FHKST03010230',
      { FID_INPUT_HOUR_1: '153000', FID_INPUT_DATE_1: '20261120', FID_PW_DATA_INCU_YN: 'N', ...query },
      host,
    );

  it('are at most 120', async () => {
    const rows = rowsOf(await minutes({}), 'output2');
    expect(rows).toHaveLength(120);
    expect(rows[0]).toMatchObject({ stck_bsop_date: '20261120', stck_cntg_hour: '153000' });
  });

  it('go on into the day before when so asked', async () => {
    const near = { FID_INPUT_HOUR_1: '090100' };
    expect(rowsOf(await minutes(near), 'output2')).toHaveLength(2);
    const rows = rowsOf(await minutes({ ...near, FID_PW_DATA_INCU_YN: 'Y' }), 'output2');
    expect(rows).toHaveLength(120);
    expect(rows[2]).toMatchObject({ stck_bsop_date: '20261119', stck_cntg_hour: '153000' });
  });

  it('are kept for a year, and not at the mock host', async () => {
    expect(rowsOf(await minutes({ FID_INPUT_DATE_1: '20251001' }), 'output2')).toEqual([]);
    expect((await minutes({}, 'mock')).json['msg_cd']).toBe('OPSQ0002');
  });
});

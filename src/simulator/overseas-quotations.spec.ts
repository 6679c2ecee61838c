import { type KisHost } from './message';
import { TestSimulator, objectOf, rowsOf } from '../../test/support/simulator/test-simulator';

const QUOTATIONS = '/uapi/overseas-price/v1/quotations';
/** Tuesday, 2026-11-24 01:00 in Korea: Monday 11:00 in New York. */
const FIFTEEN_HOURS = 15 * 3600;

let server: TestSimulator;
let tokens: Record<KisHost, string>;
beforeEach(async () => {
  server = await TestSimulator.open();
  tokens = await server.tokens();
  server.pass(FIFTEEN_HOURS);
});
afterEach(() => server.close());

const ask = (name: string, trId: string, query: Record<string, string>, host: KisHost = 'real') =>
  server.inquire(host, `${QUOTATIONS}/${name}`, trId, tokens[host], {
    query: { AUTH: '', EXCD: 'NAS', SYMB: 'NVDA', ...query },
  });

describe('the price of an overseas stock', () => {
  it('has the decimals of its exchange, at both hosts', async () => {
    const heard = await ask('price', 'HHDFS00000300', {}, 'mock');
    expect(objectOf(heard, 'output')).toMatchObject({
      rsym: 'DNASNVDA',
      zdiv: '4',
      last: expect.stringMatching(/^\d+\.\d{4}$/),
    });
    expect((await ask('price', 'HHDFS00000300', {})).json['output']).toEqual(heard.json['output']);
    const tokyo = await ask('price', 'HHDFS00000300', { EXCD: 'TSE', SYMB: '7203' });
    expect(objectOf(tokyo, 'output')['last']).toMatch(/^\d+\.\d$/);
  });

  it('is empty at an exchange that does not have it', async () => {
    expect(objectOf(await ask('price', 'HHDFS00000300', { EXCD: 'NYS' }), 'output')).toMatchObject({
      rsym: '',
      last: '',
    });
  });

  it('is known by the daytime codes too', async () => {
    expect(objectOf(await ask('price', 'HHDFS00000300', { EXCD: 'BAQ' }), 'output')['rsym']).toBe('DNASNVDA');
  });

  it('comes with tick and lot at the real host', async () => {
    expect(objectOf(await ask('price-detail', 'HHDFS76200200', {}), 'output')).toMatchObject({
      curr: 'USD',
      e_hogau: '0.01',
      vnit: '1',
      etyp_nm: '',
    });
    expect(objectOf(await ask('price-detail', 'HHDFS76200200', { SYMB: 'SNDL' }), 'output')['e_hogau']).toBe(
      '0.0001',
    );
    expect((await ask('price-detail', 'HHDFS76200200', {}, 'mock')).json['msg_cd']).toBe('OPSQ0002');
  });
});

describe('the order book of an overseas stock', () => {
  it('has ten levels in the United States and one elsewhere', async () => {
    const america = objectOf(await ask('inquire-asking-price', 'HHDFS76200100', {}), 'output2');
    expect(Number(america['pask10'])).toBeGreaterThan(Number(america['pask1']));
    expect(Number(america['pask1'])).toBeGreaterThan(Number(america['pbid1']));
    const query = { EXCD: 'TSE', SYMB: '7203' };
    const japan = objectOf(await ask('inquire-asking-price', 'HHDFS76200100', query), 'output2');
    expect(Object.keys(japan)).toEqual(['pbid1', 'pask1', 'vbid1', 'vask1', 'dbid1', 'dask1']);
  });
});

describe('the daily chart of an overseas stock', () => {
  const chart = (query: Record<string, string> = {}) =>
    ask('dailyprice', 'HHDFS76240000', { GUBN: '0', BYMD: '', MODP: '0', ...query }, 'mock');

  it('has a hundred days back from one, newest first', async () => {
    const heard = await chart();
    expect(objectOf(heard, 'output1')).toMatchObject({ nrec: '100', zdiv: '4' });
    const rows = rowsOf(heard, 'output2');
    expect(rows).toHaveLength(100);
    expect(rows[0]?.['xymd']).toBe('20261123');
    expect(rowsOf(await chart({ BYMD: '20240619' }), 'output2')[0]?.['xymd']).toBe('20240618');
  });

  it('has weeks and months', async () => {
    const months = rowsOf(await chart({ GUBN: '2' }), 'output2').map((row) => row['xymd']?.slice(0, 6));
    expect(months.slice(0, 3)).toEqual(['202611', '202610', '202609']);
    expect((await chart({ GUBN: '9' })).json['msg_cd']).toBe('OPSQ2001');
  });
});

describe('the minutes of an overseas stock', () => {
  const minutes = (query: Record<string, string> = {}) =>
    ask('inquire-time-itemchartprice', 'HHDFS76950200', {
      NMIN: '1',
      PINC: '1',
      NEXT: '',
      NREC: '120',
      FILL: '',
      KEYB: '',
      ...query,
    });

  it('are 120 and say whether there are more', async () => {
    const heard = await minutes();
    expect(objectOf(heard, 'output1')).toMatchObject({
      stim: '093000',
      etim: '160000',
      sktm: '233000',
      ektm: '060000',
      next: '1',
      nrec: '120',
    });
    const rows = rowsOf(heard, 'output2');
    expect(rows).toHaveLength(120);
    expect(rows[0]).toMatchObject({ xymd: '20261123', xhms: '110000', kymd: '20261124', khms: '010000' });
    expect(rows[91]).toMatchObject({ xymd: '20261120' });
  });

  it('go on from a key, at most a month back', async () => {
    const next = rowsOf(await minutes({ NEXT: '1', KEYB: '20261120140000' }), 'output2');
    expect(next[0]).toMatchObject({ xymd: '20261120', xhms: '140000' });
    expect(rowsOf(await minutes({ NEXT: '1', KEYB: '20261001140000' }), 'output2')).toEqual([]);
  });

  it('are only those of today without the days before', async () => {
    const heard = await minutes({ PINC: '0' });
    expect(rowsOf(heard, 'output2')).toHaveLength(91);
    expect(objectOf(heard, 'output1')['next']).toBe('0');
  });

  it('can be taken together', async () => {
    const rows = rowsOf(await minutes({ NMIN: '5', NREC: '3' }), 'output2');
    expect(rows.map((row) => row['xhms'])).toEqual(['110000', '105500', '105000']);
  });
});

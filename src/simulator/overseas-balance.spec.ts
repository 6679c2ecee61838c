import { type KisHost } from './message';
import {
  TestSimulator,
  type Heard,
  objectOf,
  rowsOf,
  sum,
} from '../../test/support/simulator/test-simulator';

const OVERSEAS = '/uapi/overseas-stock/v1/trading';

let server: TestSimulator;
let tokens: Record<KisHost, string>;
beforeEach(async () => {
  server = await TestSimulator.open();
  tokens = await server.tokens();
});
afterEach(() => server.close());

describe('the overseas balance', () => {
  const overseas = (
    host: KisHost,
    query: Record<string, string> = {},
    headers: Record<string, string> = {},
  ) =>
    server.inquire(
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

  it('names the owner in every row and has its sums in an object', async () => {
    const answer = await overseas('real');
    expect(symbols(answer)).toEqual(['AAPL', 'TSLA', 'KO']);
    expect(rowsOf(answer).every((row) => row['cano'] === server.demo('real').accountNumber)).toBe(true);
    const sums = objectOf(answer, 'output2');
    expect(Number(sums['frcr_pchs_amt1'])).toBeCloseTo(sum(rowsOf(answer), 'frcr_pchs_amt1'), 4);
    expect(Number(sums['ovrs_tot_pfls'])).toBeCloseTo(sum(rowsOf(answer), 'frcr_evlu_pfls_amt'), 4);
    expect(answer.json['ctx_area_nk200']).toHaveLength(200);
  });

  it('knows NASD for all of the United States at the real host, for Nasdaq at the mock host', async () => {
    server.simulator.update({ overseasHoldings: 6 });
    const held = async (host: KisHost, OVRS_EXCG_CD: string) =>
      symbols(await overseas(host, { OVRS_EXCG_CD }));
    expect(await held('real', 'NASD')).toEqual(['AAPL', 'TSLA', 'KO', 'SPY']);
    expect(await held('real', 'NAS')).toEqual(['AAPL', 'TSLA']);
    expect(await held('mock', 'NASD')).toEqual(['AAPL', 'TSLA']);
    expect(await held('mock', 'NYSE')).toEqual(['KO']);
    expect(await held('mock', 'SEHK')).toEqual(['00700']);
  });

  it('lists a bond without an exchange on its last page, where that is set', async () => {
    server.simulator.update({ overseasBond: true, pageSize: 2 });
    const first = await overseas('real');
    expect(symbols(first)).toEqual(['AAPL', 'TSLA']);
    const areas = {
      CTX_AREA_FK200: first.json['ctx_area_fk200'],
      CTX_AREA_NK200: first.json['ctx_area_nk200'],
    };
    const last = await overseas('real', areas as Record<string, string>, { tr_cont: 'N' });
    expect(symbols(last)).toEqual(['KO', 'US91282CJL54']);
    expect(rowsOf(last)[1]).not.toHaveProperty('ovrs_excg_cd');
  });

  it('keeps to the currency asked for', async () => {
    server.simulator.update({ overseasHoldings: 6 });
    expect(symbols(await overseas('real', { TR_CRCY_CD: 'JPY' }))).toEqual(['7203']);
    expect((await overseas('real', { OVRS_EXCG_CD: 'NASD', TR_CRCY_CD: 'JPY' })).json).toMatchObject({
      msg_cd: 'KIOK0560',
      output1: [{ cano: '', ovrs_pdno: '' }],
    });
  });

  it('comes in pages; where so set, a row of nothing ends the last one', async () => {
    server.simulator.update({ pageSize: 2, blankOverseasRow: 'always' });
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
    server.simulator.update({ emptyAccount: true, blankOverseasRow: 'never' });
    expect((await overseas('real')).json).toMatchObject({ output1: [], output2: {} });
  });

  it('has a row without an owner where nothing is held abroad', async () => {
    server.simulator.update({ emptyAccount: true });
    expect(rowsOf(await overseas('real'))).toMatchObject([
      { cano: '', ovrs_cblc_qty: '0', pchs_avg_pric: '0.0000' },
    ]);
  });
});

describe('the present overseas balance', () => {
  const present = (host: KisHost, query: Record<string, string> = {}) =>
    server.inquire(
      host,
      `${OVERSEAS}/inquire-present-balance`,
      host === 'real' ? 'CTRP6504R' : 'VTRP6504R',
      tokens[host],
      { query: { WCRC_FRCR_DVSN_CD: '02', NATN_CD: '000', TR_MKET_CD: '00', INQR_DVSN_CD: '00', ...query } },
    );

  it('fills the third output at the mock host, and the currencies unless so set', async () => {
    expect((await present('mock')).json).toMatchObject({ output1: [], output2: [{ crcy_cd: 'USD' }] });
    server.simulator.update({ mockPresentCurrencies: false });
    expect((await present('mock')).json).toMatchObject({ output1: [], output2: [] });
    expect(Number(objectOf(await present('mock'), 'output3')['evlu_amt_smtl'])).toBeGreaterThan(0);
  });

  it('carries won under the foreign names when won are asked for', async () => {
    const [foreign] = rowsOf(await present('real'));
    const [won] = rowsOf(await present('real', { WCRC_FRCR_DVSN_CD: '01' }));
    const rate = Number(foreign?.['bass_exrt']);
    expect(Number(won?.['frcr_evlu_amt2'])).toBeCloseTo(Number(foreign?.['frcr_evlu_amt2']) * rate, 0);
  });

  it('keeps to the country and the market asked for', async () => {
    server.simulator.update({ overseasHoldings: 6 });
    const symbols = async (query: Record<string, string>) =>
      rowsOf(await present('real', query)).map((row) => row['pdno']);
    expect(await symbols({ NATN_CD: '840' })).toEqual(['AAPL', 'TSLA', 'KO', 'SPY']);
    expect(await symbols({ NATN_CD: '840', TR_MKET_CD: '02' })).toEqual(['KO']);
    expect(await symbols({ NATN_CD: '392' })).toEqual(['7203']);
  });
});

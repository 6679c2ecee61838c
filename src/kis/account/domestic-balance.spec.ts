import { ROW, row, SUMMARY } from '../../../test/support/kis/domestic-sample';
import { HttpCalls } from '../../../test/support/kis/http-calls';
import { page, queryOf, without } from '../../../test/support/kis/kis-pages';
import type { LocalKis } from '../../../test/support/kis/local-kis';

const HOLDING = {
  symbol: '009150',
  name: '삼성전기',
  tradeType: '현금',
  quantity: '1657',
  orderableQuantity: '1611',
  averagePrice: '135440.2517',
  currentPrice: '0',
  purchaseAmount: '224424497',
  valuation: '0',
  profitLoss: '0',
  profitLossRate: '0.00',
  changeRate: '-100.00000000',
};
const OUR_SUMMARY = {
  deposit: '346455',
  depositD1: '346456',
  depositD2: '346457',
  purchaseAmount: '2516522',
  stockValuation: '1759600',
  profitLoss: '-756922',
  totalValuation: '2106055',
  netAssets: '2106056',
  previousTotalValuation: '2142945',
  assetChange: '-36890',
};

describe('KisAccountClient.balance', () => {
  let calls: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    calls = await HttpCalls.open();
    ({ kis } = calls);
  });

  afterEach(() => calls.close());

  const balance = () => calls.fixture.accounts.balance(calls.account);

  it('sends what the official sample sends and reads the portal example under our names', async () => {
    kis.reply = page({ output1: [ROW], output2: [SUMMARY] });

    await expect(balance()).resolves.toEqual({
      asOf: new Date(calls.fixture.clock.now()),
      summary: OUR_SUMMARY,
      holdings: [HOLDING],
    });
    expect(queryOf(kis)).toEqual([
      ['CANO', '50112345'],
      ['ACNT_PRDT_CD', '01'],
      ['AFHR_FLPR_YN', 'N'],
      ['OFL_YN', ''],
      ['INQR_DVSN', '01'],
      ['UNPR_DVSN', '01'],
      ['FUND_STTL_ICLD_YN', 'N'],
      ['FNCG_AMT_AUTO_RDPT_YN', 'N'],
      ['PRCS_DVSN', '00'],
      ['CTX_AREA_FK100', ''],
      ['CTX_AREA_NK100', ''],
    ]);
  });

  it('keeps a stock held in cash and on credit apart', async () => {
    const rows = [row('000001'), row('000001', { trad_dvsn_name: '유통융자', loan_dt: '20261101' })];
    kis.reply = page({ output1: rows, output2: [SUMMARY] });

    expect((await balance()).holdings.map((holding) => holding.tradeType)).toEqual(['현금', '유통융자']);
  });

  it.each<[string, object]>([
    ['output2 as an object', { output1: [ROW], output2: SUMMARY }],
    ['output1 as an object', { output1: ROW, output2: [SUMMARY] }],
    ['Output1 and Output2', { Output1: [ROW], Output2: [SUMMARY] }],
    [
      'fields that nobody knows',
      { output1: [{ ...ROW, new_field: '1' }], output2: [{ ...SUMMARY, other: null }] },
    ],
  ])('accepts %s', async (_, body) => {
    kis.reply = page(body);

    await expect(balance()).resolves.toMatchObject({ summary: OUR_SUMMARY, holdings: [HOLDING] });
  });

  it.each<[string, object, object]>([
    ['the name', { prdt_name: undefined }, { name: null }],
    ['the kind of purchase', { trad_dvsn_name: ' ' }, { tradeType: null }],
    ['a rate', { fltt_rt: '' }, { changeRate: null }],
    ['a rate that is not a number', { evlu_pfls_rt: 'N/A' }, { profitLossRate: null }],
    ['a name that would break a line', { prdt_name: '삼성\u2028전기' }, { name: null }],
  ])('tells by null that a field is missing that only describes: %s', async (_, change, expected) => {
    kis.reply = page({ output1: [{ ...ROW, ...change }], output2: [{ ...SUMMARY, asst_icdc_amt: '' }] });

    await expect(balance()).resolves.toEqual({
      asOf: expect.any(Date),
      summary: { ...OUR_SUMMARY, assetChange: null },
      holdings: [{ ...HOLDING, ...expected }],
    });
  });

  it.each(['', ' ', 'NaN', '1e3', '1,000', '0x10', '--1', '9'.repeat(41), null, 5, undefined])(
    'does not take %p for a number of shares',
    async (quantity) => {
      kis.reply = page({ output1: [row('000001', { hldg_qty: quantity })], output2: [SUMMARY] });

      await expect(balance()).rejects.toThrow('output1[0].hldg_qty is missing or malformed');
    },
  );

  it.each<[string, object, object]>([
    ['with a summary', { output1: [], output2: [SUMMARY] }, { summary: OUR_SUMMARY, holdings: [] }],
    [
      'with zeros',
      { output1: [], output2: [{ ...SUMMARY, dnca_tot_amt: '0' }] },
      { summary: { ...OUR_SUMMARY, deposit: '0' } },
    ],
  ])('reads an empty account %s', async (_, body, expected) => {
    kis.reply = page(body);

    await expect(balance()).resolves.toMatchObject(expected);
  });

  it.each<[string, object, string]>([
    [
      'an amount of the summary',
      { output1: [], output2: [without(SUMMARY, 'tot_evlu_amt')] },
      'output2.tot_evlu_amt',
    ],
    [
      'an amount of a row',
      { output1: [ROW, row('1', { pchs_amt: 1.5 })], output2: [SUMMARY] },
      'output1[1].pchs_amt',
    ],
    ['the symbol of a row', { output1: [without(ROW, 'pdno')], output2: [SUMMARY] }, 'output1[0].pdno'],
    ['the summary of an account with stocks', { output1: [ROW] }, 'output2'],
    ['the summary of an empty account', { output1: [], output2: [{}] }, 'output2'],
    ['the list', { output2: [SUMMARY] }, 'output1'],
    ['everything', {}, 'output1'],
    ['a list of a length that KIS has', { output1: Array(1001).fill(ROW), output2: [SUMMARY] }, 'output1'],
    ['rows that are rows', { output1: ['009150'], output2: [SUMMARY] }, 'output1[0]'],
  ])('names what is missing and never shows a value: %s', async (_, body, field) => {
    kis.reply = page(body);

    const failure = await balance().catch((error: unknown) => error as Error);

    expect(failure).toMatchObject({
      code: 'KIS_BAD_RESPONSE',
      message: expect.stringContaining(`${field} is missing`),
    });
    expect((failure as Error).message).not.toMatch(/2106055|1\.5/);
  });
});

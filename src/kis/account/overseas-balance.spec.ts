import { HttpCalls } from '../../../test/support/kis/http-calls';
import { page, queryOf, without } from '../../../test/support/kis/kis-pages';
import type { LocalKis } from '../../../test/support/kis/local-kis';

/** 해외주식 잔고, as in the portal's example: the list ends with a blank row, output2 is an object. */
const OVERSEAS = {
  output1: [
    {
      cano: '81000000',
      ovrs_pdno: 'TSLA',
      ovrs_item_name: '테슬라',
      frcr_evlu_pfls_amt: '-3547254.185235',
      evlu_pfls_rt: '-81.75',
      pchs_avg_pric: '5832.2148',
      ovrs_cblc_qty: '744',
      ord_psbl_qty: '743',
      frcr_pchs_amt1: '4339167.78523',
      ovrs_stck_evlu_amt: '791913.60000000',
      now_pric2: '1064.400000',
      tr_crcy_cd: 'USD',
      ovrs_excg_cd: 'NASD',
      loan_type_cd: '10',
      loan_dt: '',
    },
    {
      cano: '',
      ovrs_pdno: '',
      ovrs_item_name: '',
      frcr_evlu_pfls_amt: '0.000000',
      evlu_pfls_rt: '0.00',
      pchs_avg_pric: '0.0000',
      ovrs_cblc_qty: '0',
      ord_psbl_qty: '0',
      frcr_pchs_amt1: '0.00000',
      ovrs_stck_evlu_amt: '0.00000000',
      now_pric2: '0.000000',
      tr_crcy_cd: '',
      ovrs_excg_cd: '',
      loan_type_cd: '',
      loan_dt: '',
    },
  ],
  output2: {
    frcr_pchs_amt1: '4339167.78523',
    ovrs_rlzt_pfls_amt: '-4836.71476',
    ovrs_tot_pfls: '-3547254.18524',
    rlzt_erng_rt: '-82.93101266',
    tot_evlu_pfls_amt: '791913.60000000',
    tot_pftrt: '-81.74964327',
  },
};

describe('KisAccountClient.overseasBalance', () => {
  let calls: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    calls = await HttpCalls.open();
    ({ kis } = calls);
  });

  afterEach(() => calls.close());

  const nasdaq = { exchange: 'NASD', currency: 'USD' };

  it('reads the portal example under our names, without its blank row', async () => {
    kis.reply = page(OVERSEAS);

    await expect(calls.fixture.accounts.overseasBalance(calls.account, nasdaq)).resolves.toEqual({
      asOf: new Date(calls.fixture.clock.now()),
      exchange: 'NASD',
      currency: 'USD',
      summary: {
        purchaseAmount: '4339167.78523',
        valuationProfitLoss: '791913.60000000',
        totalProfitLoss: '-3547254.18524',
        totalProfitLossRate: '-81.74964327',
        realizedProfitLoss: '-4836.71476',
        realizedProfitLossRate: '-82.93101266',
      },
      holdings: [
        {
          symbol: 'TSLA',
          name: '테슬라',
          exchange: 'NASD',
          currency: 'USD',
          quantity: '744',
          orderableQuantity: '743',
          averagePrice: '5832.2148',
          currentPrice: '1064.400000',
          purchaseAmount: '4339167.78523',
          valuation: '791913.60000000',
          profitLoss: '-3547254.185235',
          profitLossRate: '-81.75',
        },
      ],
    });
    expect(queryOf(kis)).toEqual([
      ['CANO', '50112345'],
      ['ACNT_PRDT_CD', '01'],
      ['OVRS_EXCG_CD', 'NASD'],
      ['TR_CRCY_CD', 'USD'],
      ['CTX_AREA_FK200', ''],
      ['CTX_AREA_NK200', ''],
    ]);
  });

  it('reads all pages', async () => {
    const [tesla] = OVERSEAS.output1;
    kis.script(
      page({ output1: [tesla], output2: OVERSEAS.output2 }, 'M', 'one'),
      page({ output1: [{ ...tesla, ovrs_pdno: 'AAPL' }], output2: OVERSEAS.output2 }, 'D', 'two'),
    );

    const { holdings } = await calls.fixture.accounts.overseasBalance(calls.account, nasdaq);

    expect(holdings.map((holding) => holding.symbol)).toEqual(['TSLA', 'AAPL']);
    expect(queryOf(kis, 1).slice(-2)).toEqual([
      ['CTX_AREA_FK200', 'fk'],
      ['CTX_AREA_NK200', 'one'],
    ]);
  });

  it('reads an empty account, whose output2 is an empty structure', async () => {
    kis.reply = page({ output1: [], output2: {} });

    await expect(calls.fixture.accounts.overseasBalance(calls.account, nasdaq)).resolves.toMatchObject({
      summary: { purchaseAmount: null, totalProfitLoss: null },
      holdings: [],
    });
  });

  it('reads a bond, which has no exchange, beside a stock', async () => {
    const [tesla = {}] = OVERSEAS.output1;
    const bond = without({ ...tesla, ovrs_pdno: 'US91282CJL54', ovrs_item_name: '미국채' }, 'ovrs_excg_cd');
    kis.reply = page({ ...OVERSEAS, output1: [tesla, bond] });

    const { holdings } = await calls.fixture.accounts.overseasBalance(calls.account, nasdaq);

    expect(holdings.map(({ symbol, exchange }) => [symbol, exchange])).toEqual([
      ['TSLA', 'NASD'],
      ['US91282CJL54', null],
    ]);
  });

  it.each<[string, object]>([
    ['without its list', { output2: OVERSEAS.output2 }],
    ['without its summary', { output1: [] }],
    ['with a summary of nothing for stocks that are held', { output1: OVERSEAS.output1, output2: {} }],
    [
      'with an unnamed row',
      { ...OVERSEAS, output1: OVERSEAS.output1.map((each) => without(each, 'ovrs_pdno')) },
    ],
  ])('does not take an answer %s for a balance', async (_, body) => {
    kis.reply = page(body);

    await expect(calls.fixture.accounts.overseasBalance(calls.account, nasdaq)).rejects.toHaveProperty(
      'code',
      'KIS_BAD_RESPONSE',
    );
  });

  it.each([
    [{ exchange: 'NASDAQ', currency: 'USD' }],
    [{ exchange: 'NASD', currency: 'KRW' }],
    [{ exchange: '', currency: 'USD' }],
  ])('sends nothing for %j', async (market) => {
    await expect(calls.fixture.accounts.overseasBalance(calls.account, market)).rejects.toHaveProperty(
      'code',
      'INVALID_REQUEST',
    );
    expect(kis.requests).toHaveLength(0);
  });
});

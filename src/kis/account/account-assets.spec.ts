import { HttpCalls } from '../../../test/support/kis/http-calls';
import { page, queryOf, without } from '../../../test/support/kis/kis-pages';
import type { LocalKis } from '../../../test/support/kis/local-kis';

describe('KisAccountClient.assets', () => {
  let calls: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    calls = await HttpCalls.open(
      {},
      { alias: 'live', mode: 'REAL' },
      { alias: 'fund', mode: 'REAL', accountCode: '21' },
    );
    ({ kis } = calls);
  });

  afterEach(() => calls.close());

  const figures = (index: number) => ({
    pchs_amt: `${index}`,
    evlu_amt: '0',
    evlu_pfls_amt: '0',
    crdt_lnd_amt: '0',
    real_nass_amt: '0',
    whol_weit_rt: '0.00000000',
  });
  const rows = (count: number) => Array.from({ length: count }, (_, index) => figures(index + 1));
  const rest = { tot_asst_amt: '1651869889547', tot_dncl_amt: '249855300', nass_tot_amt: '185550504' };
  const assets = (alias = 'live') =>
    calls.fixture.accounts.assets(calls.fixture.configuration.account(alias));

  it('are not asked for in mock trading', async () => {
    await expect(assets('main')).rejects.toHaveProperty('code', 'NOT_AVAILABLE_IN_MOCK');
    expect(kis.requests).toHaveLength(0);
  });

  it('get their names by their order, and the total from the last row', async () => {
    kis.reply = page({ output1: rows(20), output2: rest });

    const { total, classes } = await assets();

    expect(total).toEqual({
      purchaseAmount: '20',
      valuation: '0',
      profitLoss: '0',
      creditLoan: '0',
      netAssets: '0',
      weight: '0.00000000',
      totalAssets: '1651869889547',
      deposit: '249855300',
    });
    expect(classes.map(({ name, purchaseAmount }) => `${purchaseAmount} ${name ?? '?'}`)).toEqual(
      expect.arrayContaining(['1 주식', '3 IMA', '9 해외주식', '19 청약자예수금']),
    );
    expect(classes).toHaveLength(19);
    expect(queryOf(kis)).toEqual([
      ['CANO', '50112345'],
      ['ACNT_PRDT_CD', '01'],
      ['INQR_DVSN_1', ''],
      ['BSPR_BF_DT_APLY_YN', ''],
    ]);
  });

  it.each([
    ['before IMA', 'live', 19, 8, '해외주식'],
    ['of a fund account', 'fund', 17, 9, '해외채권'],
    ['of a number that nobody knows', 'live', 21, 9, null],
    ['of a fund account with another number', 'fund', 20, 9, null],
  ])('are not named by a wrong list: %s', async (_, alias, count, position, name) => {
    kis.reply = page({ Output1: rows(count), Output2: rest });

    const { classes } = await assets(alias);

    expect(classes).toHaveLength(count - 1);
    expect(classes[position - 1]?.name).toBe(name);
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['no list', { output2: rest }],
    ['an empty list', { output1: [], output2: rest }],
    ['a list of nothing', { output1: [{}, {}], output2: rest }],
  ])('are not made up from %s', async (_, body) => {
    kis.reply = page(body);

    await expect(assets()).rejects.toHaveProperty('code', 'KIS_BAD_RESPONSE');
  });

  it('tell by null that a share is missing', async () => {
    kis.reply = page({ output1: rows(20).map((row) => without(row, 'whol_weit_rt')), output2: rest });

    await expect(assets()).resolves.toMatchObject({ total: { weight: null, purchaseAmount: '20' } });
  });

  it('are not made up when the total is missing', async () => {
    kis.reply = page({ output1: rows(20), output2: without(rest, 'tot_asst_amt') });

    await expect(assets()).rejects.toThrow('output2.tot_asst_amt');
  });
});

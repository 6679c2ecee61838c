import { HttpCalls } from '../../../test/support/kis/http-calls';
import { page, queryOf, without } from '../../../test/support/kis/kis-pages';
import type { LocalKis } from '../../../test/support/kis/local-kis';

describe('KisAccountClient.buyingPower', () => {
  let calls: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    calls = await HttpCalls.open();
    ({ kis } = calls);
  });

  afterEach(() => calls.close());

  const output = {
    ord_psbl_cash: '9950000',
    psbl_qty_calc_unpr: '68100',
    nrcvb_buy_amt: '9998580',
    nrcvb_buy_qty: '146',
    max_buy_amt: '50000000',
    max_buy_qty: '734',
  };

  it.each([
    ['a limit order', { symbol: '005930', price: '70000' }, ['005930', '70000', '00']],
    ['a market order', { symbol: '005930' }, ['005930', '', '01']],
    ['a stock with the A of the exchange', { symbol: 'A005930' }, ['005930', '', '01']],
    ['amounts only', {}, ['', '', '00']],
  ])('asks for %s', async (_, order, [symbol, price, kind]) => {
    kis.reply = page({ output });

    await calls.fixture.accounts.buyingPower(calls.account, order);

    expect(queryOf(kis)).toEqual([
      ['CANO', '50112345'],
      ['ACNT_PRDT_CD', '01'],
      ['PDNO', symbol],
      ['ORD_UNPR', price],
      ['ORD_DVSN', kind],
      ['CMA_EVLU_AMT_ICLD_YN', 'N'],
      ['OVRS_ICLD_YN', 'N'],
    ]);
  });

  it('reads a captured answer under our names', async () => {
    kis.reply = page({ output });

    await expect(
      calls.fixture.accounts.buyingPower(calls.account, { symbol: '005930', price: '68100' }),
    ).resolves.toEqual({
      asOf: new Date(calls.fixture.clock.now()),
      symbol: '005930',
      price: '68100',
      cash: '9950000',
      withoutCredit: { amount: '9998580', quantity: '146' },
      maximum: { amount: '50000000', quantity: '734' },
      calculationPrice: '68100',
    });
  });

  it('has null for what was not requested', async () => {
    kis.reply = page({ output });

    await expect(calls.fixture.accounts.buyingPower(calls.account)).resolves.toMatchObject({
      symbol: null,
      price: null,
    });
  });

  it.each([
    [{ symbol: '5930' }],
    [{ symbol: '005930A' }],
    [{ symbol: '00593a' }],
    [{ symbol: '' }],
    [{ symbol: '005930', price: '70,000' }],
    [{ symbol: '005930', price: '-1' }],
    [{ symbol: '005930', price: '' }],
    [{ price: '70000' }],
  ])('sends nothing for %j', async (order) => {
    await expect(calls.fixture.accounts.buyingPower(calls.account, order)).rejects.toHaveProperty(
      'code',
      'INVALID_REQUEST',
    );
    expect(kis.requests).toHaveLength(0);
  });

  it('knows a symbol that KIS does not know by a price of 0', async () => {
    kis.reply = page({
      output: { ...output, psbl_qty_calc_unpr: '0', nrcvb_buy_qty: '0', max_buy_qty: '0' },
    });

    await expect(
      calls.fixture.accounts.buyingPower(calls.account, { symbol: '999999' }),
    ).rejects.toHaveProperty('code', 'SYMBOL_NOT_FOUND');
    await expect(calls.fixture.accounts.buyingPower(calls.account)).resolves.toHaveProperty(
      'calculationPrice',
      '0',
    );
  });

  it('names what is missing', async () => {
    kis.reply = page({ output: without(output, 'max_buy_qty') });
    await expect(calls.fixture.accounts.buyingPower(calls.account)).rejects.toThrow(
      'output.max_buy_qty is missing',
    );

    kis.reply = page({});
    await expect(calls.fixture.accounts.buyingPower(calls.account)).rejects.toThrow('output is missing');
  });
});

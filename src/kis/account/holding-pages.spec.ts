import { ROW, row, SUMMARY } from '../../../test/support/kis/domestic-sample';
import { HttpCalls } from '../../../test/support/kis/http-calls';
import { page, queryOf } from '../../../test/support/kis/kis-pages';
import { json, type LocalKis, type Reply } from '../../../test/support/kis/local-kis';

describe('the pages of a balance', () => {
  let calls: HttpCalls;
  let kis: LocalKis;

  beforeEach(async () => {
    calls = await HttpCalls.open();
    ({ kis } = calls);
  });

  afterEach(() => calls.close());

  const balance = () => calls.fixture.accounts.balance(calls.account);
  const symbols = async () => (await balance()).holdings.map((holding) => holding.symbol);

  it('reads all pages, and the summary of the last one that has one', async () => {
    kis.script(
      page({ output1: [row('000001'), row('000002')], output2: [{ ...SUMMARY, nass_amt: '1' }] }, 'F', 'one'),
      page({ output1: [row('000003')], output2: [{ ...SUMMARY, nass_amt: '2' }] }, 'M', 'two'),
      page({ output1: [row('000004')], output2: [] }, 'E', 'three'),
    );

    const { holdings, summary } = await balance();

    expect(holdings.map((holding) => holding.symbol)).toEqual(['000001', '000002', '000003', '000004']);
    expect(summary.netAssets).toBe('2');
    expect([0, 1, 2].map((index) => queryOf(kis, index).at(-1)?.[1])).toEqual(['', 'one', 'two']);
    expect(kis.requests.map((request) => request.headers['tr_cont'])).toEqual(['', 'N', 'N']);
    expect(kis.requests).toHaveLength(3);
  });

  it('is one call a page for 500 callers at one time', async () => {
    kis.reply = (response, request) => {
      const isFirst = request.headers['tr_cont'] === '';
      page({ output1: [row(isFirst ? '000001' : '000002')], output2: [SUMMARY] }, isFirst ? 'M' : 'D')(
        response,
        request,
      );
    };

    const all = await Promise.all(Array.from({ length: 500 }, balance));

    expect(new Set(all.map(({ holdings }) => holdings.length))).toEqual(new Set([2]));
    expect(kis.requests).toHaveLength(2);
  });

  it.each<[string, Reply[], string[]]>([
    [
      'F on the last page: the next one is empty',
      [
        page({ output1: [row('000001')], output2: [SUMMARY] }, 'F'),
        page({ output1: [], output2: [SUMMARY] }, 'F'),
      ],
      ['000001'],
    ],
    [
      'F on the last page: KIS repeats it, with other prices',
      [
        page({ output1: [row('000001')], output2: [SUMMARY] }, 'F'),
        page({ output1: [row('000001', { prpr: '9', evlu_amt: '9' })], output2: [SUMMARY] }, 'F'),
      ],
      ['000001'],
    ],
    ['F for an account without holdings', [page({ output1: [], output2: [SUMMARY] }, 'F')], []],
  ])('does not turn in circles: %s', async (_, replies, expected) => {
    kis.script(...replies);

    expect(await symbols()).toEqual(expected);
    expect(kis.requests).toHaveLength(replies.length);
  });

  it.each<[string, Reply[]]>([
    ['no rows at all', [page({ output1: [], output2: [SUMMARY] }, 'M')]],
    [
      'a page without rows',
      [
        page({ output1: [row('000001')], output2: [SUMMARY] }, 'M'),
        page({ output1: [], output2: [SUMMARY] }, 'M'),
      ],
    ],
    [
      'the same page again',
      [
        page({ output1: [row('000001')], output2: [SUMMARY] }, 'M'),
        page({ output1: [row('000001')], output2: [SUMMARY] }, 'M'),
      ],
    ],
  ])('is incomplete when more is announced after %s', async (_, replies) => {
    kis.script(...replies);

    await expect(balance()).rejects.toMatchObject({
      code: 'KIS_BAD_RESPONSE',
      message: expect.stringContaining('the list is incomplete') as string,
    });
    expect(kis.requests).toHaveLength(replies.length);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a text', ''],
    ['a list', []],
    ['an empty record', {}],
    ['a record of nothing', { pdno: null, hldg_qty: null }],
    ['a record of other fields', { x: '' }],
  ])('is no empty account when its only row is %s', async (_, only) => {
    kis.reply = page({ output1: [only], output2: [SUMMARY] });

    await expect(balance()).rejects.toHaveProperty('code', 'KIS_BAD_RESPONSE');
  });

  it('goes on after a page of repeated rows when it leads to a new one', async () => {
    kis.script(
      page({ output1: [row('000001')], output2: [SUMMARY] }, 'M', 'one'),
      page({ output1: [row('000001')], output2: [SUMMARY] }, 'M', 'two'),
      page({ output1: [row('000002')], output2: [SUMMARY] }, 'D', 'three'),
    );

    expect(await symbols()).toEqual(['000001', '000002']);
  });

  it('gives up on a list that does not end', async () => {
    kis.reply = (response, request) => {
      const turn = String(kis.requests.length);
      page({ output1: [row(turn)], output2: [SUMMARY] }, 'M', turn)(response, request);
    };

    await expect(balance()).rejects.toHaveProperty('code', 'KIS_BAD_RESPONSE');
    expect(kis.requests).toHaveLength(100);
  });

  it.each<[string, object[], string[]]>([
    [
      'blank rows',
      [
        row('000001'),
        row(' ', { hldg_qty: '0' }),
        Object.fromEntries(Object.keys(ROW).map((key) => [key, ''])),
      ],
      ['000001'],
    ],
    [
      'stocks sold out today',
      [row('000001', { hldg_qty: '0' }), row('000002', { hldg_qty: '1' })],
      ['000002'],
    ],
    ['the same row twice', [row('000001'), row('000001')], ['000001']],
  ])('leaves out %s', async (_, output1, expected) => {
    kis.reply = page({ output1, output2: [SUMMARY] });

    expect(await symbols()).toEqual(expected);
  });

  it.each<[string, object]>([
    ['without its list', { output2: [SUMMARY] }],
    ['with nothing for a list', { output1: null, output2: [SUMMARY] }],
    ['with a text for a list', { output1: '', output2: [SUMMARY] }],
    ['with an empty record for a list', { output1: {}, output2: [SUMMARY] }],
    ['without its summary', { output1: [ROW] }],
    ['with shares of a stock without a symbol', { output1: [row('')], output2: [SUMMARY] }],
  ])('is not read in part: a second page %s', async (_, second) => {
    kis.script(page({ output1: [row('000001')], output2: [SUMMARY] }, 'M'), page(second));

    await expect(balance()).rejects.toHaveProperty('code', 'KIS_BAD_RESPONSE');
  });

  it('fails as a whole when a page fails', async () => {
    kis.script(
      page({ output1: [row('000001')], output2: [SUMMARY] }, 'M'),
      json(200, { rt_cd: '1', msg_cd: 'APBK0000', msg1: '오류' }),
    );

    await expect(balance()).rejects.toMatchObject({ code: 'KIS_REJECTED', kis: { msgCd: 'APBK0000' } });
  });

  it('stops for a caller who gives up between pages', async () => {
    const giveUp = new AbortController();
    kis.reply = (response, request) => {
      giveUp.abort(new Error('enough'));
      page({ output1: [ROW], output2: [SUMMARY] }, 'M')(response, request);
    };

    await expect(calls.fixture.accounts.balance(calls.account, { signal: giveUp.signal })).rejects.toThrow(
      'enough',
    );
    expect(kis.requests).toHaveLength(1);
  });
});

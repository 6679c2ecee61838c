import { OrderFixture } from '../../test/support/simulator/order-fixture';
import { objectOf, rowsOf } from '../../test/support/simulator/test-simulator';

const RESTING = { ORD_QTY: '10', ORD_UNPR: '97000' };
const MODIFY = { RVSE_CNCL_DVSN_CD: '01' };

let fixture: OrderFixture;
beforeEach(async () => {
  fixture = await OrderFixture.open();
  await fixture.price('005930', 98_000);
});
afterEach(() => fixture.server.close());

describe('a cancellation', () => {
  it('is an order of its own that names the one it ends', async () => {
    const number = await fixture.placed('real', 'buy', RESTING);
    const heard = await fixture.revise('real', number, {});
    expect(heard.json).toMatchObject({ rt_cd: '0', msg_cd: 'APBK0013' });
    const cancellation = objectOf(heard, 'output')['ODNO'] ?? '';
    expect(cancellation).toBe('0000000002');
    expect(await fixture.row('real', number)).toMatchObject({
      rmn_qty: '0',
      cncl_cfrm_qty: '10',
      cncl_yn: 'N',
    });
    expect(await fixture.row('real', cancellation)).toMatchObject({
      orgn_odno: number,
      cncl_yn: 'Y',
      ord_qty: '10',
      rmn_qty: '0',
    });
    expect(fixture.server.simulator.orders.map(({ action }) => action)).toEqual(['new', 'cancel']);
  });

  it('can be for a part', async () => {
    const number = await fixture.placed('mock', 'buy', RESTING);
    const part = { QTY_ALL_ORD_YN: 'N', ORD_QTY: '4' };
    expect((await fixture.revise('mock', number, part)).json['msg_cd']).toBe('40630000');
    expect(await fixture.row('mock', number)).toMatchObject({ rmn_qty: '6', cncl_cfrm_qty: '4' });
    expect((await fixture.revise('mock', number, { ...part, ORD_QTY: '7' })).json['msg_cd']).toBe('APBK0927');
  });

  it.each([
    ['that is filled', async () => fixture.placed('real', 'buy', { ORD_UNPR: '98300' }), {}],
    ['that nobody knows', () => Promise.resolve('0000009999'), {}],
    [
      'of another exchange',
      async () => fixture.placed('real', 'buy', { ...RESTING, EXCG_ID_DVSN_CD: 'NXT' }),
      {},
    ],
    [
      'of another branch',
      async () => fixture.placed('real', 'buy', RESTING),
      { KRX_FWDG_ORD_ORGNO: '00001' },
    ],
    ['of an unknown kind', async () => fixture.placed('real', 'buy', RESTING), { RVSE_CNCL_DVSN_CD: '03' }],
  ])('of an order %s is refused', async (_which, place, fields) => {
    const number = await place();
    const { json } = await fixture.revise('real', number, fields);
    expect([json['rt_cd'], json['msg_cd'], String(json['msg1']).trimEnd()]).toEqual([
      '7',
      'APBK0927',
      '정정취소 가능수량이 없습니다.',
    ]);
  });

  it('knows the order by its number without leading zeros, and by its branch', async () => {
    const heard = await fixture.order('real', 'buy', RESTING);
    const { ODNO = '', KRX_FWDG_ORD_ORGNO = '' } = objectOf(heard, 'output');
    expect((await fixture.revise('real', String(Number(ODNO)), { KRX_FWDG_ORD_ORGNO })).json['rt_cd']).toBe(
      '0',
    );
  });

  it('is refused when the market is closed', async () => {
    const number = await fixture.placed('real', 'buy', { ...RESTING, EXCG_ID_DVSN_CD: 'NXT' });
    fixture.at('15:35');
    expect((await fixture.revise('real', number, { EXCG_ID_DVSN_CD: 'NXT' })).json['msg_cd']).toBe(
      'APBK0918',
    );
    fixture.at('15:45');
    expect((await fixture.revise('real', number, { EXCG_ID_DVSN_CD: 'NXT' })).json['rt_cd']).toBe('0');
  });
});

describe('a modification', () => {
  it('is a new order that takes over what is open', async () => {
    const number = await fixture.placed('real', 'buy', RESTING);
    const heard = await fixture.revise('real', number, { ...MODIFY, ORD_UNPR: '97500' });
    const next = objectOf(heard, 'output')['ODNO'] ?? '';
    expect(await fixture.row('real', number)).toMatchObject({ rmn_qty: '0', cncl_cfrm_qty: '0' });
    expect(await fixture.row('real', next)).toMatchObject({
      orgn_odno: number,
      ord_unpr: '97500',
      ord_qty: '10',
      rmn_qty: '10',
      sll_buy_dvsn_cd_name: '매수정정*',
    });
    expect(rowsOf(await fixture.open(), 'output').map((row) => row['odno'])).toEqual([next]);
    expect((await fixture.revise('real', number, {})).json['msg_cd']).toBe('APBK0927');
    expect((await fixture.revise('real', next, {})).json['rt_cd']).toBe('0');
  });

  it('of a part leaves the rest where it is', async () => {
    const number = await fixture.placed('real', 'buy', RESTING);
    await fixture.revise('real', number, { ...MODIFY, ORD_UNPR: '97500', QTY_ALL_ORD_YN: 'N', ORD_QTY: '4' });
    expect(rowsOf(await fixture.open(), 'output').map((row) => row['psbl_qty'])).toEqual(['4', '6']);
  });

  it('through the book is filled at once', async () => {
    const number = await fixture.placed('real', 'buy', RESTING);
    const heard = await fixture.revise('real', number, { ...MODIFY, ORD_DVSN: '01' });
    const next = objectOf(heard, 'output')['ODNO'] ?? '';
    expect(await fixture.row('real', next)).toMatchObject({ tot_ccld_qty: '10', ord_dvsn_cd: '01' });
  });

  it.each([
    [{ ORD_UNPR: '97550' }, 'APBK0506'],
    [{ ORD_UNPR: '97500', ORD_DVSN: '41' }, 'APBK0963'],
    [{ ORD_UNPR: '97500', QTY_ALL_ORD_YN: 'N', ORD_QTY: '11' }, 'APBK0927'],
    [{ ORD_UNPR: 'x' }, 'OPSQ2002'],
  ])('%j is refused', async (fields, code) => {
    const number = await fixture.placed('real', 'buy', RESTING);
    expect((await fixture.revise('real', number, { ...MODIFY, ...fields })).json['msg_cd']).toBe(code);
    expect(fixture.server.simulator.orders).toHaveLength(1);
  });

  it('needs the money that it costs more', async () => {
    const number = await fixture.placed('real', 'buy', { ORD_QTY: '510', ORD_UNPR: '97000' });
    expect((await fixture.revise('real', number, { ...MODIFY, ORD_UNPR: '97900' })).json['rt_cd']).toBe('0');
    const [next] = rowsOf(await fixture.open(), 'output');
    const dearer = { ...MODIFY, ORD_UNPR: '98000' };
    await fixture.price('005930', 98_200);
    expect((await fixture.revise('real', next?.['odno'] ?? '', dearer)).json['rt_cd']).toBe('0');
    await fixture.placed('real', 'buy', { ORD_QTY: '1', ORD_UNPR: '15000', PDNO: '138930' });
    const [last] = rowsOf(await fixture.open({ INQR_DVSN_1: '1' }), 'output');
    expect(
      (await fixture.revise('real', last?.['odno'] ?? '', { ...MODIFY, ORD_UNPR: '98100' })).json['msg_cd'],
    ).toBe('APBK0952');
  });

  it('answers with lower-case keys when so set', async () => {
    fixture.server.simulator.update({ lowerCaseRevisions: true });
    const number = await fixture.placed('real', 'buy', RESTING);
    expect(objectOf(await fixture.revise('real', number, {}), 'output')).toMatchObject({
      odno: '0000000002',
      krx_fwdg_ord_orgno: expect.any(String),
      ord_tmd: '100000',
    });
  });
});

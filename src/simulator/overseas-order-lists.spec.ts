import { OrderFixture } from '../../test/support/simulator/order-fixture';
import { type Heard, objectOf, rowsOf } from '../../test/support/simulator/test-simulator';

const OVERSEAS = '/uapi/overseas-stock/v1/trading';

let fixture: OrderFixture;
beforeEach(async () => {
  fixture = await OrderFixture.open();
  await fixture.price('AAPL', 268);
  fixture.server.pass(86_400);
  fixture.at('00:30');
});
afterEach(() => fixture.server.close());

const RESTING = { OVRS_ORD_UNPR: '250', ORD_QTY: '5' };
const numberOf = (heard: Heard) => objectOf(heard, 'output')['ODNO'] ?? '';
const numbers = (heard: Heard) => rowsOf(heard, 'output').map((row) => row['odno']);
const open = (OVRS_EXCG_CD: string, host: 'real' | 'mock' = 'real') =>
  fixture.get(
    host,
    `${OVERSEAS}/inquire-nccs`,
    'TTTS3018R',
    {},
    {
      ...{ OVRS_EXCG_CD, SORT_SQN: 'DS', CTX_AREA_FK200: '', CTX_AREA_NK200: '' },
    },
  );

describe('a revision of an overseas order', () => {
  it('cancels all of it, or a part', async () => {
    const number = numberOf(await fixture.overseas('real', 'buy', RESTING));
    expect((await fixture.reviseOverseas('real', number, { ORD_QTY: '2' })).json['rt_cd']).toBe('0');
    expect(rowsOf(await open('NASD'), 'output')).toMatchObject([{ odno: number, nccs_qty: '3' }]);
    const cancelled = await fixture.reviseOverseas('real', number);
    expect(rowsOf(await open('NASD'), 'output')).toEqual([]);
    const rows = rowsOf(await fixture.overseasOrders('real'), 'output');
    expect(rows.at(-1)).toMatchObject({
      odno: numberOf(cancelled),
      orgn_odno: number,
      rvse_cncl_dvsn: '02',
      rvse_cncl_dvsn_name: '취소',
    });
  });

  it('modifies the price', async () => {
    const number = numberOf(await fixture.overseas('real', 'buy', RESTING));
    const modify = { RVSE_CNCL_DVSN_CD: '01', ORD_QTY: '5', OVRS_ORD_UNPR: '255.5' };
    const next = numberOf(await fixture.reviseOverseas('real', number, modify));
    expect(rowsOf(await open('NASD'), 'output')).toMatchObject([
      { odno: next, orgn_odno: number, ft_ord_unpr3: '255.50000000', nccs_qty: '5' },
    ]);
    const refused = async (fields: Record<string, string>) =>
      (await fixture.reviseOverseas('real', next, { ...modify, ...fields })).json['msg_cd'];
    expect(await refused({ OVRS_ORD_UNPR: '255.555' })).toBe('APBK0506');
    expect(await refused({ OVRS_ORD_UNPR: '0' })).toBe('APBK1507');
    expect(await refused({ ORD_QTY: '6' })).toBe('APBK0927');
    expect(await refused({ PDNO: 'TSLA' })).toBe('APBK0927');
  });

  it('needs the id of its market', async () => {
    const number = numberOf(await fixture.overseas('real', 'buy', RESTING));
    expect((await fixture.reviseOverseas('real', number, {}, 'TTTS1003U')).json['msg_cd']).toBe('APBK0656');
  });
});

describe('the open overseas orders', () => {
  it('are those of an exchange, NASD standing for the whole country', async () => {
    const apple = numberOf(await fixture.overseas('real', 'buy', RESTING));
    const cola = numberOf(
      await fixture.overseas('real', 'buy', { OVRS_EXCG_CD: 'NYSE', PDNO: 'KO', OVRS_ORD_UNPR: '50' }),
    );
    expect(numbers(await open('NASD'))).toEqual([apple, cola]);
    expect(numbers(await open('NYSE'))).toEqual([cola]);
  });

  it('are not available at the mock host unless so set', async () => {
    expect((await open('NASD', 'mock')).json['msg_cd']).toBe('OPSQ0002');
    fixture.server.simulator.update({ mockOverseasOpenOrders: true });
    expect((await open('NASD', 'mock')).json['rt_cd']).toBe('0');
  });
});

describe('the overseas orders of a day', () => {
  it('can be asked for in part at the real host', async () => {
    const buy = numberOf(await fixture.overseas('real', 'buy', RESTING));
    const sell = numberOf(await fixture.overseas('real', 'sell', { OVRS_ORD_UNPR: '265' }));
    const asked = async (query: Record<string, string>) =>
      numbers(await fixture.overseasOrders('real', query));
    expect(await asked({})).toEqual([buy, sell]);
    expect(await asked({ SORT_SQN: 'AS' })).toEqual([sell, buy]);
    expect(await asked({ SLL_BUY_DVSN: '01' })).toEqual([sell]);
    expect(await asked({ CCLD_NCCS_DVSN: '02' })).toEqual([buy]);
    expect(await asked({ CCLD_NCCS_DVSN: '01' })).toEqual([sell]);
    expect(await asked({ PDNO: 'TSLA' })).toEqual([]);
    expect(await asked({ OVRS_EXCG_CD: 'SEHK' })).toEqual([]);
  });

  it('can be asked for only whole at the mock host', async () => {
    const buy = numberOf(await fixture.overseas('mock', 'buy', RESTING));
    expect(numbers(await fixture.overseasOrders('mock'))).toEqual([buy]);
    expect((await fixture.overseasOrders('mock', { PDNO: '%' })).json['msg_cd']).toBe('OPSQ2001');
    fixture.server.simulator.update({ mockListFilters: 'ignored' });
    expect(numbers(await fixture.overseasOrders('mock', { PDNO: 'TSLA' }))).toEqual([buy]);
  });

  it.each([
    ['real', 20],
    ['mock', 15],
  ] as const)('come in pages at the %s host', async (host, size) => {
    for (let count = 0; count <= size; count += 1) {
      await fixture.overseas(host, 'buy', { OVRS_ORD_UNPR: '200' });
    }
    const first = await fixture.overseasOrders(host);
    expect([numbers(first).length, first.headers.get('tr_cont')]).toEqual([size, 'M']);
    const areas = {
      CTX_AREA_FK200: String(first.json['ctx_area_fk200']),
      CTX_AREA_NK200: String(first.json['ctx_area_nk200']),
    };
    const last = await fixture.overseasOrders(host, areas, { tr_cont: 'N' });
    expect([numbers(last).length, last.headers.get('tr_cont')]).toEqual([1, 'D']);
  });
});

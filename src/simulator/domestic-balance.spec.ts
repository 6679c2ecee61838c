import { type KisHost } from './message';
import {
  TestSimulator,
  type Heard,
  rowsOf,
  sum,
  summaryOf,
} from '../../test/support/simulator/test-simulator';

/** Asks page after page as the official sample does, and gives every answer. */
async function everyPage(server: TestSimulator, host: KisHost, token: string): Promise<Heard[]> {
  const pages = [await server.balance(host, token)];
  for (;;) {
    const last = pages.at(-1);
    if (!last || !['M', 'F'].includes(last.headers.get('tr_cont') ?? '')) return pages;
    pages.push(await nextPage(server, host, token, last));
  }
}

function nextPage(server: TestSimulator, host: KisHost, token: string, { json }: Heard): Promise<Heard> {
  const query = {
    CTX_AREA_FK100: String(json['ctx_area_fk100']),
    CTX_AREA_NK100: String(json['ctx_area_nk100']),
  };
  return server.balance(host, token, { headers: { tr_cont: 'N' }, query });
}

describe('the domestic balance', () => {
  let server: TestSimulator;
  beforeEach(async () => {
    server = await TestSimulator.open();
  });
  afterEach(() => server.close());

  it.each([
    ['real', [50, 50, 10]],
    ['mock', [20, 20, 20, 20, 20, 10]],
  ] as const)('comes in pages at the %s host, each stock once', async (host, sizes) => {
    server.simulator.update({ holdings: 110 });
    const pages = await everyPage(server, host, await server.token(host));
    expect(pages.map((page) => rowsOf(page).length)).toEqual(sizes);
    expect(new Set(pages.flatMap((page) => rowsOf(page)).map((row) => row['pdno'])).size).toBe(110);
    expect(pages.map((page) => page.headers.get('tr_cont'))).toEqual([...sizes.slice(1).map(() => 'M'), 'D']);
  });

  it('sends the search condition with the last page too: only tr_cont marks the end', async () => {
    const { json } = await server.balance('real', await server.token('real'));
    expect(String(json['ctx_area_fk100']).trimEnd()).toBe('50012345^01^N^N^01^01^N^');
  });

  it('marks pages with F and E when so set', async () => {
    server.simulator.update({ holdings: 21, morePageMark: 'F', lastPageMark: 'E' });
    const pages = await everyPage(server, 'mock', await server.token('mock'));
    expect(pages.map((page) => page.headers.get('tr_cont'))).toEqual(['F', 'E']);
  });

  it('understands paging areas whose spaces a client has stripped', async () => {
    server.simulator.update({ holdings: 21 });
    const token = await server.token('mock');
    const { json } = await server.balance('mock', token);
    const query = {
      CTX_AREA_FK100: String(json['ctx_area_fk100']).trim(),
      CTX_AREA_NK100: String(json['ctx_area_nk100']).trim(),
    };
    const next = await server.balance('mock', token, { headers: { tr_cont: 'N' }, query });
    expect(rowsOf(next)).toHaveLength(1);
  });

  it('fails with HTTP 500 when the areas come without tr_cont N, or do not fit the inquiry', async () => {
    server.simulator.update({ holdings: 21 });
    const token = await server.token('mock');
    const { json } = await server.balance('mock', token);
    const areas = {
      CTX_AREA_FK100: String(json['ctx_area_fk100']),
      CTX_AREA_NK100: String(json['ctx_area_nk100']),
    };
    const statusOf = async (tr_cont: string, query: Record<string, string>) =>
      (await server.balance('mock', token, { headers: { tr_cont }, query })).status;
    expect(await statusOf('', areas)).toBe(500);
    expect(await statusOf('N', { ...areas, INQR_DVSN: '02' })).toBe(500);
    expect(await statusOf('N', { ...areas, CTX_AREA_NK100: '999999' })).toBe(500);
    expect(await statusOf('N', areas)).toBe(200);
  });

  it('starts at the first page when tr_cont is N and nothing is echoed', async () => {
    const answer = await server.balance('mock', await server.token('mock'), { headers: { tr_cont: 'N' } });
    expect(rowsOf(answer)).toHaveLength(3);
  });

  it('has figures that agree with each other', async () => {
    server.simulator.update({ holdings: 20, soldOut: 2, pageSize: 50 });
    const answer = await server.balance('mock', await server.token('mock'));
    const rows = rowsOf(answer);
    for (const row of rows) {
      const [quantity, gain] = [Number(row['hldg_qty']), Number(row['evlu_pfls_amt'])];
      expect(Number(row['pchs_amt'])).toBe(quantity * Number(row['pchs_avg_pric']));
      expect(Number(row['evlu_amt'])).toBe(quantity * Number(row['prpr']));
      expect(gain).toBe(Number(row['evlu_amt']) - Number(row['pchs_amt']));
      const before = Number(row['prpr']) - Number(row['bfdy_cprs_icdc']);
      expect(Number(row['fltt_rt'])).toBeCloseTo((Number(row['bfdy_cprs_icdc']) / before) * 100, 7);
      if (quantity > 0)
        expect(Number(row['evlu_pfls_rt'])).toBeCloseTo((gain / Number(row['pchs_amt'])) * 100, 1);
    }
    const summary = summaryOf(answer);
    const won = (column: string) => Number(summary[column]);
    expect(won('pchs_amt_smtl_amt')).toBe(sum(rows, 'pchs_amt'));
    expect(won('scts_evlu_amt')).toBe(sum(rows, 'evlu_amt'));
    expect(won('evlu_pfls_smtl_amt')).toBe(sum(rows, 'evlu_pfls_amt'));
    expect(won('tot_evlu_amt')).toBe(won('scts_evlu_amt') + won('prvs_rcdl_excc_amt'));
    expect(won('nass_amt')).toBe(won('tot_evlu_amt'));
    expect(won('asst_icdc_amt')).toBe(won('tot_evlu_amt') - won('bfdy_tot_asst_evlu_amt'));
    expect(won('prvs_rcdl_excc_amt')).toBe(won('dnca_tot_amt') + won('thdt_sll_amt') - won('thdt_tlex_amt'));
  });

  it('prints numbers with the decimals of KIS', async () => {
    const [row] = rowsOf(await server.balance('mock', await server.token('mock')));
    expect(row).toMatchObject({
      pdno: '005930',
      prdt_name: '삼성전자',
      hldg_qty: '10',
      pchs_avg_pric: expect.stringMatching(/^\d+\.\d{4}$/),
      prpr: expect.stringMatching(/^\d+$/),
      evlu_pfls_rt: expect.stringMatching(/^-?\d+\.\d{2}$/),
      evlu_erng_rt: '0.00000000',
      fltt_rt: expect.stringMatching(/^-?\d+\.\d{8}$/),
    });
  });

  it('keeps rows of stocks sold today, with a quantity of 0', async () => {
    server.simulator.update({ soldOut: 2 });
    const rows = rowsOf(await server.balance('mock', await server.token('mock')));
    expect(rows.map((row) => row['hldg_qty'] === '0')).toEqual([false, false, false, true, true]);
    expect(rows.at(-1)).toMatchObject({ pchs_avg_pric: '0.0000', evlu_amt: '0', evlu_pfls_rt: '0.00' });
  });

  it.each([
    ['real', 'KIOK0560', '조회할 내용이 없습니다'],
    ['mock', '70070000', '모의투자 조회할 내역(자료)이 없습니다.'],
  ] as const)('is good and empty for an empty account at the %s host', async (host, code, message) => {
    server.simulator.update({ emptyAccount: true });
    const answer = await server.balance(host, await server.token(host));
    expect(answer).toMatchObject({ status: 200, json: { rt_cd: '0', msg_cd: code, output1: [] } });
    expect(String(answer.json['msg1']).trimEnd()).toBe(message);
    expect(summaryOf(answer)).toMatchObject({ dnca_tot_amt: '0', tot_evlu_amt: '0' });
  });

  it('has its sums in an array of one, or in an object when so set', async () => {
    const token = await server.token('mock');
    expect((await server.balance('mock', token)).json['output2']).toHaveLength(1);
    server.simulator.update({ output2AsObject: true });
    expect((await server.balance('mock', token)).json['output2']).toMatchObject({ dnca_tot_amt: '50000000' });
  });

  it('moves with time, and stands still with it', async () => {
    const token = await server.token('mock');
    const first = await server.balance('mock', token);
    expect((await server.balance('mock', token)).json).toEqual(first.json);
    server.pass(600);
    expect(summaryOf(await server.balance('mock', token))).not.toEqual(summaryOf(first));
  });

  it('refuses an unknown INQR_DVSN, and 02 only when so set', async () => {
    const token = await server.token('mock');
    const codeOf = async (INQR_DVSN: string) =>
      (await server.balance('mock', token, { query: { INQR_DVSN } })).json['msg_cd'];
    expect([await codeOf('02'), await codeOf('03')]).toEqual(['20310000', 'OPSQ2001']);
    server.simulator.update({ refuseInquiryByStock: true });
    expect([await codeOf('01'), await codeOf('02')]).toEqual(['20310000', 'OPSQ2001']);
  });
});

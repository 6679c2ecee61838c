import { type KisHost } from './message';
import { TestSimulator, objectOf, rowsOf, sum } from '../../test/support/simulator/test-simulator';

let server: TestSimulator;
let tokens: Record<KisHost, string>;
beforeEach(async () => {
  server = await TestSimulator.open();
  tokens = await server.tokens();
});
afterEach(() => server.close());

describe('the assets of an account', () => {
  const assets = (host: KisHost, trId: string) =>
    server.inquire(host, '/uapi/domestic-stock/v1/trading/inquire-account-balance', trId, tokens[host], {
      query: { INQR_DVSN_1: '', BSPR_BF_DT_APLY_YN: '' },
    });

  it('come as twenty rows without names, the last one their sum', async () => {
    const answer = await assets('real', 'CTRP6548R');
    const rows = rowsOf(answer);
    expect(rows).toHaveLength(20);
    const [classes, last] = [rows.slice(0, 19), rows[19]];
    for (const column of ['pchs_amt', 'evlu_amt', 'evlu_pfls_amt', 'real_nass_amt']) {
      expect(Number(last?.[column])).toBe(sum(classes, column));
    }
    expect(last?.['whol_weit_rt']).toBe('100.00000000');
    expect(objectOf(answer, 'output2')['tot_asst_amt']).toBe(last?.['evlu_amt']);
    expect(answer.json).toMatchObject({ msg_cd: 'KIOK0530', msg1: '조회되었습니다'.padEnd(73) });
  });

  it('agree with the domestic balance', async () => {
    const [stocks] = rowsOf(await assets('real', 'CTRP6548R'));
    const balance = rowsOf(await server.balance('real', tokens.real));
    expect(Number(stocks?.['evlu_amt'])).toBe(sum(balance, 'evlu_amt'));
  });

  it('are not there at the mock host', async () => {
    expect((await assets('mock', 'CTRP6548R')).json['msg_cd']).toBe('EGW02006');
    expect((await assets('mock', 'VTRP6548R')).json['msg_cd']).toBe('OPSQ0002');
  });
});

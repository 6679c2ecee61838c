import { openHttp, type HttpFixture } from '../../../test/support/kis/http-fixture';
import { json, LocalKis } from '../../../test/support/kis/local-kis';

/** 주식기본조회 and 상품기본조회, with the names of the portal. */
const NAMES = { prdt_name: '삼성전자보통주', prdt_eng_name: 'SamsungElectronics', std_pdno: 'KR7005930003' };
const STOCK = {
  pdno: '00000A005930',
  prdt_type_cd: '300',
  ...NAMES,
  mket_id_cd: 'STK',
  scty_grp_id_cd: 'ST',
  lstg_stqt: '5969782550',
  papr: '100',
  bfdy_clpr: '70000',
  tr_stop_yn: 'N',
  admn_item_yn: 'N',
  cptt_trad_tr_psbl_yn: 'Y',
  nxt_tr_stop_yn: 'N',
};

describe('master data', () => {
  let kis: LocalKis;
  let fixture: HttpFixture;

  beforeEach(async () => {
    kis = await LocalKis.start();
    fixture = await openHttp(kis.origin, { mode: 'REAL' });
  });

  afterEach(async () => {
    await fixture.close();
    await kis.stop();
  });

  const answer = (parts: object): void => {
    kis.reply = json(200, { rt_cd: '0', msg_cd: 'KIOK0530', msg1: '조회되었습니다', ...parts });
  };
  const info = (symbol: string) => fixture.quotations.stockInfo(fixture.configuration.account(), symbol);

  it('of a domestic stock say whether Nextrade trades it', async () => {
    answer({ output: STOCK });

    await expect(info('A005930')).resolves.toEqual({
      asOf: new Date(fixture.clock.now()),
      symbol: '005930',
      name: '삼성전자보통주',
      englishName: 'SamsungElectronics',
      standardCode: 'KR7005930003',
      market: 'STK',
      group: 'ST',
      listedShares: '5969782550',
      faceValue: '100',
      previousClose: '70000',
      halted: false,
      administrative: false,
      nxt: true,
      nxtHalted: false,
    });
    expect(kis.requests[0]).toMatchObject({
      url: '/uapi/domestic-stock/v1/quotations/search-stock-info?PRDT_TYPE_CD=300&PDNO=005930',
      headers: { tr_id: 'CTPF1002R' },
    });
  });

  it('do not guess a mark that is missing', async () => {
    answer({ output: { ...STOCK, cptt_trad_tr_psbl_yn: '', tr_stop_yn: '?' } });

    await expect(info('005930')).resolves.toMatchObject({ nxt: null, halted: null, nxtHalted: false });
  });

  it('of a foreign stock are names', async () => {
    answer({ output: { ...NAMES, prdt_name: '애플' } });

    await expect(info('NAS:AAPL')).resolves.toMatchObject({
      symbol: 'NAS:AAPL',
      name: '애플',
      market: 'NAS',
      nxt: null,
    });
    expect(kis.requests[0]).toMatchObject({
      url: '/uapi/domestic-stock/v1/quotations/search-info?PDNO=AAPL&PRDT_TYPE_CD=512',
      headers: { tr_id: 'CTPF1604R' },
    });
  });

  it.each(['999999', 'NAS:NOSUCH'])('do not exist for %s', async (symbol) => {
    answer({ rt_cd: '7', msg_cd: 'APBK0656', msg1: '해당종목정보가 없습니다' });
    await expect(info(symbol)).rejects.toHaveProperty('code', 'SYMBOL_NOT_FOUND');
  });

  it('are refused without their record, and other refusals stay what they are', async () => {
    answer({});
    await expect(info('005930')).rejects.toHaveProperty('code', 'KIS_BAD_RESPONSE');
    answer({ rt_cd: '1', msg_cd: 'APBK0066', msg1: '' });
    await expect(info('005930')).rejects.toHaveProperty('code', 'KIS_REJECTED');
  });
});

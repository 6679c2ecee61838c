import type { KisApiClient, KisReadOptions } from '../http/kis-api.client';
import { readAnswer } from '../http/read-answer';
import { unknownSymbol } from '../http/symbols';
import type { KisAccount } from '../kis-account';
import { KisApiError, type KisError } from '../kis.errors';
import { QUOTED_EXCHANGES } from '../protocol/markets';
import { KIS_QUOTATION_CALLS } from '../protocol/quotation-calls';
import { answerOf, structureOf } from '../protocol/wire';
import { description, figureOrNull, recordOf } from '../protocol/wire-fields';
import type { KisDomesticInstrument, KisInstrument, KisOverseasInstrument } from './instrument';
import { unknownAbroad } from './overseas-quote';

/**
 * Master data of a security; strings as KIS sent them; `null` where KIS leaves a field out, and for foreign securities
 * from `group` on.
 */
export interface KisStockInfo {
  /** When the answer arrived. */
  readonly asOf: Date;
  readonly symbol: string;
  readonly name: string | null;
  readonly englishName: string | null;
  /** 표준상품번호: of a domestic stock its ISIN. */
  readonly standardCode: string | null;
  /** STK KOSPI, KSQ KOSDAQ, KNX KONEX; abroad the exchange. */
  readonly market: string | null;
  /** 증권그룹ID코드: ST share, EF ETF, EN ETN and others. */
  readonly group: string | null;
  /** 상장주수 */
  readonly listedShares: string | null;
  /** 액면가 */
  readonly faceValue: string | null;
  /** 전일종가 */
  readonly previousClose: string | null;
  /** 거래정지 */
  readonly halted: boolean | null;
  /** 관리종목 */
  readonly administrative: boolean | null;
  /** Whether Nextrade trades it, halted or not. */
  readonly nxt: boolean | null;
  /** Whether trading at Nextrade is halted. */
  readonly nxtHalted: boolean | null;
}

const NAMES = {
  name: description('prdt_name'),
  englishName: description('prdt_eng_name'),
  standardCode: description('std_pdno'),
};

/** KIS portal, 주식기본조회. */
const STOCK = answerOf({
  output: structureOf(
    recordOf({
      ...NAMES,
      market: description('mket_id_cd'),
      group: description('scty_grp_id_cd'),
      listedShares: figureOrNull('lstg_stqt'),
      faceValue: figureOrNull('papr'),
      previousClose: figureOrNull('bfdy_clpr'),
      halted: description('tr_stop_yn'),
      administrative: description('admn_item_yn'),
      nxt: description('cptt_trad_tr_psbl_yn'),
      nxtHalted: description('nxt_tr_stop_yn'),
    }),
  ),
});

/** KIS portal, 상품기본조회. */
const PRODUCT = answerOf({ output: structureOf(recordOf(NAMES)) });

const NOT_TOLD_ABROAD = {
  group: null,
  listedShares: null,
  faceValue: null,
  previousClose: null,
  halted: null,
  administrative: null,
  nxt: null,
  nxtHalted: null,
};

/** PRDT_TYPE_CD of shares, ETF, ETN and ELW (KIS portal, 주식기본조회). */
const STOCKS = '300';
/** 해당종목정보가 없습니다 */
const NO_SUCH_STOCK = 'APBK0656';

export function readStockInfo(
  api: KisApiClient,
  account: KisAccount,
  instrument: KisInstrument,
  options: KisReadOptions,
): Promise<KisStockInfo> {
  return instrument.kind === 'domestic'
    ? readDomestic(api, account, instrument, options)
    : readOverseas(api, account, instrument, options);
}

async function readDomestic(
  api: KisApiClient,
  account: KisAccount,
  { symbol }: KisDomesticInstrument,
  options: KisReadOptions,
): Promise<KisStockInfo> {
  const call = KIS_QUOTATION_CALLS.stockInfo;
  const params = { PRDT_TYPE_CD: STOCKS, PDNO: symbol };
  const reading = api.read(account, call, params, options);
  const { body, receivedAt } = await reading.catch(unless(() => unknownSymbol(symbol)));
  const { output } = readAnswer(STOCK, body, call);
  return {
    asOf: receivedAt,
    symbol,
    ...output,
    halted: yesOrNo(output.halted),
    administrative: yesOrNo(output.administrative),
    nxt: yesOrNo(output.nxt),
    nxtHalted: yesOrNo(output.nxtHalted),
  };
}

async function readOverseas(
  api: KisApiClient,
  account: KisAccount,
  instrument: KisOverseasInstrument,
  options: KisReadOptions,
): Promise<KisStockInfo> {
  const call = KIS_QUOTATION_CALLS.productInfo;
  const { symbol, exchange: market, code } = instrument;
  const params = { PDNO: code, PRDT_TYPE_CD: QUOTED_EXCHANGES[market].productType };
  const reading = api.read(account, call, params, options);
  const { body, receivedAt } = await reading.catch(unless(() => unknownAbroad(instrument)));
  return { asOf: receivedAt, symbol, market, ...readAnswer(PRODUCT, body, call).output, ...NOT_TOLD_ABROAD };
}

/** KIS reports an unknown symbol as a refusal, which is turned into a "not found" error. */
function unless(unknown: () => KisError): (error: unknown) => never {
  return (error) => {
    throw error instanceof KisApiError && error.kis?.msgCd === NO_SUCH_STOCK ? unknown() : error;
  };
}

function yesOrNo(mark: string | null): boolean | null {
  if (mark === 'Y') return true;
  return mark === 'N' ? false : null;
}

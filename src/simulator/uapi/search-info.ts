import { sharesListed } from '../market/company-figures';
import { dateOf } from '../market/days';
import { type DomesticStock, domesticStock } from '../market/domestic-stocks';
import { OVERSEAS_STOCKS, type OverseasStock } from '../market/overseas-stocks';
import { isAtNextrade } from '../market/korean-sessions';
import { type Market } from '../market/market';
import { type Answer, tradingAnswer, tradingRefusal } from './answer';
import { type Inquiry, type Service } from './service';

/** 상품기본조회 [v1_국내주식-029]: names and codes of a product, domestic or not. Not at the mock host. */
export const SEARCH_INFO: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/quotations/search-info',
  trIds: { real: ['CTPF1604R'], mock: [] },
  forAccount: false,
  required: ['PDNO', 'PRDT_TYPE_CD'],
  answer: searchInfo,
};

/** 주식기본조회 [v1_국내주식-067]: master data of a domestic stock. Not at the mock host. */
export const STOCK_INFO: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/quotations/search-stock-info',
  trIds: { real: ['CTPF1002R'], mock: [] },
  forAccount: false,
  required: ['PDNO', 'PRDT_TYPE_CD'],
  answer: stockInfo,
};

/** PRDT_TYPE_CD of shares, funds and notes in Korea. */
const DOMESTIC = '300';
const FACE_VALUE = 5_000;

function searchInfo({ call, fields }: Inquiry): Answer {
  const [symbol, type] = [fields.get('PDNO'), fields.get('PRDT_TYPE_CD')];
  const domestic = type === DOMESTIC ? domesticStock(symbol) : undefined;
  const overseas = OVERSEAS_STOCKS.find(
    (stock) => stock.symbol === symbol && stock.exchange.productType === type,
  );
  const output = domestic ? domesticProduct(domestic) : overseas && overseasProduct(overseas);
  return output ? tradingAnswer(call.host, { output }) : notFound();
}

/** python-kis goes on to the next product type at an `rt_cd` of 7; the code is inferred. */
function notFound(): Answer {
  return tradingRefusal('APBK0656');
}

function domesticProduct(stock: DomesticStock): Record<string, string> {
  return {
    pdno: stock.symbol.padStart(12, '0'),
    prdt_type_cd: DOMESTIC,
    ...namesOf(stock.name, stock.englishName, stock.standardCode),
    shtn_pdno: stock.symbol,
    ...classOf('101', stock.kind === 'stock' ? '주권' : stock.kind.toUpperCase()),
    sale_strt_dt: '',
    frst_erlm_dt: dateOf(stock.listedOn),
  };
}

function overseasProduct(stock: OverseasStock): Record<string, string> {
  return {
    pdno: stock.symbol,
    prdt_type_cd: stock.exchange.productType,
    ...namesOf(stock.name, stock.englishName, stock.symbol),
    shtn_pdno: stock.symbol,
    ...classOf('201', stock.isFund ? 'ETF' : '해외주식'),
    sale_strt_dt: '',
    frst_erlm_dt: dateOf(stock.listedOn),
  };
}

function namesOf(name: string, english: string, standardCode: string): Record<string, string> {
  return {
    prdt_name: name,
    prdt_name120: name,
    prdt_abrv_name: name,
    prdt_eng_name: english,
    prdt_eng_name120: english,
    prdt_eng_abrv_name: english,
    std_pdno: standardCode,
  };
}

function classOf(code: string, name: string): Record<string, string> {
  return {
    prdt_sale_stat_cd: '',
    prdt_risk_grad_cd: '',
    prdt_clsf_cd: code,
    prdt_clsf_name: name,
    sale_end_dt: '',
    wrap_asst_type_cd: '',
    ivst_prdt_type_cd: code,
    ivst_prdt_type_cd_name: name,
  };
}

function stockInfo({ call, fields, brokerage }: Inquiry): Answer {
  const stock = domesticStock(fields.get('PDNO'));
  if (!stock || fields.get('PRDT_TYPE_CD') !== DOMESTIC) return notFound();
  return tradingAnswer(call.host, { output: masterData(brokerage.market, stock, call.at) });
}

function masterData(market: Market, stock: DomesticStock, now: number): Record<string, string> {
  const shares = sharesListed(stock);
  const capital = String(shares * FACE_VALUE);
  return {
    pdno: stock.symbol.padStart(12, '0'),
    prdt_type_cd: DOMESTIC,
    mket_id_cd: { KOSPI: 'STK', KOSDAQ: 'KSQ', KONEX: 'KNX' }[stock.market],
    scty_grp_id_cd: { stock: 'ST', etf: 'EF', etn: 'EN' }[stock.kind],
    excg_dvsn_cd: stock.market === 'KOSDAQ' ? '03' : '02',
    setl_mmdd: '1231',
    lstg_stqt: String(shares),
    lstg_cptl_amt: capital,
    cpta: capital,
    papr: String(FACE_VALUE),
    issu_pric: String(FACE_VALUE),
    kospi200_item_yn: stock.market === 'KOSPI' && stock.kind === 'stock' ? 'Y' : 'N',
    scts_mket_lstg_dt: stock.market === 'KOSPI' ? dateOf(stock.listedOn) : '',
    kosdaq_mket_lstg_dt: stock.market === 'KOSDAQ' ? dateOf(stock.listedOn) : '',
    ...namesOf(stock.name, stock.englishName, stock.standardCode),
    ...EMPTY_MASTER_DATA,
    sbst_pric: String(Math.floor(market.previousClose(stock, now) * 0.8)),
    tr_stop_yn: market.isHalted(stock) ? 'Y' : 'N',
    admn_item_yn: 'N',
    thdt_clpr: String(market.price(stock, now)),
    bfdy_clpr: String(market.previousClose(stock, now)),
    cptt_trad_tr_psbl_yn: isAtNextrade(stock, now) ? 'Y' : 'N',
    nxt_tr_stop_yn: isAtNextrade(stock, now) && market.isHalted(stock) ? 'Y' : 'N',
  };
}

/** Members for which the simulator has no data. */
const EMPTY_MASTER_DATA: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'scts_mket_lstg_abol_dt kosdaq_mket_lstg_abol_dt frbd_mket_lstg_dt frbd_mket_lstg_abol_dt reits_kind_cd',
    'etf_dvsn_cd oilf_fund_yn idx_bztp_lcls_cd idx_bztp_mcls_cd idx_bztp_scls_cd stck_kind_cd mfnd_opng_dt',
    'mfnd_end_dt dpsi_erlm_cncl_dt etf_cu_qty dpsi_aptm_erlm_yn etf_txtn_type_cd etf_type_cd lstg_abol_dt',
    'nwst_odst_dvsn_cd thco_sbst_pric thco_sbst_pric_chng_dt clpr_chng_dt std_idst_clsf_cd',
    'std_idst_clsf_cd_name idx_bztp_lcls_cd_name idx_bztp_mcls_cd_name idx_bztp_scls_cd_name ocr_no crfd_item_yn',
    'elec_scty_yn issu_istt_cd etf_chas_erng_rt_dbnb etf_etn_ivst_heed_item_yn stln_int_rt_dvsn_cd',
    'frnr_psnl_lmt_rt lstg_rqsr_issu_istt_cd lstg_rqsr_item_cd trst_istt_issu_istt_cd',
  ].flatMap((line) => line.split(' ').map((name) => [name, ''])),
);

import { percent, quotient, total } from '../decimal';
import { type Cash, cashOf, worthYesterday } from '../ledger/domestic-cash';
import { type DomesticPosition, domesticPositions, valueYesterday } from '../ledger/domestic-ledger';
import { accountOf } from '../order/accounts';
import { type Answer, serviceRefusal, tradingAnswer } from './answer';
import { pageOf } from './paging';
import { type Inquiry, type Service } from './service';

/** 주식잔고조회 [v1_국내주식-006]: stocks held and the sums of the account. */
export const DOMESTIC_BALANCE: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-balance',
  trIds: { real: ['TTTC8434R'], mock: ['VTTC8434R'] },
  forAccount: true,
  // OFL_YN may be left out. The portal calls the paging areas optional, but without them the call fails.
  required: [
    'AFHR_FLPR_YN',
    'INQR_DVSN',
    'UNPR_DVSN',
    'FUND_STTL_ICLD_YN',
    'FNCG_AMT_AUTO_RDPT_YN',
    'PRCS_DVSN',
    'CTX_AREA_FK100',
    'CTX_AREA_NK100',
  ],
  answer: domesticBalance,
};

/** Rows a page (KIS portal, 주식잔고조회). */
const PAGE_SIZES = { real: 50, mock: 20 };

/** The content of the paging area, joined with "^", as in the portal's example "81055689^01^N^N^01^01^N^". */
const CONDITION = [
  'CANO',
  'ACNT_PRDT_CD',
  'AFHR_FLPR_YN',
  'FUND_STTL_ICLD_YN',
  'INQR_DVSN',
  'UNPR_DVSN',
  'FNCG_AMT_AUTO_RDPT_YN',
];

function domesticBalance(inquiry: Inquiry): Answer {
  const { call, fields, brokerage } = inquiry;
  const { settings } = brokerage;
  const account = accountOf(fields);
  const division = fields.get('INQR_DVSN');
  if (!isDivision(division, settings.refuseInquiryByStock)) {
    return serviceRefusal('2', 'OPSQ2001', 'ERROR : INPUT INVALID_CHECK_INQR_DVSN');
  }
  const positions = domesticPositions(brokerage, account, call.at);
  const page = pageOf(
    positions,
    {
      width: 100,
      pageSize: PAGE_SIZES[call.host],
      condition: CONDITION.map((name) => `${fields.get(name)}^`).join(''),
      keyOf: ({ stock }) => stock.symbol,
    },
    inquiry,
  );
  if ('msgCd' in page) return page;
  const summary = summaryOf(positions, cashOf(brokerage, account, positions, call.at));
  return tradingAnswer(
    call.host,
    {
      ...page.areas,
      output1: page.rows.map(holdingOf),
      output2: settings.output2AsObject ? summary : [summary],
    },
    { found: positions.length > 0, trCont: page.trCont },
  );
}

/**
 * 01 by loan date, 02 by stock. Since a notice of 2026-02-10 KIS refuses 02 (Soju06/python-kis pull request
 * #82), which older clients still send.
 */
function isDivision(division: string, refuseByStock: boolean): boolean {
  return division === '01' || (division === '02' && !refuseByStock);
}

function holdingOf(position: DomesticPosition): Record<string, string> {
  const { stock, quantity, purchaseAmount, price, previousClose, valuation, soldToday } = position;
  const gain = valuation - purchaseAmount;
  const change = price - previousClose;
  return {
    pdno: stock.symbol,
    prdt_name: stock.name,
    trad_dvsn_name: '현금',
    bfdy_buy_qty: '0',
    bfdy_sll_qty: '0',
    thdt_buyqty: String(position.boughtToday),
    thdt_sll_qty: String(soldToday),
    hldg_qty: String(quantity),
    ord_psbl_qty: String(position.orderable),
    pchs_avg_pric: quotient(position.averageTenThousandths, 10_000n, 4),
    pchs_amt: String(purchaseAmount),
    prpr: String(price),
    evlu_amt: String(valuation),
    evlu_pfls_amt: String(gain),
    evlu_pfls_rt: percent(gain, purchaseAmount, 2),
    evlu_erng_rt: '0.00000000',
    loan_dt: '',
    loan_amt: '0',
    stln_slng_chgs: '0',
    expd_dt: '',
    fltt_rt: percent(change, previousClose, 8),
    bfdy_cprs_icdc: String(change),
    item_mgna_rt_name: '',
    grta_rt_name: '',
    sbst_pric: String((previousClose * 8n) / 10n),
    stck_loan_unpr: '0.0000',
  };
}

/** KIS portal: `tot_evlu_amt` is the value of the stocks plus the deposit of D+2, `asst_icdc_erng_rt` is not given. */
function summaryOf(positions: readonly DomesticPosition[], cash: Cash): Record<string, string> {
  const purchased = total(positions, (row) => row.purchaseAmount);
  const valued = total(positions, (row) => row.valuation);
  const worth = valued + cash.dayAfterTomorrow;
  const worthBefore = worthYesterday(cash, valueYesterday(positions));
  return {
    dnca_tot_amt: String(cash.today),
    nxdy_excc_amt: String(cash.tomorrow),
    prvs_rcdl_excc_amt: String(cash.dayAfterTomorrow),
    cma_evlu_amt: '0',
    bfdy_buy_amt: '0',
    thdt_buy_amt: String(cash.boughtToday),
    nxdy_auto_rdpt_amt: '0',
    bfdy_sll_amt: '0',
    thdt_sll_amt: String(cash.soldToday),
    d2_auto_rdpt_amt: '0',
    bfdy_tlex_amt: '0',
    thdt_tlex_amt: String(cash.costsToday),
    tot_loan_amt: '0',
    scts_evlu_amt: String(valued),
    tot_evlu_amt: String(worth),
    nass_amt: String(worth),
    fncg_gld_auto_rdpt_yn: '',
    pchs_amt_smtl_amt: String(purchased),
    evlu_amt_smtl_amt: String(valued),
    evlu_pfls_smtl_amt: String(valued - purchased),
    tot_stln_slng_chgs: '0',
    bfdy_tot_asst_evlu_amt: String(worthBefore),
    asst_icdc_amt: String(worth - worthBefore),
    asst_icdc_erng_rt: '0.00000000',
  };
}

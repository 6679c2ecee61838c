/** 주식잔고조회, as in the portal's example. */
export const ROW = {
  pdno: '009150',
  prdt_name: '삼성전기',
  trad_dvsn_name: '현금',
  bfdy_buy_qty: '12',
  hldg_qty: '1657',
  ord_psbl_qty: '1611',
  pchs_avg_pric: '135440.2517',
  pchs_amt: '224424497',
  prpr: '0',
  evlu_amt: '0',
  evlu_pfls_amt: '0',
  evlu_pfls_rt: '0.00',
  loan_dt: '',
  fltt_rt: '-100.00000000',
};
export const SUMMARY = {
  dnca_tot_amt: '346455',
  nxdy_excc_amt: '346456',
  prvs_rcdl_excc_amt: '346457',
  scts_evlu_amt: '1759600',
  tot_evlu_amt: '2106055',
  nass_amt: '2106056',
  pchs_amt_smtl_amt: '2516522',
  evlu_pfls_smtl_amt: '-756922',
  bfdy_tot_asst_evlu_amt: '2142945',
  asst_icdc_amt: '-36890',
  asst_icdc_erng_rt: '0.00000000',
};

/** Another holding. */
export function row(symbol: string, more: object = {}): object {
  return { ...ROW, pdno: symbol, ...more };
}

import type { GoodAnswer, KisRequest } from './damaged-kis';

const ENVELOPE = { rt_cd: '0', msg_cd: 'KIOK0510', msg1: '조회가 완료되었습니다' };

function holding(symbol: string, quantity: string): object {
  return {
    ...{
      pdno: symbol,
      prdt_name: `종목 ${symbol}`,
      trad_dvsn_name: '현금',
      hldg_qty: quantity,
      ord_psbl_qty: quantity,
    },
    ...{
      pchs_avg_pric: '70000.0000',
      pchs_amt: '700000',
      prpr: '71000',
      evlu_amt: '710000',
      evlu_pfls_amt: '10000',
    },
    ...{ evlu_pfls_rt: '1.43', loan_dt: '', fltt_rt: '0.42553191' },
  };
}

const DOMESTIC_SUMMARY = {
  ...{
    dnca_tot_amt: '1000000',
    nxdy_excc_amt: '1000000',
    prvs_rcdl_excc_amt: '1000000',
    scts_evlu_amt: '710000',
  },
  ...{
    tot_evlu_amt: '1710000',
    nass_amt: '1710000',
    pchs_amt_smtl_amt: '700000',
    evlu_pfls_smtl_amt: '10000',
  },
  ...{ bfdy_tot_asst_evlu_amt: '1700000', asst_icdc_amt: '10000' },
};

function domesticPage(isFollowing: boolean): GoodAnswer {
  const rows = isFollowing
    ? [holding('000003', '3'), holding('000004', '0')]
    : [holding('000001', '1'), holding('000002', '2')];
  const areas = { ctx_area_fk100: 'fk'.padEnd(100), ctx_area_nk100: 'nk'.padEnd(100) };
  return {
    body: { ...areas, output1: rows, output2: [DOMESTIC_SUMMARY], ...ENVELOPE },
    headers: { tr_cont: isFollowing ? 'D' : 'M' },
  };
}

function asset(index: number): object {
  return {
    ...{ pchs_amt: String(index), evlu_amt: '406000', evlu_pfls_amt: '276895', crdt_lnd_amt: '0' },
    ...{ real_nass_amt: '406000', whol_weit_rt: '0.00000000' },
  };
}

const ASSETS = {
  output1: Array.from({ length: 20 }, (_, index) => asset(index)),
  output2: { tot_asst_amt: '185550504', tot_dncl_amt: '249855300' },
  ...ENVELOPE,
};

const BUYING_POWER = {
  output: {
    ...{
      ord_psbl_cash: '9950000',
      psbl_qty_calc_unpr: '68100',
      nrcvb_buy_amt: '9998580',
      nrcvb_buy_qty: '146',
    },
    ...{ max_buy_amt: '50000000', max_buy_qty: '734' },
  },
  ...ENVELOPE,
};

const QUOTE = {
  output: {
    ...{ stck_prpr: '128500', prdy_vrss: '0', prdy_vrss_sign: '3', prdy_ctrt: '0.00', stck_oprc: '128500' },
    ...{
      stck_hgpr: '130000',
      stck_lwpr: '128500',
      stck_mxpr: '167000',
      stck_llam: '90000',
      stck_sdpr: '128500',
    },
    ...{ acml_vol: '2669075', acml_tr_pbmn: '344570137500', per: '19.67', pbr: '1.72', eps: '6532.00' },
    ...{ bps: '74721.00', hts_avls: '935483' },
  },
  ...ENVELOPE,
};

function overseas(symbol: string, quantity: string): object {
  return {
    ...{ ovrs_pdno: symbol, ovrs_item_name: symbol, frcr_evlu_pfls_amt: '-3.185235', evlu_pfls_rt: '-81.75' },
    ...{
      pchs_avg_pric: '58.2148',
      ovrs_cblc_qty: quantity,
      ord_psbl_qty: quantity,
      frcr_pchs_amt1: '43.78523',
    },
    ...{ ovrs_stck_evlu_amt: '79.60000000', now_pric2: '10.400000', tr_crcy_cd: 'USD', ovrs_excg_cd: 'NASD' },
    ...{ loan_type_cd: '10', loan_dt: '' },
  };
}

const OVERSEAS = {
  ...{ ctx_area_fk200: 'fk'.padEnd(200), ctx_area_nk200: 'nk'.padEnd(200) },
  output1: [overseas('TSLA', '7'), overseas('AAPL', '4'), overseas('', '0')],
  output2: {
    ...{ frcr_pchs_amt1: '43.78523', ovrs_rlzt_pfls_amt: '-48.71476', ovrs_tot_pfls: '-35.18524' },
    ...{ rlzt_erng_rt: '-82.93101266', tot_evlu_pfls_amt: '79.60000000', tot_pftrt: '-81.74964327' },
  },
  ...ENVELOPE,
};

/** 24 hours of life, as tokenP says it. */
export const TOKEN_ANSWER = {
  access_token: `eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9.${'p'.repeat(200)}.${'s'.repeat(80)}`,
  access_token_token_expired: '2099-12-31 23:59:59',
  token_type: 'Bearer',
  expires_in: 86400,
};

/** What KIS would answer. */
export function goodAnswer({ path, headers }: KisRequest): GoodAnswer {
  switch (path) {
    case '/oauth2/tokenP':
      return { body: TOKEN_ANSWER };
    case '/uapi/domestic-stock/v1/trading/inquire-balance':
      return domesticPage(headers.get('tr_cont') === 'N');
    case '/uapi/domestic-stock/v1/trading/inquire-account-balance':
      return { body: ASSETS };
    case '/uapi/domestic-stock/v1/trading/inquire-psbl-order':
      return { body: BUYING_POWER };
    case '/uapi/overseas-stock/v1/trading/inquire-balance':
      return { body: OVERSEAS, headers: { tr_cont: 'D' } };
    default:
      return { body: QUOTE };
  }
}

// The balance call as it goes to KIS, and the mapping of its answer with nothing around it. This is the floor: what
// every way of answering GET /api/accounts/:alias/balance has to do at least.

export const BALANCE_PATH = '/uapi/domestic-stock/v1/trading/inquire-balance';
export const BALANCE_TR_ID = 'VTTC8434R';

export function balanceQuery(accountNumber) {
  return {
    CANO: accountNumber,
    ACNT_PRDT_CD: '01',
    AFHR_FLPR_YN: 'N',
    OFL_YN: '',
    INQR_DVSN: '01',
    UNPR_DVSN: '01',
    FUND_STTL_ICLD_YN: 'N',
    FNCG_AMT_AUTO_RDPT_YN: 'N',
    PRCS_DVSN: '00',
    CTX_AREA_FK100: '',
    CTX_AREA_NK100: '',
  };
}

export function balanceHeaders({ appKey, appSecret }, accessToken) {
  return {
    'content-type': 'application/json; charset=utf-8',
    authorization: `Bearer ${accessToken}`,
    appkey: appKey,
    appsecret: appSecret,
    tr_id: BALANCE_TR_ID,
    custtype: 'P',
  };
}

/** KIS's names to ours, unchecked. */
export function mapBalance(alias, { output1, output2 }) {
  const sum = Array.isArray(output2) ? output2[0] : output2;
  return {
    account: { alias, mode: 'MOCK', accountNumber: '5011****-01', simulated: false },
    asOf: new Date(),
    summary: {
      deposit: sum.dnca_tot_amt,
      depositD1: sum.nxdy_excc_amt,
      depositD2: sum.prvs_rcdl_excc_amt,
      purchaseAmount: sum.pchs_amt_smtl_amt,
      stockValuation: sum.scts_evlu_amt,
      profitLoss: sum.evlu_pfls_smtl_amt,
      totalValuation: sum.tot_evlu_amt,
      netAssets: sum.nass_amt,
      previousTotalValuation: sum.bfdy_tot_asst_evlu_amt,
      assetChange: sum.asst_icdc_amt,
    },
    holdings: output1
      .filter(({ hldg_qty }) => hldg_qty !== '0')
      .map((row) => ({
        symbol: row.pdno,
        name: row.prdt_name,
        tradeType: row.trad_dvsn_name,
        quantity: row.hldg_qty,
        orderableQuantity: row.ord_psbl_qty,
        averagePrice: row.pchs_avg_pric,
        currentPrice: row.prpr,
        purchaseAmount: row.pchs_amt,
        valuation: row.evlu_amt,
        profitLoss: row.evlu_pfls_amt,
        profitLossRate: row.evlu_pfls_rt,
        changeRate: row.fltt_rt,
      })),
  };
}

import { percent, quotient, total } from '../decimal';
import { cashOf } from '../ledger/domestic-cash';
import { type LedgerSource, domesticPositions } from '../ledger/domestic-ledger';
import { foreignCashInWon, overseasPositions, wonOf } from '../ledger/overseas-ledger';
import { accountOf } from '../order/accounts';
import { type Answer, goodAnswer, padded } from './answer';
import { type Inquiry, type Service } from './service';

/** 투자계좌자산현황조회 [v1_국내주식-048]: the account by class of asset. Not offered at the mock host. */
export const ACCOUNT_ASSETS: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-account-balance',
  trIds: { real: ['CTRP6548R'], mock: [] },
  forAccount: true,
  required: ['INQR_DVSN_1', 'BSPR_BF_DT_APLY_YN'],
  answer: accountAssets,
};

/** A class of assets in whole won. Cash has no purchase and no gain. */
interface AssetClass {
  readonly purchased: bigint;
  readonly gain: bigint;
  readonly valued: bigint;
}

interface Wealth {
  readonly stocks: AssetClass;
  readonly overseasStocks: AssetClass;
  readonly foreignCash: AssetClass;
  readonly deposit: AssetClass;
}

const NOTHING: AssetClass = { purchased: 0n, gain: 0n, valued: 0n };

function accountAssets({ call, fields, brokerage }: Inquiry): Answer {
  const wealth = wealthOf(brokerage, accountOf(fields), call.at);
  const all = sumOf(Object.values(wealth));
  return goodAnswer('KIOK0530', padded('조회되었습니다'), {
    output1: [...rowsOf(wealth), all].map((row) => assetRow(row, all.valued)),
    output2: summaryOf(wealth, all),
  });
}

function wealthOf(source: LedgerSource, account: string, now: number): Wealth {
  const domestic = domesticPositions(source, account, now);
  const overseas = overseasPositions(source, account, now);
  return {
    stocks: bought(
      total(domestic, (row) => row.purchaseAmount),
      total(domestic, (row) => row.valuation),
    ),
    overseasStocks: bought(
      total(overseas, (row) => wonOf(row.purchaseAmount, row.stock.exchange.currency)),
      total(overseas, (row) => wonOf(row.valuation, row.stock.exchange.currency)),
    ),
    foreignCash: { ...NOTHING, valued: foreignCashInWon(source, account) },
    deposit: { ...NOTHING, valued: cashOf(source, account, domestic, now).dayAfterTomorrow },
  };
}

/**
 * Nineteen rows without a name in a fixed order (KIS portal): 1 stocks, 9 overseas stocks, 17 foreign cash,
 * 18 deposit; funds, bonds and the rest stand between. A row of sums follows as number 20.
 */
function rowsOf({ stocks, overseasStocks, foreignCash, deposit }: Wealth): readonly AssetClass[] {
  const nothing = (rows: number): AssetClass[] => Array.from({ length: rows }, () => NOTHING);
  return [stocks, ...nothing(7), overseasStocks, ...nothing(7), foreignCash, deposit, ...nothing(1)];
}

function assetRow({ purchased, gain, valued }: AssetClass, whole: bigint): Record<string, string> {
  return {
    pchs_amt: String(purchased),
    evlu_amt: String(valued),
    evlu_pfls_amt: String(gain),
    crdt_lnd_amt: '0',
    real_nass_amt: String(valued),
    whol_weit_rt: percent(valued, whole, 8),
  };
}

function summaryOf(wealth: Wealth, all: AssetClass): Record<string, string> {
  const securities = sumOf([wealth.stocks, wealth.overseasStocks]);
  const deposit = String(wealth.deposit.valued);
  return {
    pchs_amt_smtl: String(securities.purchased),
    nass_tot_amt: String(all.valued),
    loan_amt_smtl: '0',
    evlu_pfls_amt_smtl: String(securities.gain),
    evlu_amt_smtl: String(securities.valued),
    tot_asst_amt: String(all.valued),
    tot_lnda_tot_ulst_lnda: '0',
    cma_auto_loan_amt: '0',
    tot_mgln_amt: '0',
    stln_evlu_amt: '0',
    crdt_fncg_amt: '0',
    ocl_apl_loan_amt: '0',
    pldg_stup_amt: '0',
    frcr_evlu_tota: String(wealth.foreignCash.valued),
    tot_dncl_amt: deposit,
    cma_evlu_amt: '0',
    dncl_amt: deposit,
    tot_sbst_amt: '0',
    thdt_rcvb_amt: '0',
    ovrs_stck_evlu_amt1: quotient(wealth.overseasStocks.valued, 1n, 6),
    ovrs_bond_evlu_amt: '0.000000',
    mmf_cma_mgge_loan_amt: '0',
    sbsc_dncl_amt: '0',
    pbst_sbsc_fnds_loan_use_amt: '0',
    etpr_crdt_grnt_loan_amt: '0',
  };
}

function bought(purchased: bigint, valued: bigint): AssetClass {
  return { purchased, gain: valued - purchased, valued };
}

function sumOf(classes: readonly AssetClass[]): AssetClass {
  return {
    purchased: total(classes, (row) => row.purchased),
    gain: total(classes, (row) => row.gain),
    valued: total(classes, (row) => row.valued),
  };
}

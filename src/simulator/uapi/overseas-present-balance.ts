import { percent, quotient, total } from '../decimal';
import { cashOf } from '../ledger/domestic-cash';
import { type LedgerSource, domesticPositions } from '../ledger/domestic-ledger';
import { type Currency, DOLLAR, type Exchange } from '../market/exchanges';
import {
  type OverseasPosition,
  PARTS,
  foreignCash,
  foreignCashInWon,
  inWonParts,
  overseasPositions,
  wonOf,
} from '../ledger/overseas-ledger';
import { type Fields } from '../message';
import { accountOf } from '../order/accounts';
import { type Answer, tradingAnswer } from './answer';
import { type Inquiry, type Service } from './service';

/** 해외주식 체결기준현재잔고 [v1_해외주식-008]: overseas stocks with exchange rates and sums in won. */
export const OVERSEAS_PRESENT_BALANCE: Service = {
  method: 'GET',
  path: '/uapi/overseas-stock/v1/trading/inquire-present-balance',
  trIds: { real: ['CTRP6504R'], mock: ['VTRP6504R'] },
  forAccount: true,
  required: ['WCRC_FRCR_DVSN_CD', 'NATN_CD', 'TR_MKET_CD', 'INQR_DVSN_CD'],
  answer: presentBalance,
};

const EVERYWHERE = '000';
const EVERY_MARKET = '00';
const IN_WON = '01';

/** The portal says that the mock host fills `output3` only; python-kis finds its currencies in `output2` there. */
function presentBalance({ call, fields, brokerage }: Inquiry): Answer {
  const { settings } = brokerage;
  const account = accountOf(fields);
  const held = overseasPositions(brokerage, account, call.at).filter(({ stock }) =>
    isAsked(stock.exchange, fields),
  );
  const inWon = fields.get('WCRC_FRCR_DVSN_CD') === IN_WON;
  const isReal = call.host === 'real';
  return tradingAnswer(
    call.host,
    {
      output1: isReal ? held.map((position) => holdingOf(position, inWon)) : [],
      output2:
        isReal || settings.mockPresentCurrencies
          ? currenciesOf(held).map((currency) =>
              currencyRow(currency, foreignCash(brokerage, account, currency)),
            )
          : [],
      output3: sumsOf(held, brokerage, account, call.at),
    },
    { found: held.length > 0, trCont: settings.lastPageMark },
  );
}

function isAsked(exchange: Exchange, fields: Fields): boolean {
  const [country, market] = [fields.get('NATN_CD'), fields.get('TR_MKET_CD')];
  if (country === EVERYWHERE) return true;
  return exchange.countryCode === country && [EVERY_MARKET, exchange.marketCode].includes(market);
}

/** With WCRC_FRCR_DVSN_CD 01 the members called `frcr` carry won, as in the portal's example. */
function holdingOf(position: OverseasPosition, inWon: boolean): Record<string, string> {
  const { stock, average, price, purchaseAmount, valuation } = position;
  const { exchange } = stock;
  const { currency } = exchange;
  const amount = (parts: bigint): bigint => (inWon ? inWonParts(parts, currency) : parts);
  const quantity = quotient(position.quantity, 1n, 8);
  return {
    prdt_name: stock.name,
    cblc_qty13: quantity,
    thdt_buy_ccld_qty1: quotient(position.boughtToday, 1n, 8),
    thdt_sll_ccld_qty1: quotient(position.soldToday, 1n, 8),
    ccld_qty_smtl1: quantity,
    ord_psbl_qty1: quotient(position.orderable, 1n, 8),
    frcr_pchs_amt: quotient(amount(purchaseAmount), PARTS, 5),
    frcr_evlu_amt2: quotient(amount(valuation), PARTS, 6),
    evlu_pfls_amt2: quotient(amount(valuation) - amount(purchaseAmount), PARTS, 5),
    evlu_pfls_rt1: percent(valuation - purchaseAmount, purchaseAmount, 8),
    pdno: stock.symbol,
    bass_exrt: rateOf(currency),
    buy_crcy_cd: currency.code,
    ovrs_now_pric1: quotient(amount(price), PARTS, 5),
    avg_unpr3: quotient(amount(average), PARTS, 4),
    tr_mket_name: exchange.name,
    natn_kor_name: exchange.country,
    pchs_rmnd_wcrc_amt: String(wonOf(purchaseAmount, currency)),
    thdt_buy_ccld_frcr_amt: '0.000000',
    thdt_sll_ccld_frcr_amt: '0.000000',
    unit_amt: String(currency.unit),
    std_pdno: '',
    prdt_type_cd: exchange.productType,
    scts_dvsn_name: '현금',
    loan_rmnd: '0',
    loan_dt: '',
    loan_expd_dt: '',
    ovrs_excg_cd: exchange.code,
    item_lnkg_excg_cd: exchange.linkCode,
  };
}

function currenciesOf(positions: readonly OverseasPosition[]): readonly Currency[] {
  return [...new Set([DOLLAR, ...positions.map(({ stock }) => stock.exchange.currency)])];
}

function currencyRow(currency: Currency, cash: bigint): Record<string, string> {
  return {
    crcy_cd: currency.code,
    crcy_cd_name: currency.name,
    frcr_buy_amt_smtl: '0.000000',
    frcr_sll_amt_smtl: '0.000000',
    frcr_dncl_amt_2: quotient(cash, PARTS, 6),
    frst_bltn_exrt: rateOf(currency),
    frcr_buy_mgn_amt: '0.00000000',
    frcr_etc_mgna: '0.00000000',
    frcr_drwg_psbl_amt_1: quotient(cash, PARTS, 6),
    frcr_evlu_amt2: quotient(wonOf(cash, currency), 1n, 6),
    acpl_cstd_crcy_yn: 'N',
    nxdy_frcr_drwg_psbl_amt: quotient(cash, PARTS, 6),
  };
}

function sumsOf(
  positions: readonly OverseasPosition[],
  source: LedgerSource,
  account: string,
  now: number,
): Record<string, string> {
  const purchased = total(positions, (row) => wonOf(row.purchaseAmount, row.stock.exchange.currency));
  const valued = total(positions, (row) => wonOf(row.valuation, row.stock.exchange.currency));
  const deposit = cashOf(source, account, domesticPositions(source, account, now), now).dayAfterTomorrow;
  const foreign = foreignCashInWon(source, account);
  return {
    pchs_amt_smtl: String(purchased),
    evlu_amt_smtl: String(valued),
    evlu_pfls_amt_smtl: String(valued - purchased),
    dncl_amt: String(deposit),
    cma_evlu_amt: '0',
    tot_dncl_amt: String(deposit),
    etc_mgna: '0',
    wdrw_psbl_tot_amt: String(deposit),
    frcr_evlu_tota: String(foreign),
    evlu_erng_rt1: percent(valued - purchased, purchased, 10),
    pchs_amt_smtl_amt: String(purchased),
    evlu_amt_smtl_amt: String(valued),
    tot_evlu_pfls_amt: quotient(valued - purchased, 1n, 8),
    tot_asst_amt: String(valued + deposit + foreign),
    buy_mgn_amt: '0',
    mgna_tota: '0',
    frcr_use_psbl_amt: quotient(foreign, 1n, 2),
    ustl_sll_amt_smtl: '0',
    ustl_buy_amt_smtl: '0',
    tot_frcr_cblc_smtl: quotient(foreign, 1n, 6),
    tot_loan_amt: '0',
  };
}

/** Exchange rate with eight decimals: won for the unit of the currency. */
function rateOf({ rateHundredths }: Currency): string {
  return quotient(rateHundredths, 100n, 8);
}

import { percent, quotient, total } from '../decimal';
import { type OverseasPosition, PARTS, overseasPositions } from '../ledger/overseas-ledger';
import { type KisHost } from '../message';
import { type SimulatorSettings } from '../settings';
import { accountOf } from '../order/accounts';
import { type Answer, tradingAnswer } from './answer';
import { pageOf } from './paging';
import { type Inquiry, type Service } from './service';

/** 해외주식 잔고 [v1_해외주식-006]: overseas stocks held, in their currencies. */
export const OVERSEAS_BALANCE: Service = {
  method: 'GET',
  path: '/uapi/overseas-stock/v1/trading/inquire-balance',
  trIds: { real: ['TTTS3012R'], mock: ['VTTS3012R'] },
  forAccount: true,
  required: ['OVRS_EXCG_CD', 'TR_CRCY_CD', 'CTX_AREA_FK200', 'CTX_AREA_NK200'],
  answer: overseasBalance,
};

/** Rows a page at the real host (KIS portal); no source says it of the mock host. */
const PAGE_SIZE = 100;

const UNITED_STATES = ['NASD', 'NYSE', 'AMEX'];

function overseasBalance(inquiry: Inquiry): Answer {
  const { call, fields, brokerage } = inquiry;
  const { settings } = brokerage;
  const exchanges = exchangesOf(fields.get('OVRS_EXCG_CD'), call.host);
  const currency = fields.get('TR_CRCY_CD');
  const positions = overseasPositions(brokerage, accountOf(fields), call.at).filter(
    ({ stock: { exchange } }) =>
      (exchanges === null || exchanges.includes(exchange.code)) &&
      (currency === '' || exchange.currency.code === currency),
  );
  const page = pageOf(
    positions,
    {
      width: 200,
      pageSize: PAGE_SIZE,
      condition: ['CANO', 'ACNT_PRDT_CD', 'OVRS_EXCG_CD', 'TR_CRCY_CD']
        .map((name) => `${fields.get(name)}!^`)
        .join(''),
      keyOf: ({ stock }) => `${stock.exchange.code}!^${stock.symbol}!^`,
    },
    inquiry,
  );
  if ('msgCd' in page) return page;
  const owner = { cano: fields.get('CANO'), acnt_prdt_cd: fields.get('ACNT_PRDT_CD') };
  const stocks = page.rows.map((position) => ({ ...owner, ...holdingOf(position) }));
  const rows = settings.overseasBond && page.isLast ? [...stocks, { ...owner, ...BOND }] : stocks;
  return tradingAnswer(
    call.host,
    {
      ...page.areas,
      output1: withBlankRow(rows, page.isLast, settings.blankOverseasRow),
      output2: settings.emptyAccount ? {} : summaryOf(positions),
    },
    { found: positions.length > 0, trCont: page.trCont },
  );
}

/**
 * KIS portal, 해외주식 잔고: NASD is the whole United States at the real host (NAS is Nasdaq there), and Nasdaq
 * alone at the mock host. Null for all: python-kis leaves the exchange empty.
 */
function exchangesOf(code: string, host: KisHost): readonly string[] | null {
  if (code === '') return null;
  if (host === 'real' && code === 'NASD') return UNITED_STATES;
  return host === 'real' && code === 'NAS' ? ['NASD'] : [code];
}

function holdingOf(position: OverseasPosition) {
  const { stock, quantity, average, purchaseAmount, price, valuation } = position;
  const gain = valuation - purchaseAmount;
  return {
    prdt_type_cd: stock.exchange.productType,
    ovrs_pdno: stock.symbol,
    ovrs_item_name: stock.name,
    frcr_evlu_pfls_amt: quotient(gain, PARTS, 6),
    evlu_pfls_rt: percent(gain, purchaseAmount, 2),
    pchs_avg_pric: quotient(average, PARTS, 4),
    ovrs_cblc_qty: String(quantity),
    ord_psbl_qty: String(position.orderable),
    frcr_pchs_amt1: quotient(purchaseAmount, PARTS, 5),
    ovrs_stck_evlu_amt: quotient(valuation, PARTS, 8),
    now_pric2: quotient(price, PARTS, 6),
    tr_crcy_cd: stock.exchange.currency.code,
    ovrs_excg_cd: stock.exchange.code,
    loan_type_cd: '10',
    loan_dt: '',
    expd_dt: '',
  };
}

/** A bond is traded at no exchange; what its row looks like otherwise is assumed. */
const BOND = {
  prdt_type_cd: '519',
  ovrs_pdno: 'US91282CJL54',
  ovrs_item_name: '미국채 4.5% 2033',
  frcr_evlu_pfls_amt: '12.500000',
  evlu_pfls_rt: '1.25',
  pchs_avg_pric: '1000.0000',
  ovrs_cblc_qty: '1',
  ord_psbl_qty: '1',
  frcr_pchs_amt1: '1000.00000',
  ovrs_stck_evlu_amt: '1012.50000000',
  now_pric2: '1012.500000',
  tr_crcy_cd: 'USD',
  loan_type_cd: '10',
  loan_dt: '',
  expd_dt: '',
};

/**
 * The portal's example ends with a row of nothing; python-kis reads the owner of every row, so rows without one
 * can only come where nothing is held.
 */
function withBlankRow<Row>(
  rows: readonly Row[],
  isLast: boolean,
  when: SimulatorSettings['blankOverseasRow'],
): readonly (Row | typeof BLANK_ROW)[] {
  const isWanted = when === 'always' || (when === 'whenEmpty' && rows.length === 0);
  return isLast && isWanted ? [...rows, BLANK_ROW] : rows;
}

const BLANK_ROW = {
  cano: '',
  acnt_prdt_cd: '',
  prdt_type_cd: '',
  ovrs_pdno: '',
  ovrs_item_name: '',
  frcr_evlu_pfls_amt: '0.000000',
  evlu_pfls_rt: '0.00',
  pchs_avg_pric: '0.0000',
  ovrs_cblc_qty: '0',
  ord_psbl_qty: '0',
  frcr_pchs_amt1: '0.00000',
  ovrs_stck_evlu_amt: '0.00000000',
  now_pric2: '0.000000',
  tr_crcy_cd: '',
  ovrs_excg_cd: '',
  loan_type_cd: '',
  loan_dt: '',
  expd_dt: '',
};

/** Sums over the requested currencies. `tot_evlu_pfls_amt` holds the value, as in the portal's example. */
function summaryOf(positions: readonly OverseasPosition[]) {
  const purchased = total(positions, (row) => row.purchaseAmount);
  const valued = total(positions, (row) => row.valuation);
  return {
    frcr_pchs_amt1: quotient(purchased, PARTS, 5),
    ovrs_rlzt_pfls_amt: '0.00000',
    ovrs_tot_pfls: quotient(valued - purchased, PARTS, 5),
    rlzt_erng_rt: '0.00000000',
    tot_evlu_pfls_amt: quotient(valued, PARTS, 8),
    tot_pftrt: percent(valued - purchased, purchased, 8),
    frcr_buy_amt_smtl1: quotient(purchased, PARTS, 6),
    ovrs_rlzt_pfls_amt2: '0.00000',
    frcr_buy_amt_smtl2: quotient(purchased, PARTS, 6),
  };
}

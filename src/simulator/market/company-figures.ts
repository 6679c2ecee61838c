import { quotient } from '../decimal';
import { type DomesticStock } from './domestic-stocks';
import { fingerprint } from './noise';
import { limitWidth, onTick, tickSize } from './ticks';

/** Some of the members of `output` of 주식현재가 시세, in the order of the portal's example. */
export type Quote = Readonly<Record<string, string>>;

const HUNDRED_MILLION = 100_000_000;
const FACE_VALUE = 5_000;

/** Sectors of some stocks; for the others KIS, too, leaves the member out (Soju06/python-kis issue #48). */
const SECTORS: Readonly<Record<string, string>> = {
  '005930': '전기·전자',
  '000660': '전기·전자',
  '035420': 'IT 서비스',
  '373220': '전기·전자',
  '207940': '제약',
  '005380': '운송장비·부품',
  '000270': '운송장비·부품',
  '005490': '금속',
  '035720': 'IT 서비스',
  '051910': '화학',
};

/** How the stock is traded. */
export function statusOf({ symbol, market }: DomesticStock, isHalted: boolean): Quote {
  const sector = SECTORS[symbol];
  return {
    iscd_stat_cls_code: isHalted ? '58' : '55',
    marg_rate: '20.00',
    rprs_mrkt_kor_name: { KOSPI: 'KOSPI200', KOSDAQ: 'KSQ150', KONEX: 'KONEX' }[market],
    ...(sector === undefined ? {} : { bstp_kor_isnm: sector }),
    temp_stop_yn: isHalted ? 'Y' : 'N',
    oprc_rang_cont_yn: 'N',
    clpr_rang_cont_yn: 'N',
    crdt_able_yn: 'Y',
    grmn_rate_cls_code: '40',
    elw_pblc_yn: 'Y',
  };
}

/** Shares, value and earnings of the company. */
export function valueOf(stock: DomesticStock, price: number, close: number): Quote {
  const shares = sharesListed(stock);
  const earnings = Math.max(1, Math.round(stock.basePrice / 14));
  const book = Math.max(1, Math.round(stock.basePrice / 1.6));
  return {
    cpfn: String(capital(shares)),
    rstc_wdth_prc: String(limitWidth(close, stock.kind)),
    stck_fcam: String(FACE_VALUE),
    stck_sspr: String(onTick(close * 0.76)),
    aspr_unit: String(tickSize(price, stock.kind)),
    hts_deal_qty_unit_val: '1',
    lstn_stcn: String(shares),
    hts_avls: String(Math.round((shares * price) / HUNDRED_MILLION)),
    per: quotient(BigInt(price), BigInt(earnings), 2),
    pbr: quotient(BigInt(price), BigInt(book), 2),
    stac_month: '12',
    vol_tnrt: '0.37',
    eps: `${earnings}.00`,
    bps: `${book}.00`,
  };
}

/** `apprch_rate` and `new_hgpr_lwpr_cls_code` stand in the portal's table, and are not sent when empty. */
export function listingOf(stock: DomesticStock): Quote {
  const shares = sharesListed(stock);
  return {
    whol_loan_rmnd_rate: '0.22',
    ssts_yn: 'Y',
    stck_shrn_iscd: stock.symbol,
    fcam_cnnm: FACE_VALUE.toLocaleString('en-US'),
    cpfn_cnnm: `${capital(shares).toLocaleString('en-US')} 억`,
    frgn_hldn_qty: String(Math.round(shares * 0.4948)),
    vi_cls_code: 'N',
    ovtm_vi_cls_code: 'N',
    last_ssts_cntg_qty: '0',
    invt_caful_yn: 'N',
    mrkt_warn_cls_code: '00',
    short_over_yn: 'N',
    sltr_yn: 'N',
    mang_issu_cls_code: 'N',
  };
}

export function sharesListed({ symbol }: DomesticStock): number {
  return 20_000_000 + (fingerprint(`shares ${symbol}`) % 800_000_000);
}

/** Capital in hundreds of millions of won. */
export function capital(shares: number): number {
  return Math.round((shares * FACE_VALUE) / HUNDRED_MILLION);
}

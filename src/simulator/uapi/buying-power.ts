import { cashOf, orderable, withoutFee } from '../ledger/domestic-cash';
import { domesticPositions } from '../ledger/domestic-ledger';
import { domesticStock } from '../market/domestic-stocks';
import { type Market } from '../market/market';
import { upperLimit } from '../market/ticks';
import { type Fields } from '../message';
import { accountOf } from '../order/accounts';
import { type Answer, serviceRefusal, tradingAnswer } from './answer';
import { type Inquiry, type Service } from './service';

/** 매수가능조회 [v1_국내주식-007]: how much may be bought, in won and, for a stock, in shares. */
export const BUYING_POWER: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-psbl-order',
  trIds: { real: ['TTTC8908R'], mock: ['VTTC8908R'] },
  forAccount: true,
  required: ['PDNO', 'ORD_UNPR', 'ORD_DVSN', 'CMA_EVLU_AMT_ICLD_YN', 'OVRS_ICLD_YN'],
  answer: buyingPower,
};

/** `ord_psbl_cash` of a public mock answer with 10,000,000 won: 9,950,000. */
const ORDERABLE_PER_MILLE = 995n;
const MARGIN_RATE_PERCENT = 20n;
const AT_MARKET = '01';

function buyingPower({ call, fields, brokerage }: Inquiry): Answer {
  const price = calculationPrice(fields, brokerage.market, call.at);
  if (price === null) return serviceRefusal('7', 'APBK0656', '해당종목정보가 없습니다.');
  const account = accountOf(fields);
  const positions = domesticPositions(brokerage, account, call.at);
  const cash = cashOf(brokerage, account, positions, call.at);
  const deposit = orderable(cash);
  const withoutCredit = withoutFee(deposit);
  const most = usesMargin(fields) ? (deposit * 100n) / MARGIN_RATE_PERCENT : withoutCredit;
  return tradingAnswer(call.host, {
    output: {
      ord_psbl_cash: String((deposit * ORDERABLE_PER_MILLE) / 1000n),
      ord_psbl_sbst: '0',
      ruse_psbl_amt: '0',
      fund_rpch_chgs: '0',
      psbl_qty_calc_unpr: String(price),
      nrcvb_buy_amt: String(withoutCredit),
      nrcvb_buy_qty: String(sharesFor(withoutCredit, price)),
      max_buy_amt: String(most),
      max_buy_qty: String(sharesFor(most, price)),
      cma_evlu_amt: '0',
      ovrs_re_use_amt_wcrc: '0',
      ord_psbl_frcr_amt_wcrc: '0',
    },
  });
}

/** Without a stock there are amounts only: a price of zero and no shares. Null for an unknown stock. */
function calculationPrice(fields: Fields, market: Market, now: number): bigint | null {
  const symbol = fields.get('PDNO');
  if (symbol === '') return 0n;
  const stock = domesticStock(symbol);
  if (!stock) return null;
  const asked = /^\d+$/.test(fields.get('ORD_UNPR')) ? BigInt(fields.get('ORD_UNPR')) : 0n;
  // An order at the market price may cost as much as the day allows.
  return asked > 0n ? asked : BigInt(upperLimit(market.previousClose(stock, now), stock.kind));
}

/** KIS portal: only a market order (01) takes the margin rate of the stock into account. */
function usesMargin(fields: Fields): boolean {
  return fields.get('PDNO') !== '' && fields.get('ORD_DVSN') === AT_MARKET;
}

function sharesFor(amount: bigint, price: bigint): bigint {
  return price === 0n ? 0n : amount / price;
}

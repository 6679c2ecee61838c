import { quotient } from '../decimal';
import { cashOf, orderable } from '../ledger/domestic-cash';
import { type LedgerSource, domesticPositions } from '../ledger/domestic-ledger';
import { PARTS, inParts, orderableForeignCash, withCommission } from '../ledger/overseas-ledger';
import { type Currency } from '../market/exchanges';
import { overseasStock } from '../market/overseas-stocks';
import { accountOf } from '../order/accounts';
import { type Answer, invalidField, tradingAnswer, tradingRefusal } from './answer';
import { type Inquiry, type Service } from './service';

/** 해외주식 매수가능금액조회 [v1_해외주식-014]: how much of an overseas stock may be bought. */
export const OVERSEAS_BUYING_POWER: Service = {
  method: 'GET',
  path: '/uapi/overseas-stock/v1/trading/inquire-psamount',
  trIds: { real: ['TTTS3007R'], mock: ['VTTS3007R'] },
  forAccount: true,
  required: ['OVRS_EXCG_CD', 'OVRS_ORD_UNPR', 'ITEM_CD'],
  answer: overseasBuyingPower,
};

function overseasBuyingPower({ call, fields, brokerage }: Inquiry): Answer {
  const stock = overseasStock(fields.get('OVRS_EXCG_CD'), fields.get('ITEM_CD'));
  if (!stock) return tradingRefusal('APBK0656');
  const asked = fields.get('OVRS_ORD_UNPR').trim();
  if (!/^\d{1,12}(\.\d{1,8})?$/.test(asked)) return invalidField('OVRS_ORD_UNPR');
  const { currency } = stock.exchange;
  const account = accountOf(fields);
  const own = orderableForeignCash(brokerage, account, currency);
  const together = own + wonIn(brokerage, account, currency, call.at);
  const price = withCommission(inParts(Number(asked)));
  const shares = (amount: bigint): string => String(price === 0n ? 0n : amount / price);
  return tradingAnswer(call.host, {
    output: {
      tr_crcy_cd: currency.code,
      ord_psbl_frcr_amt: quotient(own, PARTS, 2),
      sll_ruse_psbl_amt: '0.00',
      ovrs_ord_psbl_amt: quotient(own, PARTS, 2),
      max_ord_psbl_qty: shares(own),
      echm_af_ord_psbl_amt: '0.00',
      echm_af_ord_psbl_qty: '0',
      ord_psbl_qty: shares(own),
      exrt: quotient(currency.rateHundredths, 100n, 10),
      frcr_ord_psbl_amt1: quotient(together, PARTS, 2),
      ovrs_max_ord_psbl_qty: shares(together),
    },
  });
}

/** The won of the account in ten-thousandths of a currency (통합). */
function wonIn(source: LedgerSource, account: string, currency: Currency, now: number): bigint {
  const positions = domesticPositions(source, account, now);
  const won = orderable(cashOf(source, account, positions, now));
  return (won * 100n * currency.unit * PARTS) / currency.rateHundredths;
}

import { percent, quotient } from '../decimal';
import { PARTS_OF_WON, domesticPositions } from '../ledger/domestic-ledger';
import { type Answer, tradingAnswer, tradingRefusal } from '../uapi/answer';
import { type Inquiry, type Service } from '../uapi/service';
import { accountOf } from './accounts';

/** 매도가능수량조회 [국내주식-165]: how much of a stock can be sold. Not at the mock host. */
export const SELLABLE: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/trading/inquire-psbl-sell',
  trIds: { real: ['TTTC8408R'], mock: [] },
  forAccount: true,
  required: ['PDNO'],
  answer: sellable,
};

function sellable({ call, fields, brokerage }: Inquiry): Answer {
  const position = domesticPositions(brokerage, accountOf(fields), call.at).find(
    ({ stock }) => stock.symbol === fields.get('PDNO'),
  );
  // What KIS says about a stock that is not held is not known.
  if (!position) return tradingRefusal('APBK0656');
  const { stock, quantity, orderable, purchaseAmount, price, valuation } = position;
  return tradingAnswer(call.host, {
    output1: {
      pdno: stock.symbol,
      prdt_name: stock.name,
      buy_qty: String(position.boughtToday),
      sll_qty: String(position.soldToday),
      cblc_qty: String(quantity),
      nsvg_qty: '0',
      ord_psbl_qty: String(orderable),
      pchs_avg_pric: quotient(position.averageTenThousandths, PARTS_OF_WON, 4),
      pchs_amt: String(purchaseAmount),
      now_pric: String(price),
      evlu_amt: String(valuation),
      evlu_pfls_amt: String(valuation - purchaseAmount),
      evlu_pfls_rt: percent(valuation - purchaseAmount, purchaseAmount, 2),
    },
  });
}

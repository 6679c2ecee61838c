import { emptyQuote, quoteOf, tradingOf } from '../market/quote';
import { type Answer, quotation } from './answer';
import { quotedStock } from './quoted-stock';
import { type Inquiry, type Service } from './service';

/** 주식현재가 시세 [v1_국내주식-008]: the price of a domestic stock, under the same id at both hosts. */
export const PRICE: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/quotations/inquire-price',
  trIds: { real: ['FHKST01010100'], mock: ['FHKST01010100'] },
  forAccount: false,
  required: ['FID_COND_MRKT_DIV_CODE', 'FID_INPUT_ISCD'],
  answer: price,
};

function price(inquiry: Inquiry): Answer {
  const quoted = quotedStock(inquiry);
  if ('msgCd' in quoted) return quoted;
  const { stock, venue, symbol } = quoted;
  const { call, brokerage } = inquiry;
  const trading = stock && tradingOf(brokerage.market, stock, venue, call.at);
  return quotation({
    output: stock && trading ? quoteOf(brokerage.market, stock, trading, call.at) : emptyQuote(symbol),
  });
}

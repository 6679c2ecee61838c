import { domesticStock } from '../market/domestic-stocks';
import { emptyQuote, quoteOf } from '../market/quote';
import { goodAnswer } from './answer';
import { type Service } from './service';

/** 주식현재가 시세 [v1_국내주식-008]: the price of a domestic stock, under the same id at both hosts. */
export const PRICE: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/quotations/inquire-price',
  trIds: { real: ['FHKST01010100'], mock: ['FHKST01010100'] },
  forAccount: false,
  required: ['FID_COND_MRKT_DIV_CODE', 'FID_INPUT_ISCD'],
  answer: ({ call, fields }) => {
    const symbol = fields.get('FID_INPUT_ISCD');
    const stock = domesticStock(symbol);
    const output = stock ? quoteOf(stock, call.at) : emptyQuote(symbol);
    return goodAnswer('MCA00000', '정상처리 되었습니다.', { output });
  },
};

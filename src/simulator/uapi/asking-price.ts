import { BOOK_LEVELS, type Book, type Level, bookOf, expectedTrade, totalOf } from '../market/book';
import { rateOf, signOf } from '../market/change';
import { type DomesticStock } from '../market/domestic-stocks';
import { limitsOf, venuePrice } from '../market/korean-prices';
import { krxPhase } from '../market/korean-sessions';
import { type Market, STEP_MS } from '../market/market';
import { koreanTime } from '../korean-time';
import { type Answer, quotation } from './answer';
import { quotedStock } from './quoted-stock';
import { type Inquiry, type Service } from './service';

/** 주식현재가 호가/예상체결 [v1_국내주식-011]: the order book, and the trade that an auction would give. */
export const ASKING_PRICE: Service = {
  method: 'GET',
  path: '/uapi/domestic-stock/v1/quotations/inquire-asking-price-exp-ccn',
  trIds: { real: ['FHKST01010200'], mock: ['FHKST01010200'] },
  forAccount: false,
  required: ['FID_COND_MRKT_DIV_CODE', 'FID_INPUT_ISCD'],
  answer: askingPrice,
};

const NUMBERS = Array.from({ length: BOOK_LEVELS }, (_, index) => index + 1);

function askingPrice(inquiry: Inquiry): Answer {
  const quoted = quotedStock(inquiry);
  if ('msgCd' in quoted) return quoted;
  const { stock, venue } = quoted;
  const { market } = inquiry.brokerage;
  const now = inquiry.call.at;
  const price = stock && venuePrice(market, stock, venue, now);
  // For an unknown symbol the members are missing: python-kis checks whether there is an askp1.
  if (!stock || price === null) return quotation({ output1: {}, output2: {} });
  const book = bookOf(market, stock, price, now);
  const before = bookOf(
    market,
    stock,
    venuePrice(market, stock, venue, now - STEP_MS) ?? price,
    now - STEP_MS,
  );
  return quotation({
    output1: {
      aspr_acpt_hour: koreanTime(now),
      ...column('askp', book.asks, priceAt),
      ...column('bidp', book.bids, priceAt),
      ...column('askp_rsqn', book.asks, quantityAt),
      ...column('bidp_rsqn', book.bids, quantityAt),
      ...changes('askp_rsqn_icdc', book.asks, before.asks),
      ...changes('bidp_rsqn_icdc', book.bids, before.bids),
      ...totalsOf(book, before),
      new_mkop_cls_code: sessionCode(market, now),
    },
    output2: expectationOf(market, stock, price, now),
  });
}

/** A level beyond the price limit of the day has price and quantity "0". */
function column(name: string, levels: readonly Level[], figure: (level: Level) => number) {
  return Object.fromEntries(
    NUMBERS.map((number) => {
      const level = levels[number - 1];
      return [`${name}${number}`, level ? String(figure(level)) : '0'];
    }),
  );
}

function changes(name: string, levels: readonly Level[], before: readonly Level[]) {
  return column(
    name,
    levels,
    ({ price, quantity }) => quantity - (before.find((level) => level.price === price)?.quantity ?? 0),
  );
}

const priceAt = ({ price }: Level): number => price;
const quantityAt = ({ quantity }: Level): number => quantity;

function totalsOf(book: Book, before: Book): Record<string, string> {
  const [asks, bids] = [totalOf(book.asks), totalOf(book.bids)];
  return {
    total_askp_rsqn: String(asks),
    total_bidp_rsqn: String(bids),
    total_askp_rsqn_icdc: String(asks - totalOf(before.asks)),
    total_bidp_rsqn_icdc: String(bids - totalOf(before.bids)),
    ovtm_total_askp_icdc: '0',
    ovtm_total_bidp_icdc: '0',
    ovtm_total_askp_rsqn: '0',
    ovtm_total_bidp_rsqn: '0',
    ntby_aspr_rsqn: String(bids - asks),
  };
}

/** First digit: 1 before the open, 2 in session, 3 after the close; 00 in auctions (KIS portal). */
function sessionCode(market: Market, now: number): string {
  switch (krxPhase(market, now)) {
    case 'openingAuction':
    case 'closingAuction':
      return '00';
    case 'regular':
      return '20';
    case 'atClose':
    case 'afterMarket':
    case 'singlePrice':
      return '30';
    case 'closed':
      return '10';
  }
}

function expectationOf(
  market: Market,
  stock: DomesticStock,
  price: number,
  now: number,
): Record<string, string> {
  const expected = expectedTrade(market, stock, now);
  const { base } = limitsOf(market, stock, now);
  const change = expected ? expected.price - base : 0;
  const { open, high, low } = market.range(stock, now);
  return {
    antc_mkop_cls_code: expected ? '311' : '112',
    stck_prpr: String(price),
    stck_oprc: String(open),
    stck_hgpr: String(high),
    stck_lwpr: String(low),
    stck_sdpr: String(base),
    antc_cnpr: String(expected?.price ?? 0),
    antc_cntg_vrss_sign: signOf(change),
    antc_cntg_vrss: String(change),
    antc_cntg_prdy_ctrt: rateOf(change, base),
    antc_vol: String(expected?.quantity ?? 0),
    stck_shrn_iscd: stock.symbol,
    vi_cls_code: 'N',
  };
}

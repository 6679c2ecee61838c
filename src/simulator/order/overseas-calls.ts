import { type Exchange, isAmerican } from '../market/exchanges';
import { type KisHost } from '../message';
import { type OrderSettings } from './order-settings';
import { type Side } from './order';
import { inMock } from './tr-ids';

/** Transaction ids of one market (KIS portal, 해외주식 주문 and 해외주식 정정취소주문). */
interface MarketIds {
  readonly buy: string;
  readonly sell: string;
  readonly revise: string;
}

/** Keyed by what `groupOf` gives. */
const IDS: Readonly<Record<string, MarketIds>> = {
  US: { buy: 'TTTT1002U', sell: 'TTTT1006U', revise: 'TTTT1004U' },
  SEHK: { buy: 'TTTS1002U', sell: 'TTTS1001U', revise: 'TTTS1003U' },
  SHAA: { buy: 'TTTS0202U', sell: 'TTTS1005U', revise: 'TTTS0302U' },
  SZAA: { buy: 'TTTS0305U', sell: 'TTTS0304U', revise: 'TTTS0306U' },
  TKSE: { buy: 'TTTS0308U', sell: 'TTTS0307U', revise: 'TTTS0309U' },
  VN: { buy: 'TTTS0311U', sell: 'TTTS0310U', revise: 'TTTS0312U' },
};

/** Both ids that sources give for sales in mock trading. */
const MOCK_AMERICAN_SALES = { '1001': 'VTTT1001U', '1006': 'VTTT1006U' };
/** python-kis cancels orders of Shenzhen with the id of Shanghai. */
const OTHER_SHENZHEN_REVISION = 'TTTS0302U';

const REAL_ORDERS = Object.values(IDS).flatMap(({ buy, sell }) => [buy, sell]);
const REAL_REVISIONS = Object.values(IDS).map(({ revise }) => revise);

export const ORDER_IDS = {
  real: REAL_ORDERS,
  mock: [
    ...REAL_ORDERS.filter((id) => id !== 'TTTT1006U').map(inMock),
    ...Object.values(MOCK_AMERICAN_SALES),
  ],
};

export const REVISION_IDS = { real: REAL_REVISIONS, mock: REAL_REVISIONS.map(inMock) };

/** Markets that share their ids. */
export function groupOf(exchange: Exchange): string {
  if (isAmerican(exchange)) return 'US';
  return exchange.countryLetters === 'VN' ? 'VN' : exchange.code;
}

/** The side that an id of an order means at an exchange; null where the two do not belong together. */
export function sideOf(
  trId: string,
  host: KisHost,
  exchange: Exchange,
  settings: Readonly<OrderSettings>,
): Side | null {
  const group = groupOf(exchange);
  const ids = IDS[group];
  if (!ids) return null;
  const isMockAmerican = host === 'mock' && group === 'US';
  const sell = isMockAmerican ? MOCK_AMERICAN_SALES[settings.mockAmericanSale] : at(host, ids.sell);
  if (trId === at(host, ids.buy)) return 'buy';
  return trId === sell ? 'sell' : null;
}

/** Whether an id of a modification or cancellation belongs to an exchange. */
export function isRevisionAt(
  trId: string,
  host: KisHost,
  exchange: Exchange,
  settings: Readonly<OrderSettings>,
): boolean {
  const group = groupOf(exchange);
  const usual = IDS[group]?.revise ?? '';
  const isOther = group === 'SZAA' && settings.shenzhenRevision === '0302';
  return trId === at(host, isOther ? OTHER_SHENZHEN_REVISION : usual);
}

function at(host: KisHost, trId: string): string {
  return host === 'mock' ? inMock(trId) : trId;
}

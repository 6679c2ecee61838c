import { DAILY_ORDERS } from '../order/daily-orders';
import { OPEN_ORDERS } from '../order/open-orders';
import { ORDER_CASH } from '../order/order-cash';
import { ORDER_DAYTIME, ORDER_OVERSEAS } from '../order/order-overseas';
import { ORDER_REVISION } from '../order/order-revision';
import { OVERSEAS_OPEN_ORDERS, OVERSEAS_ORDERS } from '../order/overseas-lists';
import { DAYTIME_REVISION, OVERSEAS_REVISION } from '../order/overseas-revision';
import { SELLABLE } from '../order/sellable';
import { ACCOUNT_ASSETS } from './account-assets';
import { ASKING_PRICE } from './asking-price';
import { BUYING_POWER } from './buying-power';
import { DAILY_CHART } from './daily-chart';
import { DOMESTIC_BALANCE } from './domestic-balance';
import { HOLIDAYS, OVERSEAS_SETTLEMENT } from './holidays';
import { MINUTE_CHART, PAST_MINUTE_CHART } from './minute-charts';
import { MULTI_PRICE } from './multi-price';
import { OVERSEAS_ASKING_PRICE } from './overseas-asking-price';
import { OVERSEAS_BALANCE } from './overseas-balance';
import { OVERSEAS_BUYING_POWER } from './overseas-buying-power';
import { OVERSEAS_DAILY_CHART } from './overseas-charts';
import { OVERSEAS_MINUTE_CHART } from './overseas-minutes';
import { OVERSEAS_PRESENT_BALANCE } from './overseas-present-balance';
import { OVERSEAS_DETAIL, OVERSEAS_PRICE } from './overseas-price';
import { PRICE } from './price';
import { SEARCH_INFO, STOCK_INFO } from './search-info';
import { type Service } from './service';
import { VI_STATUS } from './vi-status';

/** Everything behind the gateway. */
const SERVICES: readonly Service[] = [
  ACCOUNT_ASSETS,
  BUYING_POWER,
  DOMESTIC_BALANCE,
  OVERSEAS_BALANCE,
  OVERSEAS_PRESENT_BALANCE,
  ORDER_CASH,
  ORDER_REVISION,
  OPEN_ORDERS,
  DAILY_ORDERS,
  SELLABLE,
  ORDER_OVERSEAS,
  OVERSEAS_REVISION,
  ORDER_DAYTIME,
  DAYTIME_REVISION,
  OVERSEAS_OPEN_ORDERS,
  OVERSEAS_ORDERS,
  OVERSEAS_BUYING_POWER,
  PRICE,
  ASKING_PRICE,
  DAILY_CHART,
  MINUTE_CHART,
  PAST_MINUTE_CHART,
  MULTI_PRICE,
  HOLIDAYS,
  OVERSEAS_SETTLEMENT,
  SEARCH_INFO,
  STOCK_INFO,
  OVERSEAS_PRICE,
  OVERSEAS_DETAIL,
  OVERSEAS_DAILY_CHART,
  OVERSEAS_MINUTE_CHART,
  OVERSEAS_ASKING_PRICE,
  VI_STATUS,
];

const BY_CALL = new Map(SERVICES.map((service) => [`${service.method} ${service.path}`, service]));

export function serviceFor(method: string, path: string): Service | undefined {
  return BY_CALL.get(`${method} ${path}`);
}

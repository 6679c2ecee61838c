import type { KisAccount } from '../kis-account';
import { KIS_ORDER_CALLS, type KisOrderCall } from '../protocol/order-calls';
import type { KisOrderIntent } from './order-intent';
import type { OrderRecord, OrderTarget } from './journal/order-record';

/** The request for an order: a call and its body. All values are strings, all keys are in upper case (KIS portal). */
export interface OrderMessage {
  readonly call: KisOrderCall;
  readonly body: Readonly<Record<string, string>>;
}

/** The request for a record of the journal. */
export function orderMessage({ action, intent, target }: OrderRecord, account: KisAccount): OrderMessage {
  const owner = { CANO: account.number, ACNT_PRDT_CD: account.productCode };
  if (action === 'place' || target === null) {
    const { call, body } = intent.market === 'us' ? usOrder(intent) : domesticOrder(intent);
    return { call, body: { ...owner, ...body } };
  }
  const { call, body } =
    intent.market === 'us' ? usChange(action, intent, target) : domesticChange(action, intent, target);
  return { call, body: { ...owner, ...body } };
}

/** OVRS_EXCG_CD, by the exchange code that quotes use. */
const ORDER_EXCHANGES: Readonly<Record<string, string>> = { NAS: 'NASD', NYS: 'NYSE', AMS: 'AMEX' };

/** SLL_TYPE of an ordinary sale, domestic and abroad. */
const SALE = { domestic: '01', us: '00' } as const;

/** RVSE_CNCL_DVSN_CD of a modification and of a cancellation. */
const CHANGES = { modify: '01', cancel: '02' } as const;

/** Fields in the order of the official sample. */
function domesticOrder(intent: KisOrderIntent): OrderMessage {
  const selling = intent.side === 'sell';
  return {
    call: selling ? KIS_ORDER_CALLS.domesticSell : KIS_ORDER_CALLS.domesticBuy,
    body: {
      PDNO: intent.symbol,
      ORD_DVSN: intent.division,
      ORD_QTY: intent.quantity,
      ORD_UNPR: intent.price ?? '0',
      EXCG_ID_DVSN_CD: intent.venue ?? 'KRX',
      SLL_TYPE: selling ? SALE.domestic : '',
      CNDT_PRIC: intent.triggerPrice ?? '',
    },
  };
}

/** Venue and type are those of the original order: KIS looks it up by them. */
function domesticChange(
  action: 'modify' | 'cancel',
  intent: KisOrderIntent,
  target: OrderTarget,
): OrderMessage {
  const cancelling = action === 'cancel';
  return {
    call: KIS_ORDER_CALLS.domesticChange,
    body: {
      KRX_FWDG_ORD_ORGNO: target.branch,
      ORGN_ODNO: target.orderNumber,
      ORD_DVSN: intent.division,
      RVSE_CNCL_DVSN_CD: CHANGES[action],
      ORD_QTY: target.whole ? '0' : intent.quantity,
      ORD_UNPR: cancelling ? '0' : (intent.price ?? '0'),
      QTY_ALL_ORD_YN: target.whole ? 'Y' : 'N',
      CNDT_PRIC: cancelling ? '' : (intent.triggerPrice ?? ''),
      EXCG_ID_DVSN_CD: intent.venue ?? 'KRX',
    },
  };
}

function usOrder(intent: KisOrderIntent): OrderMessage {
  const selling = intent.side === 'sell';
  return {
    call: usCall(intent, selling ? 'Sell' : 'Buy'),
    body: {
      ...orderedStock(intent),
      ORD_QTY: intent.quantity,
      OVRS_ORD_UNPR: intent.price ?? '0',
      CTAC_TLNO: '',
      MGCO_APTM_ODNO: '',
      // Must be left out of a purchase.
      ...(selling ? { SLL_TYPE: SALE.us } : {}),
      ORD_SVR_DVSN_CD: '0',
      ORD_DVSN: intent.division,
    },
  };
}

/** Without type and branch: KIS refuses an overseas order that has the domestic fields. */
function usChange(action: 'modify' | 'cancel', intent: KisOrderIntent, target: OrderTarget): OrderMessage {
  return {
    call: usCall(intent, 'Change'),
    body: {
      ...orderedStock(intent),
      ORGN_ODNO: target.orderNumber,
      RVSE_CNCL_DVSN_CD: CHANGES[action],
      ORD_QTY: intent.quantity,
      OVRS_ORD_UNPR: action === 'cancel' ? '0' : (intent.price ?? '0'),
      MGCO_APTM_ODNO: '',
      ORD_SVR_DVSN_CD: '0',
    },
  };
}

function usCall({ session }: KisOrderIntent, what: 'Buy' | 'Sell' | 'Change'): KisOrderCall {
  return session === 'daytime' ? KIS_ORDER_CALLS[`usDaytime${what}`] : KIS_ORDER_CALLS[`us${what}`];
}

/** The exchange and the ticker of a US stock, as order calls name them. */
export function orderedStock({ symbol }: KisOrderIntent): {
  readonly OVRS_EXCG_CD: string;
  readonly PDNO: string;
} {
  const [exchange = '', ticker = ''] = symbol.split(':');
  return { OVRS_EXCG_CD: ORDER_EXCHANGES[exchange] ?? exchange, PDNO: ticker };
}

import { type DomesticStock, domesticStock } from '../market/domestic-stocks';
import { type Fields } from '../message';
import { type Answer, invalidField, serviceRefusal, tradingRefusal } from '../uapi/answer';
import { type Side } from './order';
import { type KoreanExchange, type OrderType, orderType } from './order-types';

/** A domestic order as its fields say it. */
export interface KoreanRequest {
  readonly stock: DomesticStock;
  readonly side: Side;
  readonly exchange: KoreanExchange;
  readonly type: OrderType;
  readonly quantity: number;
  readonly price: number;
  readonly trigger: number;
}

const LONGEST_NUMBER = 15;

/** Reads type, quantity and price of a new order or of a modification. */
export function readTerms(
  fields: Fields,
): Pick<KoreanRequest, 'exchange' | 'type' | 'quantity' | 'price' | 'trigger'> | Answer {
  const exchange = exchangeOf(fields);
  if (exchange === null) return invalidField('EXCG_ID_DVSN_CD');
  const type = orderType(fields.get('ORD_DVSN'));
  if (!type) return tradingRefusal('APBK0963');
  const [quantity, price] = [wholeNumber(fields.get('ORD_QTY')), wholeNumber(fields.get('ORD_UNPR'))];
  if (quantity === null || price === null) return wrongLength();
  const trigger = wholeNumber(fields.get('CNDT_PRIC'));
  if (type.pricing === 'stopLimit' && !trigger) return missing('CNDT_PRIC');
  return { exchange, type, quantity, price, trigger: type.pricing === 'stopLimit' ? (trigger ?? 0) : 0 };
}

export function readStock(fields: Fields): DomesticStock | Answer {
  return domesticStock(fields.get('PDNO')) ?? tradingRefusal('APBK0656');
}

/** EXCG_ID_DVSN_CD; nothing means KRX. */
export function exchangeOf(fields: Fields): KoreanExchange | null {
  const code = fields.get('EXCG_ID_DVSN_CD').trim();
  if (code === '' || code === 'KRX') return 'KRX';
  return code === 'NXT' || code === 'SOR' ? code : null;
}

/** A number as text, the form of all numbers at KIS; empty means zero. */
export function wholeNumber(text: string): number | null {
  if (text.trim() === '') return 0;
  return /^\d+$/.test(text) && text.length <= LONGEST_NUMBER ? Number(text) : null;
}

function wrongLength(): Answer {
  return serviceRefusal('2', 'OPSQ2002', 'ERROR : INPUT INVALID_CHECK_FIELD_LENGTH');
}

function missing(name: string): Answer {
  return serviceRefusal('2', 'OPSQ2001', `ERROR : INPUT FIELD NOT FOUND [${name}]`);
}

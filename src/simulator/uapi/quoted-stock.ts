import { type DomesticStock, domesticStock } from '../market/domestic-stocks';
import { type KoreanVenue, VENUES } from '../market/korean-prices';
import { isAtNextrade } from '../market/korean-sessions';
import { type Answer, invalidField } from './answer';
import { type Inquiry } from './service';

/** The subject of a quotation. */
export interface Quoted {
  readonly venue: KoreanVenue;
  readonly symbol: string;
  /** Null for an unknown symbol, or one that the venue does not trade. */
  readonly stock: DomesticStock | null;
}

/** Reads FID_COND_MRKT_DIV_CODE and FID_INPUT_ISCD, which all domestic quotations share. */
export function quotedStock({ call, fields }: Inquiry): Quoted | Answer {
  const venue = VENUES[fields.get('FID_COND_MRKT_DIV_CODE')];
  if (venue === undefined) return invalidField('MRKT_DIV_CODE');
  const symbol = fields.get('FID_INPUT_ISCD');
  const known = domesticStock(symbol);
  const isTraded = known !== undefined && (venue !== 'NXT' || isAtNextrade(known, call.at));
  return { venue, symbol, stock: isTraded ? known : null };
}

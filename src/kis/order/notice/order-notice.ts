/** A notice of KIS about an order (실시간체결통보): the fields that domestic and foreign notices share. */
export interface KisOrderNotice {
  readonly market: 'domestic' | 'us' | 'overseas';
  /** Ten digits. One HTS id receives the notices of all its accounts. */
  readonly accountNumber: string;
  readonly orderNumber: string;
  /** The order that a modification or cancellation is about; `null` for a new one. */
  readonly originalNumber: string | null;
  readonly event: 'received' | 'filled' | 'modified' | 'cancelled' | 'rejected';
  /** What was ordered: a new order, or a change of one. */
  readonly action: 'new' | 'modify' | 'cancel';
  readonly side: 'buy' | 'sell';
  readonly symbol: string;
  /** Of a fill: what was filled; otherwise what was ordered. */
  readonly quantity: string;
  readonly price: string;
  /** HHMMSS in Korea; `null` where the exchange sends none. */
  readonly timeOfDay: string | null;
  /** KIS's code of the order type (ORD_DVSN); domestic only. */
  readonly divisionCode: string | null;
}

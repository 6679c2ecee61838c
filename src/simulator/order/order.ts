import { type DomesticStock } from '../market/domestic-stocks';
import { type OverseasStock } from '../market/overseas-stocks';
import { type KisHost } from '../message';

export type Side = 'buy' | 'sell';

/** A modification or a cancellation is an order of its own, which names the one that it changes. */
export type Action = 'new' | 'modify' | 'cancel';

/** What an event does to shares of an order. */
export type OrderEventKind =
  | 'filled'
  | 'cancelled'
  /** Taken over by a modification. */
  | 'moved'
  /** Refused by the exchange, after KIS had accepted the order. */
  | 'rejected'
  /** Left over at the end of its session. */
  | 'expired';

/** Something that has become of shares of an order. The order file has these names. */
export interface OrderEvent {
  readonly at: number;
  readonly fate: OrderEventKind;
  readonly quantity: number;
  readonly price: number;
}

export interface OrderFacts {
  /** Brokerage time at which it reached the book, in epoch milliseconds. */
  readonly at: number;
  readonly host: KisHost;
  readonly trId: string;
  /** Account number and product code: "50112345-01". */
  readonly account: string;
  readonly action: Action;
  readonly side: Side;
  readonly stock: DomesticStock | OverseasStock;
  /** KRX, NXT or SOR; the exchange's code for stocks of other countries. */
  readonly exchange: string;
  /** Sent through the daytime session of the United States. */
  readonly isDaytime: boolean;
  /** ORD_DVSN */
  readonly type: string;
  /** 0 where the type has none. */
  readonly price: number;
  /** CNDT_PRIC of a stop order; 0 elsewhere. */
  readonly trigger: number;
  readonly quantity: number;
  /** The order that it changes; null for a new one. */
  readonly original: Order | null;
}

export function isDomestic(stock: DomesticStock | OverseasStock): stock is DomesticStock {
  return 'market' in stock;
}

/** One order in the book. Its events are only ever appended to. */
export class Order {
  private readonly recorded: OrderEvent[] = [];
  /** The stop price has been reached. */
  isTriggered = false;
  /** Its price where the type leaves that to the market: best price, middle price. */
  boundPrice: number | null = null;

  constructor(
    readonly facts: OrderFacts,
    /** ODNO: ten digits, unique for branch and day. */
    readonly number: string,
    /** Branch that gave the number (KRX_FWDG_ORD_ORGNO, ord_gno_brno). */
    readonly branch: string,
    /** Day of the number in Korea: "20261123". */
    readonly date: string,
  ) {}

  get events(): readonly OrderEvent[] {
    return this.recorded;
  }

  /** @throws RangeError for more shares than are left: a mistake of the simulator. */
  record(event: OrderEvent): void {
    if (event.quantity > this.remaining()) {
      throw new RangeError(
        `Order ${this.number} has ${this.remaining()} shares left, not ${event.quantity}.`,
      );
    }
    this.recorded.push(event);
  }

  /** Shares with events of this kind, as they were known at a time. */
  count(kind: OrderEventKind, asOf = Number.POSITIVE_INFINITY): number {
    return this.recorded
      .filter(({ fate, at }) => fate === kind && at <= asOf)
      .reduce((sum, { quantity }) => sum + quantity, 0);
  }

  /** Money of its fills. */
  amount(asOf = Number.POSITIVE_INFINITY): number {
    return this.recorded
      .filter(({ fate, at }) => fate === 'filled' && at <= asOf)
      .reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  }

  /** Shares that may still be filled. A cancellation has none: it is done when it is accepted. */
  remaining(asOf = Number.POSITIVE_INFINITY): number {
    if (this.facts.action === 'cancel') return 0;
    return this.recorded
      .filter(({ at }) => at <= asOf)
      .reduce((left, { quantity }) => left - quantity, this.facts.quantity);
  }
}

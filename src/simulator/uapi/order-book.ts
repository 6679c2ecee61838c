import { type KisHost } from '../message';

/** An order the brokerage has accepted, and thereby executed once. */
export interface ExecutedOrder {
  readonly at: number;
  readonly host: KisHost;
  readonly trId: string;
  readonly side: 'buy' | 'sell';
  readonly accountNumber: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly price: string;
  /** ODNO of the answer */
  readonly orderNumber: string;
}

const NUMBER_LENGTH = 10;

/** Counts executions: an order that a client sends twice is here twice. */
export class OrderBook {
  private readonly executed: ExecutedOrder[] = [];

  get all(): readonly ExecutedOrder[] {
    return this.executed;
  }

  execute(order: Omit<ExecutedOrder, 'orderNumber'>): ExecutedOrder {
    const orderNumber = String(this.executed.length + 1).padStart(NUMBER_LENGTH, '0');
    const executed = { ...order, orderNumber };
    this.executed.push(executed);
    return executed;
  }

  clear(): void {
    this.executed.length = 0;
  }
}

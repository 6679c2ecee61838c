import { KisError } from '../../../src/kis/kis.errors';
import { KisOrderRejectedError } from '../../../src/kis/order/kis-order.errors';
import type { KisPlacedOrder } from '../../../src/kis/order/kis-order.service';
import type { KisOrderRequest } from '../../../src/kis/order/order-intent';
import { BAD_TIMES_MS, SECOND, type OrderInstance, type OrderSimulation } from './order-simulation';

/** What a caller wants of KIS, and what it was told about it. */
export interface Wish {
  readonly id: string;
  readonly request: KisOrderRequest;
  attempts: number;
  isDone: boolean;
}

/** What a caller was told, to be checked against the truth. */
export interface OrderWitness {
  placed(id: string, order: KisPlacedOrder['order']): void;
  rejected(id: string): void;
  failed(id: string, error: unknown): void;
}

const MOST_ATTEMPTS = 12;
const QUANTITIES = ['10', '20'];
const PRICES = ['70000', '69900'];

/** Impatient callers who repeat under the same id, in the same process or in another, and change or cancel what they have got. */
export class OrderWorkload {
  orders = 0;
  failures = 0;

  constructor(
    private readonly simulation: OrderSimulation,
    private readonly witness: OrderWitness,
  ) {}

  plan(): void {
    const { scheduler, random } = this.simulation;
    const count = random.whole(3, 9);
    for (let index = 1; index <= count; index += 1) {
      scheduler.after(random.between(0, BAD_TIMES_MS * 0.8), () => {
        this.attempt(this.wish(`order-${index}`));
      });
    }
    if (random.happens(0.3)) this.planSwitch();
    if (random.happens(0.3)) this.planMarket();
  }

  private planSwitch(): void {
    const { scheduler, random } = this.simulation;
    let at = 0;
    for (const enabled of [false, true]) {
      at += random.between(1, BAD_TIMES_MS / 3);
      scheduler.after(at, () => {
        void this.simulation
          .anyAlive()
          ?.journal.setTrading(enabled)
          .catch(() => undefined);
      });
    }
  }

  /** Somebody sells what is bought, and the exchange refuses some orders. */
  private planMarket(): void {
    const { scheduler, random, book } = this.simulation;
    for (let at = SECOND; at < BAD_TIMES_MS; at += random.between(1, 10) * SECOND) {
      scheduler.after(at, () => {
        const open = book.orders.filter((order) => order.open > 0);
        if (open.length === 0) return;
        const order = random.oneOf(open);
        if (random.happens(0.9)) book.fill(order);
        else if (order.filled === 0) book.reject(order);
      });
    }
  }

  private wish(id: string): Wish {
    const { random } = this.simulation;
    const quantity = random.oneOf(QUANTITIES);
    const price = random.oneOf(PRICES);
    const request = { symbol: '005930', side: 'buy', type: 'limit', quantity, price } as const;
    return { id, request, attempts: 0, isDone: false };
  }

  /** Until it is told what became of the order; it repeats also while an earlier attempt is under way. */
  private attempt(wish: Wish): void {
    const { scheduler, random } = this.simulation;
    if (wish.isDone || wish.attempts >= MOST_ATTEMPTS) return;
    wish.attempts += 1;
    const instance = this.simulation.anyAlive();
    const again = onlyOnce(() => {
      scheduler.after(random.between(0.05, 4) * SECOND, () => {
        this.attempt(wish);
      });
    });
    if (instance) void this.place(instance, wish).finally(again);
    // A client gives up, and the process may be dead.
    scheduler.after(random.between(0.5, 20) * SECOND, again);
  }

  private async place({ orders }: OrderInstance, wish: Wish): Promise<void> {
    const { simulation, witness } = this;
    const { id: clientOrderId, request } = wish;
    const waitMs = simulation.random.oneOf([0, 0, 2, 10]) * SECOND;
    try {
      const { order } = await orders.place(simulation.account, request, { clientOrderId, waitMs });
      witness.placed(clientOrderId, order);
      if (order.status === 'unknown' || order.status === 'sending' || wish.isDone) return;
      wish.isDone = true;
      this.orders += 1;
      if (order.status === 'accepted') this.planChange(clientOrderId);
    } catch (error) {
      if (error instanceof KisOrderRejectedError) {
        wish.isDone = true;
        witness.rejected(clientOrderId);
      } else this.failed(clientOrderId, error);
    }
  }

  private planChange(id: string): void {
    const { scheduler, random } = this.simulation;
    if (random.happens(0.5)) return;
    const modifies = random.happens(0.4);
    const repeats = random.whole(1, 3);
    for (let count = 0; count < repeats; count += 1) {
      scheduler.after(random.between(0, 10) * SECOND, () => {
        const instance = this.simulation.anyAlive();
        if (instance) void this.change(instance, id, modifies);
      });
    }
  }

  private async change({ orders }: OrderInstance, id: string, modifies: boolean): Promise<void> {
    const { account } = this.simulation;
    try {
      if (!modifies) await orders.cancel(account, id);
      else {
        const clientOrderId = `${id}-changed`;
        const { order } = await orders.modify(account, id, { price: '69000' }, { clientOrderId });
        this.witness.placed(clientOrderId, order);
      }
    } catch (error) {
      if (!(error instanceof KisOrderRejectedError)) this.failed(id, error);
    }
  }

  private failed(id: string, error: unknown): void {
    this.failures += 1;
    if (error instanceof KisError) this.witness.failed(id, error);
    else this.simulation.history.violated(`the caller of ${id} got ${String(error)}`);
  }
}

function onlyOnce(run: () => void): () => void {
  let done = false;
  return () => {
    if (!done) run();
    done = true;
  };
}

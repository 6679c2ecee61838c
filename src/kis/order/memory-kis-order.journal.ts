import type { KisClock } from '../clock';
import { KisOrderJournal, type TradingSwitch } from './kis-order.journal';
import { decideOpening, type KisOrderCaps, type OpeningDecision } from './order-opening';
import { isUnsettled, type OrderRecord } from './order-record';

/** A journal that ends with the process: for tests, and for programs that keep their tokens in memory, too. */
export class MemoryKisOrderJournal extends KisOrderJournal {
  private readonly records = new Map<string, OrderRecord>();
  private switch: TradingSwitch = { enabled: true, changedAt: null };

  constructor(private readonly clock: KisClock) {
    super();
  }

  open(wanted: OrderRecord, caps: KisOrderCaps): Promise<OpeningDecision> {
    const decision = decideOpening(wanted, {
      records: this.of(wanted.account).filter((each) => each.day === wanted.day || isUnsettled(each)),
      stopped: !this.switch.enabled,
      caps,
      now: this.clock.now(),
    });
    if (decision.kind === 'opened') this.records.set(keyOf(wanted), wanted);
    return Promise.resolve(decision);
  }

  write(record: OrderRecord): Promise<boolean> {
    const current = this.records.get(keyOf(record));
    const isNext = current?.version === record.version - 1;
    if (isNext) this.records.set(keyOf(record), record);
    return Promise.resolve(isNext);
  }

  find(account: string, day: string, clientOrderId: string): Promise<OrderRecord | null> {
    return Promise.resolve(this.records.get(keyOf({ account, day, clientOrderId })) ?? null);
  }

  list(account: string, from: string, to: string): Promise<OrderRecord[]> {
    return Promise.resolve(this.of(account).filter(({ day }) => day >= from && day <= to));
  }

  unsettled(account: string): Promise<OrderRecord[]> {
    return Promise.resolve(this.of(account).filter(isUnsettled));
  }

  trading(): Promise<TradingSwitch> {
    return Promise.resolve(this.switch);
  }

  setTrading(enabled: boolean): Promise<TradingSwitch> {
    this.switch = { enabled, changedAt: new Date(this.clock.now()) };
    return Promise.resolve(this.switch);
  }

  private of(account: string): OrderRecord[] {
    return [...this.records.values()]
      .filter((each) => each.account === account)
      .sort((one, other) => one.createdAt - other.createdAt);
  }
}

function keyOf({
  account,
  day,
  clientOrderId,
}: Pick<OrderRecord, 'account' | 'day' | 'clientOrderId'>): string {
  return [account, day, clientOrderId].join(' ');
}

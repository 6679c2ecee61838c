import { PermitBook, type WaitingOrders } from './permit-book';

/** A book as it is stored. */
interface BookRecord {
  /** The origin of its times: a boot or a process. */
  readonly era: string;
  readonly arrivals: readonly (readonly [string, number])[];
  readonly owners: readonly (readonly [string, number])[];
  /** Process, number, end; left out while no orders wait, as it is nearly always. */
  readonly orders?: readonly (readonly [string, number, number])[];
}

/** @param era identifies the clock of the book; books of another clock are void. */
export function encodePermits({ arrivals, owners, orders }: PermitBook, era: string): string {
  const record: BookRecord = { era, arrivals: [...arrivals], owners: [...owners] };
  if (orders.size === 0) return JSON.stringify(record);
  const waiting = [...orders].map(([owner, { count, until }]) => [owner, count, until] as const);
  return JSON.stringify({ ...record, orders: waiting } satisfies BookRecord);
}

/** @returns `null` for anything else. */
export function decodePermits(text: string, era: string): PermitBook | null {
  try {
    const record = JSON.parse(text) as Partial<Record<keyof BookRecord, unknown>>;
    const [arrivals, owners] = [timesIn(record.arrivals), timesIn(record.owners)];
    const orders = record.orders === undefined ? new Map<string, WaitingOrders>() : ordersIn(record.orders);
    if (typeof record.era !== 'string' || arrivals === null || owners === null || orders === null)
      return null;
    return record.era === era ? new PermitBook(arrivals, owners, orders) : new PermitBook();
  } catch {
    return null;
  }
}

/** Times by name; `null` when it contains anything else, such as a time that would never end or never count. */
function timesIn(value: unknown): Map<string, number> | null {
  if (!Array.isArray(value)) return null;
  const times = new Map<string, number>();
  for (const [name, at] of value as [unknown, unknown][]) {
    if (typeof name !== 'string' || typeof at !== 'number') return null;
    times.set(name, at);
  }
  return times;
}

function ordersIn(value: unknown): Map<string, WaitingOrders> | null {
  if (!Array.isArray(value)) return null;
  const orders = new Map<string, WaitingOrders>();
  for (const [owner, count, until] of value as [unknown, unknown, unknown][]) {
    if (typeof owner !== 'string' || typeof count !== 'number' || typeof until !== 'number') return null;
    if (!(count > 0)) return null;
    orders.set(owner, { count, until });
  }
  return orders;
}

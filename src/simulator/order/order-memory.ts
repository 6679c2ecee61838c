import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { domesticStock } from '../market/domestic-stocks';
import { overseasStock } from '../market/overseas-stocks';
import { Order, type OrderEvent, type OrderFacts } from './order';

/** Beyond this the file starts over. */
const LARGEST_BYTES = 5_000_000;

type StoredFacts = Omit<OrderFacts, 'stock' | 'original'> & {
  readonly symbol: string;
  readonly original: string | null;
};

type Line =
  | { readonly order: string; readonly facts: StoredFacts }
  | { readonly order: string; readonly happening: OrderEvent };

/**
 * Orders in a file, so that a brokerage knows them after a restart, even after a kill: one line for each order and for each
 * event of one, written at once. Where the file cannot be written, orders end with the process.
 */
export class OrderMemory {
  /** Tells this file from others, without saying where it is. */
  readonly name: string;

  constructor(private readonly path: string) {
    this.name = createHash('sha256').update(path).digest('hex').slice(0, 12);
  }

  /** All that is known, in order. What cannot be read is left out: a line that a kill has cut off, or a stock that is gone. */
  recall(): Order[] {
    const orders = new Map<string, Order>();
    for (const line of this.lines()) {
      const known = orders.get(line.order);
      if ('happening' in line) known?.record(line.happening);
      else if (!known) {
        const order = restored(line, orders);
        if (order) orders.set(line.order, order);
      }
    }
    return [...orders.values()];
  }

  entered(order: Order): void {
    const { stock, original, ...facts } = order.facts;
    const stored = { ...facts, symbol: stock.symbol, original: original && nameOf(original) };
    this.append({ order: nameOf(order), facts: stored });
  }

  recorded(order: Order, event: OrderEvent): void {
    this.append({ order: nameOf(order), happening: event });
  }

  clear(): void {
    this.attempt(() => {
      writeFileSync(this.path, '', { mode: 0o600 });
    });
  }

  private lines(): Line[] {
    let text = '';
    this.attempt(() => {
      text = readFileSync(this.path, 'utf8');
    });
    if (text.length > LARGEST_BYTES) {
      this.clear();
      return [];
    }
    return text.split('\n').flatMap(lineIn);
  }

  /** The line break comes first: the line before may have been cut off. */
  private append(line: Line): void {
    this.attempt(() => {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      appendFileSync(this.path, `\n${JSON.stringify(line)}`, { mode: 0o600 });
    });
  }

  private attempt(work: () => void): void {
    try {
      work();
    } catch {
      // Without a memory it goes on as a brokerage that has just been opened.
    }
  }
}

/** Unique for all time: numbers are for a branch and a day. */
function nameOf({ branch, date, number }: Order): string {
  return `${branch} ${date} ${number}`;
}

function restored(
  { order, facts }: Extract<Line, { facts: unknown }>,
  orders: ReadonlyMap<string, Order>,
): Order | null {
  const { symbol, original, ...others } = facts;
  const stock = domesticStock(symbol) ?? overseasStock(others.exchange, symbol);
  const [branch = '', date = '', number = ''] = order.split(' ');
  if (!stock) return null;
  const changed = original === null ? null : (orders.get(original) ?? null);
  return new Order({ ...others, stock, original: changed }, number, branch, date);
}

function lineIn(text: string): Line[] {
  try {
    return [JSON.parse(text) as Line];
  } catch {
    return [];
  }
}

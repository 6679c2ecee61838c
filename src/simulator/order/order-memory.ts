import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { domesticStock } from '../market/domestic-stocks';
import { overseasStock } from '../market/overseas-stocks';
import { Order, type OrderEvent, type OrderFacts } from './order';

/** Beyond this the file starts over. */
const LARGEST_BYTES = 5_000_000;
/** A FIFO in place of the file must not block the process until its other end is opened. Windows lacks the flag. */
const { O_NONBLOCK = 0 } = constants as { O_NONBLOCK?: number };

type StoredFacts = Omit<OrderFacts, 'stock' | 'original'> & {
  readonly symbol: string;
  readonly original: string | null;
};

type Line =
  | { readonly order: string; readonly facts: StoredFacts }
  | { readonly order: string; readonly happening: OrderEvent };

/**
 * Keeps orders in a file, so that the brokerage still has them after a restart or a kill: one line for each order and
 * each of its events, written at once. If the file cannot be written, orders end with the process.
 */
export class OrderMemory {
  /** Identifies this file without revealing its path. */
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
    this.withFile(constants.O_WRONLY | constants.O_CREAT, (file) => {
      ftruncateSync(file);
    });
  }

  private lines(): Line[] {
    let lines: Line[] = [];
    this.withFile(constants.O_RDONLY, (file) => {
      if (fstatSync(file).size > LARGEST_BYTES) this.clear();
      else lines = readFileSync(file, 'utf8').split('\n').flatMap(lineIn);
    });
    return lines;
  }

  /** The line break comes first: the line before may have been cut off. */
  private append(line: Line): void {
    this.withFile(constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, (file) => {
      writeFileSync(file, `\n${JSON.stringify(line)}`);
    });
  }

  private withFile(flags: number, work: (file: number) => void): void {
    let file: number | null = null;
    try {
      if (flags & constants.O_CREAT) mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      file = openSync(this.path, flags | O_NONBLOCK, 0o600);
      if (fstatSync(file).isFile()) work(file);
    } catch {
      // Without a memory it goes on as a brokerage that has just been opened.
    } finally {
      if (file !== null) closeSync(file);
    }
  }
}

/** Unique across days and branches, which order numbers alone are not. */
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

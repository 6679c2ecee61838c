import { createInterface } from 'node:readline';
import { SystemKisClock } from '../../src/kis/clock';
import { FileOrderLedger } from '../../src/kis/order/journal/file-order-ledger';
import { KisOrderJournal } from '../../src/kis/order/journal/kis-order.journal';
import type { OrderLedger } from '../../src/kis/order/journal/order-ledger';
import type { KisOrderCaps } from '../../src/kis/order/order-caps';
import type { OrderRecord } from '../../src/kis/order/journal/order-record';
import { KisRedis } from '../../src/kis/redis/kis-redis';
import { RedisAddress } from '../../src/kis/redis/redis-address';
import { RedisOrderLedger } from '../../src/kis/order/journal/redis-order-ledger';

/** A process that writes to the order journal together with others. */

/** Where a process keeps its orders. */
export type JournalPlace = { readonly directory: string } | { readonly redisUrl: string };

/** What a process is to do with its journal; each is answered with one line, but `admit` with one for each record. */
export type JournalOrder =
  | { readonly admit: readonly OrderRecord[]; readonly caps: KisOrderCaps }
  | { readonly write: OrderRecord }
  | { readonly trading: boolean }
  | { readonly list: string; readonly of: string };

async function openLedger(place: JournalPlace): Promise<OrderLedger> {
  if ('directory' in place) return new FileOrderLedger(place.directory, new SystemKisClock());
  return new RedisOrderLedger(await KisRedis.open(new RedisAddress({ url: place.redisUrl })));
}

function say(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function carryOut(journal: KisOrderJournal, order: JournalOrder): Promise<void> {
  if ('admit' in order) {
    for (const record of order.admit) say((await journal.admit(record, order.caps)).kind);
  } else if ('write' in order) say(await journal.write(order.write));
  else if ('trading' in order) say((await journal.setTrading(order.trading)).enabled);
  else say((await journal.list(order.of, order.list, order.list)).map(({ clientOrderId }) => clientOrderId));
}

async function main(): Promise<void> {
  const place = JSON.parse(process.argv[2] ?? '') as JournalPlace;
  const journal = new KisOrderJournal(await openLedger(place), new SystemKisClock());
  say('ready');
  for await (const line of createInterface(process.stdin)) {
    await carryOut(journal, JSON.parse(line) as JournalOrder);
  }
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);

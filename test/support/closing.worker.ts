import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { SystemKisClock } from '../../src/kis/clock';
import { FileOrderLedger } from '../../src/kis/order/journal/file-order-ledger';

/** A process that closes ledgers while their threads are busy. */

export interface ClosingTask {
  readonly directory: string;
  readonly rounds: number;
}

const SCOPE = 'orders';
/** The thread opens the database, and reads it, within these. */
const LONGEST_MS = 60;

/** Ledgers that are closed while their threads are busy. */
async function main(): Promise<void> {
  const { directory, rounds } = JSON.parse(process.argv[2] ?? '') as ClosingTask;
  const clock = new SystemKisClock();
  const first = new FileOrderLedger(directory, clock);
  await first.write({ ledger: '', expected: [{ scope: SCOPE, revision: 0 }], scope: SCOPE, entries: [] });
  first.onApplicationShutdown();
  const close = async (): Promise<void> => {
    const ledger = new FileOrderLedger(directory, clock);
    const reads = Array.from({ length: 60 }, () => ledger.read({ scope: SCOPE }).catch(() => undefined));
    await delay(randomInt(LONGEST_MS));
    ledger.onApplicationShutdown();
    await Promise.all(reads);
  };
  for (let round = 0; round < rounds; round += 1) await Promise.all([close(), close(), close()]);
  process.stdout.write('"closed"\n');
}

void main();

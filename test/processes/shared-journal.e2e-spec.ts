import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KisOrderCaps } from '../../src/kis/order/order-caps';
import type { OrderRecord } from '../../src/kis/order/journal/order-record';
import type { JournalOrder, JournalPlace } from '../support/journal.worker';
import { orderRecord } from '../support/kis/order-samples';
import { describeWithRedis, RedisServer } from '../support/redis-server';
import { removeDirectory } from '../support/remove-directory';
import { WorkerHost, type Worker } from '../support/workers';

const PROCESSES = 3;
const ORDERS = 8;
const NO_CAPS: KisOrderCaps = { maxAmount: null, dailyMaxAmount: null, maxPerMinute: null };

/** What holds for the journal when real processes use it at the same time, wherever it is kept. */
function describeSharedJournal(name: string, openPlace: () => Promise<Place>): void {
  describe(`the journal of orders that ${PROCESSES} processes share, ${name}`, () => {
    let workerHost: WorkerHost;
    let place: Place;
    let workers: Worker[];
    let account: string;
    let accounts = 0;

    beforeAll(async () => {
      workerHost = new WorkerHost();
      place = await openPlace();
      workers = await Promise.all(Array.from({ length: PROCESSES }, start));
    });

    beforeEach(() => {
      account = `account-${(accounts += 1)}`;
    });

    afterAll(async () => {
      await workerHost.close();
      await place.remove();
    });

    /** Orders of 700,000 won that differ, so that none waits for another. */
    function different(index: number): OrderRecord {
      const intent = { ...orderRecord().intent, quantity: String(index + 1) };
      return orderRecord({ account, clientOrderId: `order-${index}`, intent });
    }

    async function start(): Promise<Worker> {
      const worker = workerHost.start('journal.worker', place.of);
      expect(await worker.next()).toBe('ready');
      return worker;
    }

    async function answerTo<T>(worker: Worker | undefined, order: JournalOrder): Promise<T | null> {
      worker?.order(order);
      return (await worker?.next<T>()) ?? null;
    }

    async function admitted(
      worker: Worker | undefined,
      records: readonly OrderRecord[],
      caps = NO_CAPS,
    ): Promise<(string | null)[]> {
      worker?.order({ admit: records, caps } satisfies JournalOrder);
      const kinds: (string | null)[] = [];
      for (let count = 0; count < records.length; count += 1)
        kinds.push((await worker?.next<string>()) ?? null);
      return kinds;
    }

    it('tells exactly one of them to send an order', async () => {
      const records = Array.from({ length: ORDERS }, (_, index) => different(index));
      const kinds = await Promise.all(workers.map((worker) => admitted(worker, records)));
      for (const index of records.keys()) {
        const each = kinds.map((all) => all[index]).sort();
        expect(each).toEqual(['admitted', ...Array.from({ length: PROCESSES - 1 }, () => 'repeated')]);
      }
    });

    it('lets one of several equal orders pass, and the next one after its outcome', async () => {
      const equal = workers.map((_, index) => orderRecord({ account, clientOrderId: `equal-${index}` }));
      const kinds = await Promise.all(
        workers.map(async (worker, index) => (await admitted(worker, equal.slice(index, index + 1)))[0]),
      );
      const first = kinds.indexOf('admitted');
      expect(kinds.filter((kind) => kind === 'equal-unsettled')).toHaveLength(PROCESSES - 1);
      const next = (first + 1) % PROCESSES;
      const accepted = { ...orderRecord(equal[first]), outcome: 'accepted', version: 2 } as const;
      expect(await answerTo(workers[next], { write: accepted })).toBe(true);
      expect(await answerTo(workers[first], { write: accepted })).toBe(false);
      expect(await admitted(workers[next], equal.slice(next, next + 1))).toEqual(['admitted']);
    });

    it('counts the caps over all of them', async () => {
      const caps = { ...NO_CAPS, dailyMaxAmount: '3500000' };
      const kinds = await Promise.all(
        workers.map((worker, index) =>
          admitted(worker, [different(2 * index), different(2 * index + 1)], caps),
        ),
      );
      expect(kinds.flat().sort()).toEqual([
        'admitted',
        'admitted',
        'admitted',
        'admitted',
        'admitted',
        'capped',
      ]);
    });

    it('stops all of them by the switch of one', async () => {
      for (const [index, worker] of workers.entries())
        expect(await admitted(worker, [different(index)])).toEqual(['admitted']);
      const [first, ...others] = workers;
      expect(await answerTo(first, { trading: false })).toBe(false);
      for (const [index, worker] of others.entries())
        expect(await admitted(worker, [different(PROCESSES + index)])).toEqual(['trading-stopped']);
      expect(await answerTo(others[0], { trading: true })).toBe(true);
      expect(await admitted(first, [different(2 * PROCESSES)])).toEqual(['admitted']);
    });

    it('keeps what a process has admitted before it is killed', async () => {
      const records = Array.from({ length: 20 * ORDERS }, (_, index) => different(index));
      const [victim, other] = [await start(), workers[0]];
      victim.order({ admit: records, caps: NO_CAPS } satisfies JournalOrder);
      for (let count = 0; count < ORDERS; count += 1) expect(await victim.next()).toBe('admitted');
      await victim.kill();
      const { day } = orderRecord();
      const listed = await answerTo<string[]>(other, { list: day, of: account });
      const ids = records.map(({ clientOrderId }) => clientOrderId);
      expect(listed).toEqual(expect.arrayContaining(ids.slice(0, ORDERS)));
      // A repetition of any of them sends nothing.
      expect(await admitted(other, records.slice(0, ORDERS))).toEqual(
        ids.slice(0, ORDERS).map(() => 'repeated'),
      );
    });
  });
}

interface Place {
  readonly of: JournalPlace;
  remove(): Promise<void>;
}

describeSharedJournal('in a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kis-shared-journal-'));
  return Promise.resolve({
    of: { directory },
    remove: () => {
      removeDirectory(directory);
      return Promise.resolve();
    },
  });
});

describeWithRedis('with a server', () => {
  describeSharedJournal('in Redis', async () => {
    const server = await RedisServer.start({ durable: true });
    return { of: { redisUrl: server.url }, remove: () => server.stop() };
  });
});

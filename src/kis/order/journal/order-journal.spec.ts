import { Logger } from '@nestjs/common';
import Database from 'libsql';
import { mkdirSync, mkdtempSync, statSync, rmSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemKisClock } from '../../clock';
import { describeOrderJournal } from './order-journal.contract';
import { orderRecord } from '../../../../test/support/kis/order-samples';
import { removeDirectory } from '../../../../test/support/remove-directory';
import { FileOrderLedger } from './file-order-ledger';
import { KisOrderJournal } from './kis-order.journal';
import { MemoryOrderLedger } from './memory-order-ledger';

const NO_CAPS = { maxAmount: null, dailyMaxAmount: null, maxPerMinute: null };

describeOrderJournal('in memory', () => {
  const ledger = new MemoryOrderLedger();
  return Promise.resolve({ another: () => ledger, remove: () => Promise.resolve() });
});

describeOrderJournal('in a file', () => {
  const files = new LedgerFiles();
  return Promise.resolve({
    another: () => files.another(),
    remove: () => {
      files.remove();
      return Promise.resolve();
    },
  });
});

describe('FileOrderLedger', () => {
  let files: LedgerFiles;

  beforeEach(() => {
    files = new LedgerFiles();
  });

  afterEach(() => {
    jest.restoreAllMocks();
    files.remove();
  });

  const journal = (): KisOrderJournal => new KisOrderJournal(files.another(), new SystemKisClock());

  it('is for its user only, whatever the umask', async () => {
    await journal().admit(orderRecord(), NO_CAPS);
    expect(statSync(files.directory).mode & 0o777).toBe(0o700);
    for (const file of [files.path, `${files.path}-journal`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('gives an order back that was written before the file was deleted', async () => {
    const [one, other] = [journal(), journal()];
    await one.admit(orderRecord(), NO_CAPS);
    await one.setTrading(false);
    rmSync(files.path);
    const second = await one.admit(orderRecord({ clientOrderId: 'second' }), NO_CAPS);
    expect(second.kind).toBe('equal-unsettled');
    await expect(other.admit(orderRecord(), NO_CAPS)).resolves.toMatchObject({ kind: 'repeated' });
    await expect(other.trading()).resolves.toMatchObject({ enabled: false });
  });

  it('refuses a damaged file, says what to do, and leaves it as it is', async () => {
    await journal().admit(orderRecord(), NO_CAPS);
    const bytes = readFileSync(files.path);
    bytes.fill(0xa5, 4096);
    writeFileSync(files.path, bytes);
    await expect(journal().admit(orderRecord(), NO_CAPS)).rejects.toMatchObject({
      code: 'ORDER_JOURNAL_FAILED',
      message: expect.stringMatching(/orders\.db cannot be used: it is damaged\. Compare/) as string,
    });
    expect(readFileSync(files.path)).toEqual(bytes);
  });

  it('reports once that a journal is gone, and which switches went with it', async () => {
    const warnings = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    await journal().trading();
    await journal().setTrading(false);
    await journal().trading();
    expect(warnings).not.toHaveBeenCalled();

    for (const file of [files.path, `${files.path}-journal`]) rmSync(file);
    const later = journal();
    const reads = [later.trading(), later.unsettled('account')];
    // Before anybody is told what a journal says that knows nothing.
    await Promise.race(reads);
    expect(warnings).toHaveBeenCalledTimes(1);
    await Promise.all(reads);
    expect(warnings.mock.calls).toEqual([[expect.stringMatching(/no order journal .*orders\.db any more/)]]);

    await later.setTrading(true);
    await journal().trading();
    expect(warnings).toHaveBeenCalledTimes(1);
  });

  it('reports it before any read is answered, because the process may end after the first one', async () => {
    await journal().setTrading(false);
    for (const file of [files.path, `${files.path}-journal`]) rmSync(file);
    const events: string[] = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => events.push('reported'));
    const later = journal();
    const reads = [later.trading(), later.unsettled('account')];
    await Promise.all(reads.map((read) => read.then(() => events.push('answered'))));
    expect(events).toEqual(['reported', 'answered', 'answered']);
  });

  it('reports it also when nothing but a copy under another name tells of the journal', async () => {
    const warnings = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    mkdirSync(files.directory, { mode: 0o700 });
    writeFileSync(`${files.path}.damaged`, 'x', { mode: 0o600 });
    await journal().trading();
    expect(warnings).toHaveBeenCalledTimes(1);
  });

  it('begins a journal where the old one was moved away and left the traces of a crash', async () => {
    await journal().admit(orderRecord(), NO_CAPS);
    const crashing = new Database(files.path);
    crashing.exec('PRAGMA journal_mode = PERSIST; PRAGMA cache_size = 1; BEGIN IMMEDIATE');
    const spill = crashing.prepare(
      'INSERT INTO entries (scope, id, open, revision, body) VALUES (?, ?, 0, 9, ?)',
    );
    for (let row = 0; row < 200; row += 1) {
      spill.run([Buffer.from('x'), Buffer.from(String(row)), Buffer.alloc(3000)]);
    }
    const hot = readFileSync(`${files.path}-journal`);
    crashing.exec('ROLLBACK');
    crashing.close();
    rmSync(files.path);
    writeFileSync(`${files.path}-journal`, hot);

    const wanted = orderRecord({ clientOrderId: 'after' });
    await expect(journal().admit(wanted, NO_CAPS)).resolves.toMatchObject({ kind: 'admitted' });
    const { account, day } = wanted;
    await expect(journal().list(account, day, day)).resolves.toMatchObject([{ clientOrderId: 'after' }]);
  });

  it('never takes one bit for another', async () => {
    await journal().admit(orderRecord({ outcome: 'unknown' }), NO_CAPS);
    const bytes = readFileSync(files.path);
    const at = bytes.indexOf('"unknown"');
    bytes[at + 1] = (bytes[at + 1] ?? 0) ^ 1;
    writeFileSync(files.path, bytes);
    await expect(journal().unsettled('account')).rejects.toMatchObject({ code: 'ORDER_JOURNAL_FAILED' });
  });
});

/** A directory of a test, and programs that keep their orders there. */
class LedgerFiles {
  private readonly base = mkdtempSync(join(tmpdir(), 'kis-orders-'));
  readonly directory = join(this.base, 'state');
  readonly path = join(this.directory, 'orders.db');
  private readonly ledgers: FileOrderLedger[] = [];

  another(): FileOrderLedger {
    const ledger = new FileOrderLedger(this.directory, new SystemKisClock());
    this.ledgers.push(ledger);
    return ledger;
  }

  remove(): void {
    for (const ledger of this.ledgers) ledger.onApplicationShutdown();
    removeDirectory(this.base);
  }
}

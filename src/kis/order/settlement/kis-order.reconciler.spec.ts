import { Logger } from '@nestjs/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemKisClock } from '../../clock';
import { KisConfiguration } from '../../kis.options';
import { FileOrderLedger } from '../journal/file-order-ledger';
import type { KisOrderClock } from '../kis-order.clock';
import type { KisReconciliationPass } from './kis-reconciliation-pass';
import { KisOrderJournal } from '../journal/kis-order.journal';
import { KisOrderReconciler } from './kis-order.reconciler';

const CONFIGURATION = new KisConfiguration({
  accounts: [
    {
      mode: 'REAL',
      appKey: 'PSworld0123456789012345678901234567890',
      appSecret: 'S'.repeat(180),
      accountNumber: '50112345',
      orders: { enabled: true },
    },
  ],
});

describe('KisOrderReconciler', () => {
  it('reports no error when the application stops while the journal is being read', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'kis-reconciler-'));
    const errors = jest.spyOn(Logger.prototype, 'error').mockImplementation();
    const clock = new SystemKisClock();
    const ledger = new FileOrderLedger(directory, clock);
    const journal = new KisOrderJournal(ledger, clock);
    const nothing = {} as unknown;
    const reconciler = new KisOrderReconciler(
      CONFIGURATION,
      journal,
      nothing as KisReconciliationPass,
      clock,
      nothing as KisOrderClock,
    );
    reconciler.onApplicationBootstrap();
    const reading = journal.unsettled('any').catch((error: unknown) => String(error));
    reconciler.beforeApplicationShutdown();
    ledger.onApplicationShutdown();
    expect(await reading).toMatch(/the thread for files was ended/);
    await new Promise(setImmediate);
    expect(errors.mock.calls).toEqual([]);
    errors.mockRestore();
    rmSync(directory, { recursive: true, force: true });
  });
});

import { Logger } from '@nestjs/common';
import { KisConfiguration } from '../../../src/kis/kis.options';
import { KisOrderIdempotency } from '../../../src/kis/order/kis-order.idempotency';
import { KisOrderJournal } from '../../../src/kis/order/journal/kis-order.journal';
import { KisOrderEndpoint } from '../../../src/kis/order/kis-order.endpoint';
import { KisOrderSubmitter } from '../../../src/kis/order/kis-order.submitter';
import type { OrderLedger } from '../../../src/kis/order/journal/order-ledger';
import type { OrderRecord } from '../../../src/kis/order/journal/order-record';
import { OrderScenario } from './order-scenario';

/** Other clients of KIS make these mistakes: each is to be found in so many scenarios at most. */
const SCENARIOS = 300;

/** The first violation of a kind; `null` when there is none. A mistake can cause other violations, too. */
async function firstViolation(kind: RegExp): Promise<string | null> {
  for (let seed = 1; seed <= SCENARIOS; seed += 1) {
    const { violations } = await new OrderScenario(seed).run();
    const found = violations.find((each) => kind.test(each));
    if (found !== undefined) return found;
  }
  return null;
}

/** Writes a record past all rules. */
async function forceIn(journal: KisOrderJournal, record: OrderRecord): Promise<void> {
  const { ledger } = journal as unknown as { readonly ledger: OrderLedger };
  const { account: scope, day, clientOrderId } = record;
  const entry = { id: `${day} ${clientOrderId}`, open: true, text: JSON.stringify(record) };
  for (let isWritten = false; !isWritten;) {
    const { ledger: name, revision } = await ledger.read({ scope, from: '~' });
    isWritten = await ledger.write({
      ledger: name,
      expected: [{ scope, revision }],
      scope,
      entries: [entry],
    });
  }
}

beforeAll(() => {
  Logger.overrideLogger(false);
});

afterEach(() => {
  jest.restoreAllMocks();
});

/* eslint-disable @typescript-eslint/unbound-method -- the originals are bound by `call` */
describe('The scenarios find', () => {
  it('an order that is sent again after a timeout', async () => {
    const { send } = KisOrderEndpoint.prototype;
    jest.spyOn(KisOrderEndpoint.prototype, 'send').mockImplementation(async function (
      this: KisOrderEndpoint,
      ...args
    ) {
      const answer = await send.apply(this, args);
      return answer.kind === 'unknown' ? { kind: 'not-placed', error: answer.error, again: true } : answer;
    });
    expect(await firstViolation(/reached KIS twice/)).not.toBeNull();
  });

  it('an order that is written down after it was sent', async () => {
    const { admit } = KisOrderJournal.prototype;
    const { submit } = KisOrderSubmitter.prototype;
    jest
      .spyOn(KisOrderJournal.prototype, 'admit')
      .mockImplementation((record) => Promise.resolve({ kind: 'admitted', record }));
    jest.spyOn(KisOrderSubmitter.prototype, 'submit').mockImplementation(async function (
      this: KisOrderSubmitter,
      account,
      admitted,
      limitMs,
    ) {
      const { journal } = this as unknown as { readonly journal: KisOrderJournal };
      const submitted = await submit.call(this, account, admitted, limitMs);
      await admit.call(journal, submitted.record, {
        maxAmount: null,
        dailyMaxAmount: null,
        maxPerMinute: null,
      });
      return submitted;
    });
    expect(await firstViolation(/before it was in the journal/)).not.toBeNull();
  });

  it('absence from a list that is taken for a rejection', async () => {
    const { orderPolicy } = KisConfiguration.prototype;
    jest.spyOn(KisConfiguration.prototype, 'orderPolicy').mockImplementation(function (
      this: KisConfiguration,
      account,
    ) {
      return { ...orderPolicy.call(this, account), settleMs: 0 };
    });
    expect(
      await firstViolation(/reported as not placed, and is number|is not-placed in the end/),
    ).not.toBeNull();
  });

  it('equal orders that are sent while the outcome of one is unknown', async () => {
    const { admit } = KisOrderJournal.prototype;
    jest.spyOn(KisOrderJournal.prototype, 'admit').mockImplementation(async function (
      this: KisOrderJournal,
      record,
      caps,
    ) {
      const decision = await admit.call(this, record, caps);
      if (decision.kind !== 'equal-unsettled') return decision;
      await forceIn(this, record);
      return { kind: 'admitted', record };
    });
    expect(await firstViolation(/twice|which it is not|in the end|after KIS showed it/)).not.toBeNull();
  });

  it('a process that admits orders before it has settled what it found', async () => {
    jest.spyOn(KisOrderIdempotency.prototype, 'ready').mockResolvedValue();
    expect(await firstViolation(/had an outcome/)).not.toBeNull();
  });

  it('a kill switch that counts in the process only', async () => {
    jest
      .spyOn(KisOrderJournal.prototype as unknown as { admit: KisOrderJournal['admit'] }, 'admit')
      .mockImplementation(async function (this: KisOrderJournal, record) {
        const found = await this.find(record.account, record.day, record.clientOrderId);
        if (found) return { kind: 'repeated', record: found };
        await forceIn(this, record);
        return { kind: 'admitted', record };
      });
    expect(
      await firstViolation(/while trading is stopped|more than \d+ a minute|twice|which it is not/),
    ).not.toBeNull();
  });
});
